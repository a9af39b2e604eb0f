-- The corrections that a replacement made, by their numbers in the tenant's stream.
select e.series, e.window_from, e.length_seconds, e.quantity, e.corrected_seq
from ledger.entry e
where e.log = $1 and e.tenant = $2 and e.stream = 0 and e.kind = 2 and e.stream_seq >= $3
    and e.stream_seq < $4
order by e.stream_seq
