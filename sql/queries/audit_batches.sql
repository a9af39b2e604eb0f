-- The receipts in the order of the book, with the batch that they make together.
select r.idx, e.batch, r.feed, r.partition, r.incarnation, r.from_offset, r.to_offset
from ledger.receipt r
    join ledger.entry e on e.log = $1 and e.idx = r.idx
where r.log = $1
order by r.idx
