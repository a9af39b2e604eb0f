-- the series that a tenant's usage of a period names, spelled out
select s.series, s.descriptor
from ledger.series s
where s.log = $1 and s.tenant = $2 and s.series in (
    select e.series
    from ledger.entry e
    where e.log = $1 and e.tenant = $2 and e.stream = 0 and e.idx < $3
        and e.window_from >= $4 and e.window_from < $5)
