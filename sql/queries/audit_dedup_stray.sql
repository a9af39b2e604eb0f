-- No identity is kept that no step brought.
select null::bigint, format('slot %s step %s hour %s: a dedup block without that step', d.slot,
    d.step, d.event_hour)
from ledger.dedup_block d
    left join ledger.slot_step s on s.log = $1 and s.slot = d.slot and s.step = d.step
where d.log = $1 and (s.step is null or d.event_hour <> all (s.hours))
order by d.slot, d.step
