-- usage that earlier documents billed in a period which a later one touches: what was known of it then
select stream_seq
from ledger.entry
where log = $1 and tenant = $2 and stream = 0 and kind in (1, 2) and stream_seq < $3
    and window_from >= $4 and window_from < $5
order by stream_seq
