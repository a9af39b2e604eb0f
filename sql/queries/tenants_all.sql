-- All tenants of a log.
select tenant, id, name, zone, slot, grid_seconds
from ledger.tenant
where log = $1
order by tenant
