-- The newest usage entry of each tenant, for tenants that memory has not met yet.
select wanted.tenant, (
    select e.stream_seq
    from ledger.entry e
    where e.log = $1 and e.tenant = wanted.tenant and e.stream = 0
    order by e.stream_seq desc
    limit 1)
from unnest($2::bigint[]) as wanted (tenant)
