-- Every receipt row belongs to a receipt entry, in the stream of its assignment, in their order.
select r.idx, case
    when e.idx is null then 'a receipt row without an entry'
    when e.kind <> 6 then 'a receipt row beside an entry of another kind'
    when a.stream is null then 'a receipt without an assignment'
    when e.stream <> a.stream then format('a receipt in stream %s of a chain whose stream is %s',
        e.stream, a.stream)
    when r.start <> a.start then format('a receipt says start %s, its assignment %s', r.start,
        a.start)
    else format('offsets from %s are number %s of their chain, the entry number %s of its stream',
        r.from_offset, r.place, e.stream_seq) end
from (
    select r.*, row_number() over (
        partition by r.feed, r.partition, r.incarnation order by r.from_offset) - 1 as place
    from ledger.receipt r
    where r.log = $1) r
    left join ledger.entry e on e.log = $1 and e.idx = r.idx
    left join ledger.assignment a on a.log = $1 and a.feed = r.feed and a.partition = r.partition
        and a.incarnation = r.incarnation
where e.idx is null or e.kind <> 6 or a.stream is null or e.stream <> a.stream
    or r.start <> a.start or e.stream_seq <> r.place
order by r.idx
