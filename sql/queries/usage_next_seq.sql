-- where a tenant's usage goes on after a cut
select coalesce(max(stream_seq) + 1, 0)
from ledger.entry
where log = $1 and tenant = $2 and stream = 0 and idx < $3
