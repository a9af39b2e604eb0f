-- Recovery: what a review fixed comes back from the journal.
insert into ledger.review (log, tenant, period_idx, version, issue_date, draft_hash, operator,
    recorded_at, signature)
select $1, (line ->> 'tenant')::bigint, (line ->> 'period_index')::bigint,
    (line ->> 'version')::integer, (line ->> 'issue_date')::date,
    decode(line ->> 'draft_hash', 'hex'), decode(line ->> 'operator', 'hex'),
    (line ->> 'recorded_at')::timestamptz, decode(line ->> 'signature', 'hex')
from (select $2::text::json as line) l
where exists (select from ledger.content c
    where c.log = $1 and c.idx = (line ->> 'period_index')::bigint and c.kind = 11)
on conflict do nothing
