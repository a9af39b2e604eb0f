-- The receipts of a partition tile its offsets from the assignment's start on.
select r.idx, format('%s partition %s: a receipt begins at %s, expected %s', r.name, r.partition,
    r.from_offset, r.expected)
from (
    select r.idx, a.name, r.partition, r.from_offset, r.prev_to, a.start,
        lag(r.to_offset, 1, a.start) over (
            partition by r.feed, r.partition, r.incarnation order by r.from_offset) as expected
    from ledger.receipt r
        join ledger.assignment a on a.log = $1 and a.feed = r.feed and a.partition = r.partition
            and a.incarnation = r.incarnation
    where r.log = $1) r
where r.from_offset <> r.expected
    or coalesce(r.prev_to, r.start) <> r.from_offset
    or (r.prev_to is null) <> (r.from_offset = r.start)
order by r.idx
