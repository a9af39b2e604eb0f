-- The series that one step of each slot added, for an audit.
select s.tenant, s.series, s.slot, s.step, s.descriptor
from ledger.series s
join unnest($2::integer[], $3::bigint[]) as wanted (slot, step)
    on s.slot = wanted.slot and s.step = wanted.step
where s.log = $1
order by s.tenant, s.series
