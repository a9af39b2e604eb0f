-- What could not be counted of one range of a partition, whole, for an audit.
select record_offset, batch, reason, detail, broker_time, time_type, tenant_id, source, event_id, size,
    key, headers, value
from ledger.quarantine
where log = $1 and feed = $2 and partition = $3 and incarnation = $4 and record_offset >= $5
    and record_offset < $6
order by record_offset
