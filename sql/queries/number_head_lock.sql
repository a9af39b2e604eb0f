-- the lock that serialises a series of document numbers
select next_number
from ledger.number_head
where log = $1 and number_series = $2
for update
