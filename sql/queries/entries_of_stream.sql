-- A range of one stream of a tenant, as the tenant counts it; of usage maybe only what begins from an
-- instant on.
select e.idx, e.kind, e.body_version, e.tenant, e.stream, e.stream_seq, e.batch, e.series,
    e.window_from, e.length_seconds, e.quantity, e.contributions, e.corrected_seq, e.reason, e.debit,
    e.credit, e.amount, e.currency, e.exponent, e.code, e.document, e.subject, e.version,
    e.content_hash, e.operator, e.checksum, e.signature, e.writer, e.recorded_at
from ledger.entry e
where e.log = $1 and e.tenant = $2 and e.stream = $3 and e.stream_seq >= $4 and e.stream_seq < $5
    and ($6::timestamptz is null or e.window_from >= $6)
order by e.stream_seq
