-- The first usage entry of each series and window of a tenant's interval, which a correction names.
select e.series, e.window_from, e.length_seconds, min(e.stream_seq)
from ledger.entry e
where e.log = $1 and e.tenant = $2 and e.stream = 0 and e.kind = 1 and e.window_from >= $3
    and e.window_from < $4
group by e.series, e.window_from, e.length_seconds
