-- All that was decided for one tenant, of some kinds.
select idx, kind, tenant, subject_id, version, hash, content
from ledger.content
where log = $1 and tenant = $2 and kind = any ($3)
order by idx
