-- The series that these tenants have, for their caps and for knowing which are new.
select tenant, series
from ledger.series
where log = $1 and tenant = any ($2)
