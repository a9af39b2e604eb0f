-- Through when usage is complete: the least of all partitions, null where one is not known.
select case when count(*) = count(complete_through) then min(complete_through) end
from (
    select distinct on (feed, partition) complete_through
    from ledger.progress
    where log = $1
    order by feed, partition, incarnation desc
) as newest
