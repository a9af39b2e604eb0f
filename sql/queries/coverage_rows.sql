-- hour by hour what reservations and spend plans covered, as issued documents say it
select tenant, document_id, kind, id, unit, from_at, to_at, trim_scale(capacity)::text,
    trim_scale(covered)::text, trim_scale(unused)::text, trim_scale(overage)::text,
    round(100 * covered / nullif(capacity, 0), 2)::text,
    round(100 * covered / nullif(covered + overage, 0), 2)::text
from ledger.coverage
where log = $1 and tenant = any($2) and period_to > $3 and period_from < $4
    and from_at >= $3 and from_at < $4
order by tenant, kind, id, from_at
