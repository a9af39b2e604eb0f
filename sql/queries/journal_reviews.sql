-- What reviews fixed, as a line of JSON each: an issue date, and the draft that was seen. Lines of
-- reviews that nobody signed are as they were kept then.
select rtrim(json_build_object('tenant', r.tenant::text, 'period_index', r.period_idx::text,
    'version', r.version, 'issue_date', r.issue_date, 'draft_hash', encode(r.draft_hash, 'hex'),
    'operator', encode(r.operator, 'hex'), 'recorded_at', r.recorded_at)::text, '}')
    || coalesce(', "signature" : "' || encode(r.signature, 'hex') || '"', '') || '}'
from ledger.review r
where r.log = $1
order by r.period_idx, r.version
