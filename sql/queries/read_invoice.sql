-- An invoice or credit note by its printed number, as it was issued.
select d.idx, d.tenant, d.hash, c.content
from ledger.document d
join ledger.content c on c.log = d.log and c.idx = d.idx
where d.log = $1 and d.document_id = $2
