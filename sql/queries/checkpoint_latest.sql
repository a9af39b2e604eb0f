-- How far the log is sealed (or was about to be).
select size, root, note, recorded_at
from ledger.checkpoint
where log = $1 and signed = $2
order by size desc
limit 1
