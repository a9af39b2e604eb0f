-- The series that other batches added to these slots since memory last saw them.
select s.tenant, s.series
from ledger.series s
join unnest($2::integer[], $3::bigint[]) as known (slot, step) on s.slot = known.slot
where s.log = $1 and s.step > known.step
