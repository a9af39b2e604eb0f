-- Recovery: what an operator did about a quarantined record comes back from the journal.
insert into ledger.disposition (log, feed, partition, incarnation, record_offset, action, reason,
    operator, recorded_at, file)
select q.log, q.feed, q.partition, q.incarnation, q.record_offset, line ->> 'action',
    line ->> 'reason', decode(line ->> 'operator', 'hex'), (line ->> 'recorded_at')::timestamptz,
    decode(line ->> 'file', 'hex')
from (select $2::text::json as line) l
    join ledger.quarantine q on q.log = $1 and q.feed = decode(line ->> 'feed', 'hex')
        and q.partition = (line ->> 'partition')::integer
        and q.incarnation = (line ->> 'incarnation')::integer
        and q.record_offset = (line ->> 'offset')::bigint
where q.log = $1
on conflict do nothing
