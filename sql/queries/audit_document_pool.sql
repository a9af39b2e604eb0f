-- What the members of a pool state of a period is alike, is the sum of their usage at the cut, and
-- their documents are there all or none.
with said as (
    select c.idx, c.tenant,
        -- a damaged content is no JSON to look into
        case when sha256(convert_to(c.content, 'UTF8')) = e.content_hash then c.content::jsonb end as said
    from ledger.content c
        join ledger.entry e on e.log = $1 and e.idx = c.idx
    where c.log = $1 and c.kind = 11),
member as (
    select s.idx, s.tenant, s.said ->> 'label' as label, s.said #>> '{contract,id}' as contract,
        s.said #>> '{pool,payer}' as payer, s.said -> 'pool' as pool,
        (s.said ->> 'from')::timestamptz as begins, (s.said ->> 'to')::timestamptz as ends,
        (s.said #>> '{cut,0,size}')::bigint as size, d.idx as document_idx,
        case when sha256(convert_to(dc.content, 'UTF8')) = d.hash
            then (dc.content::jsonb -> 'pool') - 'charges' end as stated
    from said s
        left join ledger.document d on d.log = $1 and d.tenant = s.tenant and d.period_idx = s.idx
        left join ledger.content dc on dc.log = $1 and dc.idx = d.idx
    where s.said ? 'pool'),
pool as (
    select m.payer, m.contract, m.label, m.size, m.begins, m.ends, min(m.idx) as idx, min(m.pool::text)::jsonb as pool,
        count(*) as members, count(m.document_idx) as documents, count(distinct m.pool) as versions,
        bool_and(m.document_idx is null or m.stated is not distinct from m.pool) as repeated
    from member m
    group by m.payer, m.contract, m.label, m.size, m.begins, m.ends),
used as (
    select m.payer, m.contract, m.label, m.size, n.meter, n.unit, sum(e.quantity)::numeric(39, 0) as quantity
    from member m
        join ledger.entry e on e.log = $1 and e.tenant = m.tenant and e.stream = 0 and e.kind in (1, 2)
            and e.idx < m.size and e.window_from >= m.begins and e.window_from < m.ends
        join ledger.series s on s.log = $1 and s.tenant = e.tenant and s.series = e.series
        cross join lateral (select 256 * get_byte(s.descriptor, 1) + get_byte(s.descriptor, 2) as meter_size) a
        cross join lateral (select 256 * get_byte(s.descriptor, 3 + a.meter_size)
            + get_byte(s.descriptor, 4 + a.meter_size) as unit_size) b
        cross join lateral (select convert_from(substring(s.descriptor from 4 for a.meter_size), 'UTF8') as meter,
            convert_from(substring(s.descriptor from 6 + a.meter_size for b.unit_size), 'UTF8') as unit) n
    group by m.payer, m.contract, m.label, m.size, n.meter, n.unit),
summed as (
    select u.payer, u.contract, u.label, u.size, jsonb_agg(jsonb_build_object('meter', u.meter, 'unit', u.unit,
        'quantity', u.quantity::text) order by u.meter collate "C", u.unit collate "C") as totals
    from used u
    group by u.payer, u.contract, u.label, u.size),
looked as (
    select p.idx, case
        when p.versions > 1 or p.members <> (p.pool ->> 'members')::bigint
            then format('period %s of the pool of %s: its members do not say the same, or are not all there',
                p.label, p.payer)
        when p.pool -> 'totals' <> coalesce(t.totals, '[]')
            then format('period %s of the pool of %s: its totals are not what its members used', p.label, p.payer)
        when p.documents <> 0 and p.documents <> p.members
            then format('period %s of the pool of %s: %s of %s documents are there', p.label, p.payer, p.documents,
                p.members)
        when not p.repeated
            then format('period %s of the pool of %s: a document states other totals', p.label, p.payer) end as wrong
    from pool p
        left join summed t on t.payer = p.payer and t.contract = p.contract and t.label = p.label and t.size = p.size)
select l.idx, l.wrong
from looked l
where l.wrong is not null
order by l.idx
