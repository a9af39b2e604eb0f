-- The sealer adds a tile; again is nothing.
insert into ledger.tile (log, level, number, width, hashes)
values ($1, $2, $3, $4, $5)
on conflict (log, level, number, width) do nothing
