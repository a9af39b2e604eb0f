-- A step names the control entry that its batch's receipts name, and event hours whose identities
-- are kept, while they are kept. By sums alone, as audit_receipt_accepted.sql says.
with floor as materialized (
    select max(s.floor_hour) as hour
    from ledger.slot_step s
    where s.log = $1),
taken as (
    select e.batch, min(r.control_index) as control_index
    from ledger.receipt r
        join ledger.entry e on e.log = $1 and e.idx = r.idx
    where r.log = $1
    group by e.batch),
hour as (
    select s.slot, s.step, h.event_hour, 1 as said, 0 as kept
    from ledger.slot_step s
        cross join lateral unnest(s.hours) as h (event_hour)
    where s.log = $1
    union all
    select d.slot, d.step, d.event_hour, 0, 1
    from ledger.dedup_block d
    where d.log = $1)
select null::bigint, format('slot %s step %s: control index %s, its batch''s receipts say %s', s.slot,
    s.step, s.control_index, coalesce(t.control_index::text, 'nothing'))
from ledger.slot_step s
    left join taken t on t.batch = s.batch
where s.log = $1 and s.batch <> decode(repeat('00', 16), 'hex')
    and s.control_index is distinct from t.control_index
union all
select null, format('slot %s step %s: no identity of its hour %s is kept', h.slot, h.step,
    h.event_hour)
from hour h
group by h.slot, h.step, h.event_hour
having sum(h.said) > 0 and (sum(h.kept) = 0 or sum(h.said) > 1)
    and h.event_hour >= coalesce((select f.hour from floor f), h.event_hour)
