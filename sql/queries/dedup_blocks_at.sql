-- The identities that one step of each slot added to an event hour, with their entries, for an audit.
select b.slot, b.step, b.ids, b.entries
from ledger.dedup_block b
join unnest($3::integer[], $4::bigint[]) as wanted (slot, step)
    on b.slot = wanted.slot and b.step = wanted.step
where b.log = $1 and b.event_hour = $2
order by b.slot
