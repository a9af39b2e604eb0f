-- Usage and its corrections that are sealed, by series and window: the sum, the greatest entry, what
-- corrections change. Exclusions stand beside usage and are no part of it.
select tenant, series, window_from, sum(quantity)::numeric(39, 0),
    coalesce(max(quantity) filter (where kind = 1), 0),
    coalesce(sum(quantity) filter (where kind = 2), 0)::numeric(39, 0)
from ledger.entry
where log = $1 and tenant = any($2) and stream = 0 and kind in (1, 2)
    and window_from >= $3 and window_from < $4 and idx < $5
group by tenant, series, window_from
