-- a document's proof bundle
select size, bundle
from ledger.bundle
where log = $1 and tenant = $2 and idx = $3
