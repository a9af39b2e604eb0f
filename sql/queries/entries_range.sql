-- A range of the book, each receipt entry with the row that its body lies in.
select e.idx, e.kind, e.body_version, e.tenant, e.stream, e.stream_seq, e.batch, e.series,
    e.window_from, e.length_seconds, e.quantity, e.contributions, e.corrected_seq, e.reason, e.debit,
    e.credit, e.amount, e.currency, e.exponent, e.code, e.document, e.subject, e.version,
    e.content_hash, e.operator, e.checksum, e.signature, e.writer, e.recorded_at,
    r.feed, r.partition, r.incarnation, r.start, r.from_offset, r.to_offset, r.records, r.holes,
    r.last_offset, r.last_hash, r.raw_hash, r.accepted, r.duplicate, r.quarantined, r.elsewhere,
    r.control_index, r.as_of, r.anchor_expired
from ledger.entry e
left join ledger.receipt r on r.log = $1 and r.idx = e.idx and e.kind = 6
where e.log = $1 and e.idx >= $2 and e.idx < $3
order by e.idx
