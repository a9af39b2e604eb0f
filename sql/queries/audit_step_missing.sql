-- A batch that gave a tenant entries has a step that says so, in the tenant's slot; behind what the
-- tenant's newest step says there is no usage.
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
union all
select null, format('the usage of tenant %s ends at %s, its newest step says %s', e.tenant, e.last,
    coalesce(t.last::text, 'nothing'))
from (
    select e.tenant, max(e.stream_seq) as last
    from ledger.entry e
    where e.log = $1 and e.kind in (1, 2, 3)
    group by e.tenant) e
    left join (
        select t.tenant, max(t.last_seq) as last
        from ledger.slot_step s
            cross join lateral unnest(s.tenants, s.last_seqs) as t (tenant, last_seq)
        where s.log = $1
        group by t.tenant) t on t.tenant = e.tenant
where t.last is null or e.last > t.last
