-- the newest entry that a tenant's bill can depend on: the last of its streams, and every receipt
select greatest(
    (select e.idx from ledger.entry e
     where e.log = $1 and e.tenant = $2 and e.stream = 0 order by e.stream_seq desc limit 1),
    (select e.idx from ledger.entry e
     where e.log = $1 and e.tenant = $2 and e.stream = 1 order by e.stream_seq desc limit 1),
    (select coalesce(max(idx), -1) from ledger.receipt where log = $1))
