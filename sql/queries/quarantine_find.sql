-- What could not be counted and is asked for, the oldest first, with what operators did about it.
select q.feed, q.partition, q.incarnation, q.record_offset, q.reason, q.detail, q.broker_time,
    q.tenant_id, q.source, q.event_id, q.size, a.name, d.action, d.reason, d.operator, d.recorded_at,
    d.file, q.time_type, case when $15 then q.key end, case when $15 then q.headers end,
    case when $15 then q.value end
from ledger.quarantine q
join ledger.assignment a on a.log = q.log and a.feed = q.feed and a.partition = q.partition
    and a.incarnation = q.incarnation
left join ledger.disposition d on d.log = q.log and d.feed = q.feed and d.partition = q.partition
    and d.incarnation = q.incarnation and d.record_offset = q.record_offset
where q.log = $1 and a.log = $1
    and ($2::boolean or d.record_offset is null)
    and (cardinality($3::text[]) = 0 or q.reason = any ($3::text[]))
    and ($4::text is null or q.tenant_id = $4::text)
    and ($5::text is null or q.source = $5::text)
    and ($6::text is null or a.name = $6::text or encode(a.feed, 'hex') = $6::text)
    and ($7::bigint is null or q.partition = $7::bigint)
    and ($8::bigint is null or q.record_offset = $8::bigint)
    and ($9::bigint is null or q.incarnation = $9::bigint)
    and ($8::bigint is null or $9::bigint is not null or q.incarnation = (
        select max(newest.incarnation)
        from ledger.assignment newest
        where newest.log = $1 and newest.feed = q.feed and newest.partition = q.partition))
    and ($10::timestamptz is null or q.broker_time >= $10::timestamptz)
    and ($11::timestamptz is null or q.broker_time < $11::timestamptz)
    and ($12::text is null or (q.broker_time, a.name, q.partition, q.incarnation, q.record_offset) > (
        select l.broker_time, $12::text, l.partition, l.incarnation, l.record_offset
        from ledger.quarantine l
        join ledger.assignment n on n.log = $1 and n.feed = l.feed and n.partition = l.partition
            and n.incarnation = l.incarnation and n.name = $12::text
        where l.log = $1 and l.partition = $13::bigint and l.incarnation = $14::bigint
            and l.record_offset = $16::bigint))
order by q.broker_time, a.name, q.partition, q.incarnation, q.record_offset
limit $17
