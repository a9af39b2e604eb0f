-- A quarantined record is what its receipt hashes: where it is the range's last one, or where the
-- whole range was quarantined; it is as large as its row says, and a file's as old as its run. One
-- that was too large is kept in part.
with record as (
    select q.feed, q.partition, q.incarnation, q.record_offset, q.reason, q.size, q.headers,
        q.broker_time, a.name = encode(a.feed, 'hex') as is_file,
        coalesce(octet_length(q.key), 0) + coalesce(octet_length(q.value), 0) as kept,
        int8send(q.record_offset) || int4send(q.time_type)
            || int8send(case when a.name = encode(a.feed, 'hex') then 0
                else (extract(epoch from q.broker_time) * 1000)::bigint end)
            || coalesce(int4send(octet_length(q.key)) || q.key, int4send(-1))
            || coalesce(q.headers, int4send(0))
            || coalesce(int4send(octet_length(q.value)) || q.value, int4send(-1)) as raw
    from ledger.quarantine q
        join ledger.assignment a on a.log = $1 and a.feed = q.feed and a.partition = q.partition
            and a.incarnation = q.incarnation
    where q.log = $1 and q.reason <> 'too_large')
select r.idx, format('the record at offset %s of partition %s is not what its receipt hashes',
    r.last_offset, r.partition)
from ledger.receipt r
    join record q on q.feed = r.feed and q.partition = r.partition
        and q.incarnation = r.incarnation and q.record_offset = r.last_offset
where r.log = $1 and r.records > 0 and sha256(q.raw) <> r.last_hash
union all
select r.idx, case when sum((q.is_file and q.broker_time <> r.as_of)::integer) > 0
    then format('a record of the file is not of its run''s time, %s', r.as_of)
    else format('the %s records from offset %s of partition %s are not what their receipt hashes',
        count(*), r.from_offset, r.partition) end
from ledger.receipt r
    join record q on q.feed = r.feed and q.partition = r.partition
        and q.incarnation = r.incarnation and q.record_offset >= r.from_offset
        and q.record_offset < r.to_offset
where r.log = $1 and r.quarantined > 0
group by r.idx, r.records, r.quarantined, r.from_offset, r.partition, r.raw_hash, r.as_of
having sum((q.is_file and q.broker_time <> r.as_of)::integer) > 0
    or (r.records > 1 and r.records = r.quarantined and count(*) = r.records
        and sum(octet_length(q.raw)) < 200000000
        and sha256(string_agg(q.raw, ''::bytea order by q.record_offset)) <> r.raw_hash)
union all
select null, format('the record at offset %s of partition %s has %s bytes, its row says %s',
    q.record_offset, q.partition, q.kept, q.size)
from record q
where q.size <> q.kept and (q.headers is null or octet_length(q.headers) <= 4)
