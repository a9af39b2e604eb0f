-- The newest receipt of a chain that ends at or before an offset: an older anchor to look at again.
select last_offset, last_hash
from ledger.receipt
where log = $1 and feed = $2 and partition = $3 and incarnation = $4 and to_offset <= $5
    and last_offset >= 0
order by to_offset desc
limit 1
