-- Every series, spelled out.
select s.tenant, s.series, s.descriptor
from ledger.series s
where s.log = $1
order by s.tenant, s.series
