-- what review fixed for a period: the issue date and the draft that was seen
insert into ledger.review (log, tenant, period_idx, version, issue_date, draft_hash, operator)
values ($1, $2, $3, $4, $5, $6, $7)
