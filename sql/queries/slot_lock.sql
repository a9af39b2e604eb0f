-- The slots of a batch are locked, in order; what is newer is asked afterwards, never here.
select slot, step
from ledger.slot
where log = $1 and slot = any ($2)
order by slot
for update
