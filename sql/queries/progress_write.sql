-- How far a partition is, and through when it is complete, for dashboards and readers.
insert into ledger.progress (log, feed, partition, incarnation, partition_count, name, position,
    high, complete_through, state, reason, updated_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, now())
on conflict (log, feed, partition, incarnation) do update
set partition_count = excluded.partition_count,
    position = excluded.position, high = excluded.high,
    complete_through = greatest(ledger.progress.complete_through, excluded.complete_through),
    state = excluded.state, reason = excluded.reason, updated_at = now()
