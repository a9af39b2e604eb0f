-- Who approved drafts, as a line of JSON each.
select json_build_object('tenant', a.tenant::text, 'period_index', a.period_idx::text, 'version',
    a.version, 'draft_hash', encode(a.draft_hash, 'hex'), 'drafter', encode(a.drafter, 'hex'),
    'operator', encode(a.operator, 'hex'), 'recorded_at', a.recorded_at, 'signature',
    encode(a.signature, 'hex'))::text
from ledger.approval a
where a.log = $1
order by a.period_idx, a.version
