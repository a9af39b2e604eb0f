-- What was measured for tenants: the series' descriptors.
select tenant, series, descriptor
from ledger.series
where log = $1 and tenant = any($2)
order by tenant, series
