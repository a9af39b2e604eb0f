-- A partition is claimed for the first time: its chain of receipts begins here.
insert into ledger.assignment (log, feed, partition, incarnation, start, name, cluster_id, stream)
values ($1, $2, $3, $4, $5, $6, $7, $8)
