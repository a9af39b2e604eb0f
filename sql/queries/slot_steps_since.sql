-- What other batches did to these slots since memory last saw them.
select s.slot, s.step, s.control_index, s.hours, s.tenants, s.last_seqs, s.floor_hour
from ledger.slot_step s
join unnest($2::integer[], $3::bigint[]) as known (slot, step) on s.slot = known.slot
where s.log = $1 and s.step > known.step
order by s.slot, s.step
