-- The registry learns of a log; again is nothing.
insert into ledger.log (log, origin, ledger_id)
values ($1, $2, $3)
on conflict (log) do nothing
