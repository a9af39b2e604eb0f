-- The identities of one event hour that memory does not have yet.
select b.slot, b.step, b.ids
from ledger.dedup_block b
join unnest($3::integer[], $4::bigint[]) as known (slot, step) on b.slot = known.slot
where b.log = $1 and b.event_hour = $2 and b.step > known.step
order by b.slot, b.step
