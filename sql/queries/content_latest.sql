-- What holds of a subject at an index: its newest version.
select idx, kind, tenant, subject_id, version, hash, content
from ledger.content
where log = $1 and kind = $2 and tenant = $3 and subject_id = $4 and idx <= $5
order by version desc
limit 1
