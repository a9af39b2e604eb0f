-- a document that is issued, to be found by its number; who drafted and who approved it
insert into ledger.document (log, number_series, number, document_id, idx, tenant, kind, period_idx,
    period_from, period_to, issue_date, currency, exponent, total, hash, drafted_by, approved_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
