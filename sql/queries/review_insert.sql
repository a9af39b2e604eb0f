-- what review fixed for a period: the issue date and the draft that was seen, signed by who drafted
insert into ledger.review (log, tenant, period_idx, version, issue_date, draft_hash, operator,
    signature)
values ($1, $2, $3, $4, $5, $6, $7, $8)
