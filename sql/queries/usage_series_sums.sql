-- what is known at a cut of a tenant's usage in a period, by series: the sum, and whether something
-- of it was corrected, so that its windows must be looked at
select e.series, sum(e.quantity)::numeric(39, 0), bool_or(e.kind = 2)
from ledger.entry e
where e.log = $1 and e.tenant = $2 and e.stream = 0 and e.kind in (1, 2) and e.idx < $3
    and e.window_from >= $4 and e.window_from < $5
group by e.series
