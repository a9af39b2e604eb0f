-- what reservations and spend plans covered in a time, with utilisation and coverage in percent
select tenant, min(document_id), kind, id, unit, min(from_at), max(to_at),
    trim_scale(sum(capacity))::text, trim_scale(sum(covered))::text, trim_scale(sum(unused))::text,
    trim_scale(sum(overage))::text, round(100 * sum(covered) / nullif(sum(capacity), 0), 2)::text,
    round(100 * sum(covered) / nullif(sum(covered) + sum(overage), 0), 2)::text
from ledger.coverage
where log = $1 and tenant = any($2) and period_to > $3 and period_from < $4
    and from_at >= $3 and from_at < $4
group by tenant, kind, id, unit
order by tenant, kind, id, unit
