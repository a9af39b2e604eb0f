-- The newest receipt of a chain: how far a partition is in the book, and its anchor.
select r.from_offset, r.to_offset, r.last_offset, r.last_hash, r.as_of, e.stream_seq
from ledger.receipt r
join ledger.entry e on e.log = r.log and e.idx = r.idx
where r.log = $1 and r.feed = $2 and r.partition = $3 and r.incarnation = $4 and e.log = $1
order by r.to_offset desc
limit 1
