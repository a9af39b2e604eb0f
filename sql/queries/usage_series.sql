-- the series that a tenant's usage of a period names, spelled out: each is looked up once, whatever the
-- planner knows of their number
select used.series, s.descriptor
from (
    select distinct e.series
    from ledger.entry e
    where e.log = $1 and e.tenant = $2 and e.stream = 0 and e.idx < $3
        and e.window_from >= $4 and e.window_from < $5) used
cross join lateral (
    select descriptor
    from ledger.series
    where log = $1 and tenant = $2 and series = used.series
    offset 0) s
