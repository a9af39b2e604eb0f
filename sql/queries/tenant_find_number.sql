-- The tenant of a number.
select tenant, id, name, zone, slot, grid_seconds
from ledger.tenant
where log = $1 and tenant = $2
