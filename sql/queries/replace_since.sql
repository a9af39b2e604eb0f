-- The greatest usage that came at an index or later, of each series and window of a tenant's interval.
select e.series, e.window_from, e.length_seconds, max(e.quantity)
from ledger.entry e
where e.log = $1 and e.tenant = $2 and e.stream = 0 and e.kind = 1 and e.idx >= $3
    and e.window_from >= $4 and e.window_from < $5
group by e.series, e.window_from, e.length_seconds
