-- The slots of a batch move to their next step.
update ledger.slot
set step = moved.step
from unnest($2::integer[], $3::bigint[]) as moved (slot, step)
where ledger.slot.log = $1 and ledger.slot.slot = moved.slot
