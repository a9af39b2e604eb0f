-- The ranges that a batch took, each beside its entry.
copy ledger.receipt (log, feed, partition, incarnation, from_offset, to_offset, prev_to, start, idx,
    records, holes, last_offset, last_hash, raw_hash, accepted, duplicate, quarantined, elsewhere,
    control_index, as_of, anchor_expired)
from stdin (format binary)
