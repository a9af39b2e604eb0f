-- A batch that gave a tenant entries has a step that says so, in the tenant's slot.
with given as (
    select e.batch, e.tenant, min(e.idx) as idx
    from ledger.entry e
    where e.log = $1 and e.kind in (1, 2, 3) and e.batch <> decode(repeat('00', 16), 'hex')
    group by e.batch, e.tenant),
stepped as (
    select s.batch, t.tenant, s.slot
    from ledger.slot_step s
        cross join lateral unnest(s.tenants) as t (tenant)
    where s.log = $1)
select g.idx, format('batch %s gave tenant %s entries, and no step of %s says so',
    encode(g.batch, 'hex'), g.tenant, coalesce('slot ' || r.slot, 'its slot'))
from given g
    left join ledger.tenant r on r.log = $1 and r.tenant = g.tenant
    left join stepped s on s.batch = g.batch and s.tenant = g.tenant
        and (r.slot is null or s.slot = r.slot)
where s.batch is null
order by g.idx
