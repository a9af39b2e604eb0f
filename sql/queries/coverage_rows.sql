-- what reservations and spend plans covered and cost, hour by hour and in sum, as issued documents say it
-- Money is counted in 10^-10. A part of a line is shared over its cells by largest remainder; what was
-- paid upfront is billed in its term's first cell and effective in steps of round(upfront x elapsed / term).
with said as materialized (
    select d.tenant, d.idx, d.document_id, c.content::jsonb as json
    from ledger.document d
    join ledger.content c on c.log = d.log and c.idx = d.idx
    where d.log = $1 and d.tenant = any($2) and d.period_to > $3 and d.period_from < $4
),
cell as materialized (
    select d.tenant, d.idx, d.document_id, d.json -> 'contract' ->> 'id' as contract,
        d.json ->> 'currency' as currency, s.kind, s.item ->> 'id' as id, s.item ->> 'unit' as unit,
        (r.item ->> 'from')::timestamptz as from_at, (r.item ->> 'to')::timestamptz as to_at,
        (r.item ->> 'capacity')::numeric as capacity, (r.item ->> 'covered')::numeric as covered,
        (r.item ->> 'unused')::numeric as unused, (r.item ->> 'overage')::numeric as overage
    from said d
    cross join lateral (
        select 'reservation' as kind, jsonb_array_elements(d.json -> 'reservations') as item
        union all
        select 'spend_plan', jsonb_array_elements(d.json -> 'spend_plans')
    ) s
    cross join lateral jsonb_array_elements(s.item -> 'coverage') r (item)
),
part as (
    select d.idx, row_number() over () as number, l.item ->> 'kind' as kind, l.item ->> 'charge' as id,
        p.item ->> 'kind' as part, (p.item ->> 'amount')::numeric * 10000000000 as amount,
        (p.item -> 'why' ->> 'from')::timestamptz as from_at,
        (p.item -> 'why' ->> 'to')::timestamptz as to_at
    from said d
    cross join lateral jsonb_array_elements(d.json -> 'lines') l (item)
    cross join lateral jsonb_array_elements(l.item -> 'parts') p (item)
    where l.item ->> 'kind' in ('reservation', 'spend_plan')
        and p.item ->> 'kind' in ('capacity', 'usage')
),
weighed as (
    select c.tenant, c.idx, c.kind, c.id, c.from_at, p.number, p.amount, w.weight,
        sum(w.weight) over (partition by p.number) as total
    from cell c
    join part p on p.idx = c.idx and p.kind = c.kind and p.id = c.id
        and c.from_at >= p.from_at and c.from_at < p.to_at
    cross join lateral (
        select case p.part when 'usage' then c.covered
            else extract(epoch from c.to_at - c.from_at) end as weight
    ) w
),
floored as (
    select w.*, div(w.amount * w.weight, w.total) as whole, mod(w.amount * w.weight, w.total) as rest
    from weighed w
    where w.total > 0
),
shared as (
    select f.*, f.amount - sum(f.whole) over (partition by f.number) as missing,
        row_number() over (partition by f.number order by f.rest desc, f.from_at) as place
    from floored f
),
paid as (
    select idx, kind, id, from_at, sum(whole + (place <= missing)::integer) as money
    from shared
    group by idx, kind, id, from_at
),
term as materialized (
    select d.tenant, d.idx, j.json -> 'contract' ->> 'id' as contract, l.item ->> 'kind' as kind,
        l.item ->> 'charge' as id, (p.item ->> 'amount')::numeric * 10000000000 as amount,
        (p.item -> 'why' ->> 'from')::timestamptz as from_at,
        (p.item -> 'why' ->> 'to')::timestamptz as to_at,
        extract(epoch from (p.item -> 'why' ->> 'to')::timestamptz
            - (p.item -> 'why' ->> 'from')::timestamptz) as seconds
    from ledger.document d
    join ledger.content c on c.log = d.log and c.idx = d.idx
    cross join lateral (select c.content::jsonb as json) j
    cross join lateral jsonb_array_elements(j.json -> 'lines') l (item)
    cross join lateral jsonb_array_elements(l.item -> 'parts') p (item)
    where d.log = $1 and d.tenant = any($2) and d.period_from < $4
        and c.content like '%"kind":"upfront"%' and p.item ->> 'kind' = 'upfront'
),
costed as (
    select c.*,
        coalesce(p.money, 0) + coalesce(
            case when t.idx = c.idx and t.from_at = c.from_at then t.amount end, 0) as billed,
        coalesce(p.money, 0) + coalesce(
            div(2 * t.amount * extract(epoch from c.to_at - t.from_at) + t.seconds, 2 * t.seconds)
            - div(2 * t.amount * extract(epoch from c.from_at - t.from_at) + t.seconds, 2 * t.seconds), 0)
            as effective
    from cell c
    left join paid p on p.idx = c.idx and p.kind = c.kind and p.id = c.id and p.from_at = c.from_at
    left join term t on t.tenant = c.tenant and t.contract = c.contract and t.kind = c.kind
        and t.id = c.id and c.from_at >= t.from_at and c.from_at < t.to_at
),
split as (
    select c.*, case when covered + unused > 0
        then div(2 * effective * unused + covered + unused, 2 * (covered + unused)) end as idle
    from costed c
    where from_at >= $3 and from_at < $4
)
select tenant, min(document_id), kind, id, unit, min(from_at), max(to_at),
    trim_scale(sum(capacity))::text, trim_scale(sum(covered))::text, trim_scale(sum(unused))::text,
    trim_scale(sum(overage))::text, round(100 * sum(covered) / nullif(sum(capacity), 0), 2)::text,
    round(100 * sum(covered) / nullif(sum(covered) + sum(overage), 0), 2)::text, currency,
    trim_scale(sum(billed) * 0.0000000001)::text, trim_scale(sum(effective) * 0.0000000001)::text,
    trim_scale(sum(idle) * 0.0000000001)::text, grouping(from_at) = 1
from split
group by grouping sets ((tenant, kind, id, unit, currency, from_at), (tenant, kind, id, unit, currency))
order by tenant, kind, id, unit, currency, from_at
