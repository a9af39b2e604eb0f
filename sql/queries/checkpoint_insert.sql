-- The sealer notes a size, first unsigned, later with the signed note; again is nothing.
insert into ledger.checkpoint (log, size, signed, root, note)
values ($1, $2, $3, $4, $5)
on conflict (log, size, signed) do nothing
