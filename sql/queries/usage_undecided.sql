-- quarantined records that name a tenant and that nobody has decided on, or that were released into a
-- file of which nothing is taken yet
select count(*)
from ledger.quarantine q
where q.log = $1 and q.tenant_id = $2 and not exists (
    select
    from ledger.disposition d
    where d.log = $1 and d.feed = q.feed and d.partition = q.partition
        and d.incarnation = q.incarnation and d.record_offset = q.record_offset
        and (d.file is null or exists (
            select
            from ledger.receipt r
            where r.log = $1 and r.feed = d.file)))
