-- a document by its number
select d.number_series, d.number, d.document_id, d.idx, d.tenant, d.kind, d.period_idx, d.period_from,
    d.period_to, d.issue_date, d.currency, d.exponent, d.total, d.hash,
    exists (select from ledger.bundle b where b.log = d.log and b.idx = d.idx)
from ledger.document d
where d.log = $1 and d.document_id = $2
