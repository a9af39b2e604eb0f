-- Nothing is in quarantine that no receipt put there.
select null::bigint, format('offset %s of partition %s (%s) lies in quarantine, and in no receipt',
    q.record_offset, q.partition, q.reason)
from ledger.quarantine q
    left join lateral (
        select r.to_offset, e.batch
        from ledger.receipt r
            join ledger.entry e on e.log = $1 and e.idx = r.idx
        where r.log = $1 and r.feed = q.feed and r.partition = q.partition
            and r.incarnation = q.incarnation and r.from_offset <= q.record_offset
        order by r.from_offset desc
        limit 1) r on true
where q.log = $1 and (r.to_offset is null or r.to_offset <= q.record_offset or r.batch <> q.batch)
order by q.record_offset
