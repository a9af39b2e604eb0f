-- the windows before a period that a tenant's newer usage lies in
select distinct e.window_from
from ledger.entry e
where e.log = $1 and e.tenant = $2 and e.stream = 0 and e.stream_seq >= $3 and e.idx < $4
    and e.window_from < $5
order by e.window_from
