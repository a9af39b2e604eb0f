-- One sealed size.
select size, root, note, recorded_at
from ledger.checkpoint
where log = $1 and size = $2 and signed
