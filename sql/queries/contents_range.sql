-- What was decided between two indexes, of some kinds.
select idx, kind, tenant, subject_id, version, hash, content
from ledger.content
where log = $1 and kind = any ($2) and idx > $3 and idx <= $4
order by idx
