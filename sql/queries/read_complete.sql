-- Through when usage is complete: the least of all partitions of all topics, null where one is not known.
select case when count(*) = count(newest.complete_through) then min(newest.complete_through) end
from (
    select distinct on (feed) feed, partition_count
    from ledger.progress
    where log = $1
    order by feed, incarnation desc, partition_count desc
) as topic
cross join generate_series(0, topic.partition_count - 1) as number
left join lateral (
    select complete_through
    from ledger.progress
    where log = $1 and feed = topic.feed and partition = number
    order by incarnation desc
    limit 1
) as newest on true
