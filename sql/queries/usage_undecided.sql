-- quarantined records that name a tenant and that nobody has decided on
select count(*)
from ledger.quarantine q
where q.log = $1 and q.tenant_id = $2 and not exists (
    select
    from ledger.disposition d
    where d.log = $1 and d.feed = q.feed and d.partition = q.partition
        and d.incarnation = q.incarnation and d.record_offset = q.record_offset)
