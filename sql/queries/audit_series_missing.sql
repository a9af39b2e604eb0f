-- Every series that an entry names is spelled out once.
select min(e.idx), format('series %s of tenant %s has no descriptor (%s entries)',
    encode(e.series, 'hex'), e.tenant, count(*))
from ledger.entry e
where e.log = $1 and e.kind in (1, 2, 3) and not exists (
    select from ledger.series s
    where s.log = $1 and s.tenant = e.tenant and s.series = e.series)
group by e.tenant, e.series
