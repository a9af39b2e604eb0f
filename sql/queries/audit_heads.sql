-- Every head row stands where its stream ends.
select null::bigint, format('the log''s head says size %s control %s key %s control number %s, the '
    'entries %s %s %s %s', h.size, h.control_index, h.key_index, h.control_seq, e.size, e.control,
    e.key, e.control_seq)
from ledger.head h
    cross join lateral (
        select (select coalesce(max(e.idx) + 1, 0) from ledger.entry e where e.log = $1) as size,
            (select coalesce(max(e.idx), -1) from ledger.entry e
                where e.log = $1 and e.kind in (7, 8, 9, 10, 11, 12, 13)) as control,
            (select coalesce(max(e.idx), -1) from ledger.entry e
                where e.log = $1 and e.kind in (12, 13)) as key,
            (select coalesce(max(e.stream_seq) + 1, 0) from ledger.entry e
                where e.log = $1 and e.tenant = 0 and e.stream = 2) as control_seq) e
where h.log = $1 and (h.size <> e.size or h.control_index <> e.control or h.key_index <> e.key
    or h.control_seq <> e.control_seq)
union all
select null, format('the head''s next chain is %s, next tenant %s; given were %s and %s before them',
    h.next_chain, h.next_tenant, g.chain, g.tenant)
from ledger.head h
    cross join lateral (
        select (select coalesce(max(a.stream), 15) from ledger.assignment a
                where a.log = $1) as chain,
            (select coalesce(max(t.tenant & 281474976710655), 0) from ledger.tenant t
                where t.log = $1) as tenant) g
where h.log = $1 and (h.next_chain <> g.chain + 1 or h.next_tenant <> g.tenant + 1)
union all
select null, format('the money of tenant %s ends at %s, its head says %s',
    coalesce(m.tenant, e.tenant), coalesce(e.next_seq, 0), coalesce(m.next_seq::text, 'nothing'))
from (select m.tenant, m.next_seq from ledger.money_head m where m.log = $1) m
    full join (
        select e.tenant, max(e.stream_seq) + 1 as next_seq
        from ledger.entry e
        where e.log = $1 and e.stream = 1
        group by e.tenant) e on e.tenant = m.tenant
where m.tenant is null or m.next_seq <> coalesce(e.next_seq, 0)
union all
select null, format('the numbers of %s end at %s, their head says %s',
    coalesce(n.number_series, d.number_series), coalesce(d.last, 0),
    coalesce(n.next_number::text, 'nothing'))
from (select n.number_series, n.next_number from ledger.number_head n where n.log = $1) n
    full join (
        select d.number_series, max(d.number) as last
        from ledger.document d
        where d.log = $1
        group by d.number_series) d on d.number_series = n.number_series
where n.next_number is distinct from coalesce(d.last, 0) + 1
union all
select null, format('slot %s is at step %s, its steps end at %s', coalesce(s.slot, t.slot),
    coalesce(s.step::text, 'nothing'), coalesce(t.last, 0))
from (select s.slot, s.step from ledger.slot s where s.log = $1) s
    full join (
        select n.slot, max(t.step) as last
        from generate_series(0, 63) as n (slot)
            left join ledger.slot_step t on t.log = $1 and t.slot = n.slot
        group by n.slot) t on t.slot = s.slot
where s.slot is null or t.slot is null or s.step <> coalesce(t.last, 0)
