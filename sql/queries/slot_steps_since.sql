-- What other batches did to these slots since memory last saw them.
select s.slot, s.step, s.control_index, s.hours, s.tenants, s.last_seqs, s.floor_hour, s.batch
from ledger.slot_step s
join unnest($2::integer[], $3::bigint[], $4::bigint[]) as wanted (slot, after, through)
    on s.slot = wanted.slot
where s.log = $1 and s.step > wanted.after and s.step <= wanted.through
order by s.slot, s.step
