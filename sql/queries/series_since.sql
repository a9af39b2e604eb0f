-- The series that other batches added to these slots since memory last saw them.
select s.tenant, s.series
from ledger.series s
join unnest($2::integer[], $3::bigint[], $4::bigint[]) as wanted (slot, after, through)
    on s.slot = wanted.slot
where s.log = $1 and s.step > wanted.after and s.step <= wanted.through
