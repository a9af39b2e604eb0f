-- a document's proof bundle, made once
insert into ledger.bundle (log, idx, tenant, size, bundle)
values ($1, $2, $3, $4, $5)
on conflict (log, idx) do nothing
