-- The proof bundle of an invoice or credit note; null until it is made.
select d.idx, b.bundle
from ledger.document d
left join ledger.bundle b on b.log = d.log and b.idx = d.idx
where d.log = $1 and d.document_id = $2
