-- Where each stream stood when the log had so many entries.
select e.tenant, e.stream, max(e.stream_seq) + 1
from ledger.entry e
where e.log = $1 and e.idx < $2
group by e.tenant, e.stream
