-- What could not be counted and was not disposed of yet, the oldest first.
select q.feed, q.partition, q.incarnation, q.record_offset, q.reason, q.detail, q.broker_time,
    q.tenant_id, q.source, q.event_id, q.size, a.name
from ledger.quarantine q
join ledger.assignment a on a.log = q.log and a.feed = q.feed and a.partition = q.partition
    and a.incarnation = q.incarnation
left join ledger.disposition d on d.log = q.log and d.feed = q.feed and d.partition = q.partition
    and d.incarnation = q.incarnation and d.record_offset = q.record_offset
where q.log = $1 and a.log = $1 and d.record_offset is null
order by q.broker_time, a.name, q.partition, q.incarnation, q.record_offset
