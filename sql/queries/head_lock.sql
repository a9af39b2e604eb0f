-- The log is appended to by one transaction at a time: the last lock that it takes.
select size, control_index, key_index, control_seq, next_tenant, next_chain
from ledger.head
where log = $1
for update
