-- The identities of one event hour that memory does not have yet.
select b.slot, b.step, b.ids
from ledger.dedup_block b
join unnest($3::integer[], $4::bigint[], $5::bigint[]) as wanted (slot, after, through)
    on b.slot = wanted.slot
where b.log = $1 and b.event_hour = $2 and b.step > wanted.after and b.step <= wanted.through
order by b.slot, b.step
