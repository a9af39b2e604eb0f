-- An operator disposed of a quarantined record: it was written off or corrected.
insert into ledger.disposition (log, feed, partition, incarnation, record_offset, action, reason,
    operator)
select q.log, q.feed, q.partition, q.incarnation, q.record_offset, $5, $6, $7
from ledger.quarantine q
join ledger.assignment a on a.log = q.log and a.feed = q.feed and a.partition = q.partition
    and a.incarnation = q.incarnation
where q.log = $1 and a.log = $1 and (a.name = $2 or encode(a.feed, 'hex') = $2)
    and q.partition = $3 and q.record_offset = $4
    and q.incarnation = coalesce($8::bigint, (
        select max(newest.incarnation)
        from ledger.assignment newest
        where newest.log = $1 and newest.feed = q.feed and newest.partition = q.partition))
