-- usage that a document's ranges held and left to the next one, because its window is later
select stream_seq
from ledger.entry
where log = $1 and tenant = $2 and stream = 0 and stream_seq < $3 and window_from >= $4
order by stream_seq
