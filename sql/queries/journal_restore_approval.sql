-- Recovery: an approval comes back from the journal, after its review.
insert into ledger.approval (log, tenant, period_idx, version, draft_hash, drafter, operator,
    signature, recorded_at)
select $1, (line ->> 'tenant')::bigint, (line ->> 'period_index')::bigint,
    (line ->> 'version')::integer, decode(line ->> 'draft_hash', 'hex'),
    decode(line ->> 'drafter', 'hex'), decode(line ->> 'operator', 'hex'),
    decode(line ->> 'signature', 'hex'), (line ->> 'recorded_at')::timestamptz
from (select $2::text::json as line) l
where exists (select from ledger.review r
    where r.log = $1 and r.tenant = (line ->> 'tenant')::bigint
        and r.period_idx = (line ->> 'period_index')::bigint
        and r.version = (line ->> 'version')::integer)
on conflict do nothing
