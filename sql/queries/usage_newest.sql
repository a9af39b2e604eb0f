-- the newest entry that a tenant's bill can depend on: its own, and every receipt
select greatest(
    (select coalesce(max(idx), -1) from ledger.entry where log = $1 and tenant = $2),
    (select coalesce(max(idx), -1) from ledger.receipt where log = $1))
