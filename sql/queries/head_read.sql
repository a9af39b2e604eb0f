-- Where a log ends and which of its control entries are the newest.
select size, control_index, key_index, control_seq, next_tenant, next_chain
from ledger.head
where log = $1
