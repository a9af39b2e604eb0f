-- What a receipt says was quarantined is there, each record within its range and of its batch.
select r.idx, format('%s records were quarantined, %s are there', r.quarantined, r.found)
from (
    select r.idx, r.quarantined, (
        select count(*)
        from ledger.quarantine q
        where q.log = $1 and q.feed = r.feed and q.partition = r.partition
            and q.incarnation = r.incarnation and q.record_offset >= r.from_offset
            and q.record_offset < r.to_offset and q.batch = e.batch) as found
    from ledger.receipt r
        join ledger.entry e on e.log = $1 and e.idx = r.idx
    where r.log = $1) r
where r.quarantined <> r.found
order by r.idx
