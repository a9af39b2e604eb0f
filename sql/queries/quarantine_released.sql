-- What became of a record that was released: how far its file was taken, and whether it was refused again.
select (
        select max(r.to_offset)
        from ledger.receipt r
        where r.log = $1 and r.feed = $2 and r.partition = 0),
    q.record_offset, q.reason, q.detail
from (select 1) one
left join ledger.quarantine q on q.log = $1 and q.feed = $2 and q.partition = 0
    and q.tenant_id is not distinct from $3::text and q.source is not distinct from $4::text
    and q.event_id is not distinct from $5::text
order by q.record_offset
limit 1
