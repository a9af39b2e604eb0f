-- The partition of a topic that is complete through the least, null where it was never read; no row
-- for a topic of which nothing is known. All of them count: a producer may use another partitioner.
select number, newest.complete_through
from (
    select partition_count
    from ledger.progress
    where log = $1 and feed = $2
    order by incarnation desc, partition_count desc
    limit 1
) as topic
cross join generate_series(0, topic.partition_count - 1) as number
left join lateral (
    select complete_through
    from ledger.progress
    where log = $1 and feed = $2 and partition = number
    order by incarnation desc
    limit 1
) as newest on true
order by newest.complete_through nulls first, number
limit 1
