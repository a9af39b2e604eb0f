-- What one entry says.
select idx, kind, tenant, subject_id, version, hash, content
from ledger.content
where log = $1 and idx = $2
