-- What could not be counted, whole, with its place and the reason.
copy ledger.quarantine (log, feed, partition, incarnation, record_offset, batch, reason, detail,
    broker_time, time_type, tenant_id, source, event_id, size, key, headers, value)
from stdin (format binary)
