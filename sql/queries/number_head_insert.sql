-- a legal entity's series of document numbers, before its first number
insert into ledger.number_head (log, number_series, next_number)
values ($1, $2, 1)
on conflict (log, number_series) do nothing
