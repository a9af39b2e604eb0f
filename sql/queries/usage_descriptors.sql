-- these series of a tenant, spelled out
select series, descriptor
from ledger.series
where log = $1 and tenant = $2 and series = any ($3)
order by series
