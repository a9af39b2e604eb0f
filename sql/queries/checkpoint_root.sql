-- The root that a size has.
select root
from ledger.checkpoint
where log = $1 and size = $2 and signed = $3
