-- Invoices and credit notes of tenants, the newest first, before an entry.
select d.document_id, d.idx, d.tenant, d.kind, d.period_from, d.period_to, d.issue_date,
    d.currency, d.exponent, d.total, d.hash, b.idx is not null
from ledger.document d
left join ledger.bundle b on b.log = d.log and b.idx = d.idx
where d.log = $1 and d.tenant = any($2) and d.idx < $3
order by d.idx desc
limit $4
