-- the money stream of a tenant, before its first entry
insert into ledger.money_head (log, tenant, next_seq)
values ($1, $2, 0)
on conflict (log, tenant) do nothing
