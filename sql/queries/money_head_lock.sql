-- the lock that serialises a tenant's money stream
select next_seq
from ledger.money_head
where log = $1 and tenant = $2
for update
