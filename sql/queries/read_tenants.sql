-- The tenants that a reader may ask about: id and grid.
select tenant, id, grid_seconds
from ledger.tenant
where log = $1 and tenant = any($2)
order by tenant
