-- The newest life of a feed's partition: where its chain of receipts began, and where it lives.
select incarnation, start, cluster_id, stream
from ledger.assignment
where log = $1 and feed = $2 and partition = $3
order by incarnation desc
limit 1
