-- the newest review of a period, and its approval
select r.version, r.issue_date, r.draft_hash, r.operator, r.signature, a.operator, a.signature
from ledger.review r
    left join ledger.approval a on a.log = r.log and a.tenant = r.tenant
        and a.period_idx = r.period_idx and a.version = r.version
where r.log = $1 and r.tenant = $2 and r.period_idx = $3
order by r.version desc
limit 1
