-- All sealed sizes.
select size, root, note, recorded_at
from ledger.checkpoint
where log = $1 and signed
order by size
