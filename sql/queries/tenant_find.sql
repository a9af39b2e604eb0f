-- The tenant of an id.
select tenant, id, name, zone, slot, grid_seconds
from ledger.tenant
where log = $1 and id = $2
