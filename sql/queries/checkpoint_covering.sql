-- The first sealed size that has the entry in it: under it its proofs are made.
select size, root, note, recorded_at
from ledger.checkpoint
where log = $1 and size > $2 and signed
order by size
limit 1
