-- what is known at a cut of a tenant's usage in a period, of these series (all, where none are named),
-- by series and window: the sum, the greatest entry, what corrections change
select e.series, e.window_from, e.length_seconds, sum(e.quantity)::numeric(39, 0),
    coalesce(max(e.quantity) filter (where e.kind = 1), 0),
    coalesce(sum(e.quantity) filter (where e.kind = 2), 0)::numeric(39, 0)
from ledger.entry e
where e.log = $1 and e.tenant = $2 and e.stream = 0 and e.kind in (1, 2) and e.idx < $3
    and e.window_from >= $4 and e.window_from < $5 and ($6::bytea[] is null or e.series = any ($6))
group by e.series, e.window_from, e.length_seconds
