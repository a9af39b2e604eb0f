-- How far a stream has counted.
select stream_seq
from ledger.entry
where log = $1 and tenant = $2 and stream = $3
order by stream_seq desc
limit 1
