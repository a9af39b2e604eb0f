-- the newest review of a period
select version, issue_date, draft_hash, operator
from ledger.review
where log = $1 and tenant = $2 and period_idx = $3
order by version desc
limit 1
