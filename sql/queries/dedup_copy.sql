-- The identities that a batch accepted.
copy ledger.dedup_block (log, slot, event_hour, step, ids, entries)
from stdin (format binary)
