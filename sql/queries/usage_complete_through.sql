-- through when each partition of a feed is complete
select distinct on (partition) partition, complete_through
from ledger.progress
where log = $1 and feed = $2
order by partition, incarnation desc
