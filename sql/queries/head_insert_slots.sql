-- A new log has 64 slots that no batch has touched.
insert into ledger.slot (log, slot, step)
select $1, slot, 0
from generate_series(0, 63) as slot
