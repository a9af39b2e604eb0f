-- The origin of a log, and the ledger that it belongs to.
select origin, ledger_id
from ledger.log
where log = $1
