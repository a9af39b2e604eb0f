-- The registry's copies say what the newest entries say.
with newest as (
    select distinct on (c.subject_id) c.idx, c.subject_id,
        -- a damaged content is no JSON to look into
        case when sha256(convert_to(c.content, 'UTF8')) = c.hash then c.content::json end as content
    from ledger.content c
    where c.log = $1 and c.kind = 8 and c.tenant = 0
    order by c.subject_id, c.version desc)
select n.idx, case
    when n.idx is null then format('tenant ''%s'' (%s) has no entry', t.id, t.tenant)
    when t.id is null then format('tenant ''%s'' has no copy (run `tenant sync`)', n.subject_id)
    else format('the copy of tenant ''%s'' differs from its entry', t.id) end
from (select t.* from ledger.tenant t where t.log = $1) t
    full join newest n on n.subject_id = t.id
where n.idx is null or t.id is null
    or n.content ->> 'number' is distinct from t.tenant::text
    or n.content ->> 'slot' is distinct from t.slot::text
    or n.content ->> 'grid_seconds' is distinct from t.grid_seconds::text
    or n.content ->> 'name' is distinct from t.name or n.content ->> 'zone' is distinct from t.zone
union all
-- the log's name is that of the entry that opened it last, the ledger's that of the first one
select n.idx, format('the copy of log ''%s'' differs from its entry', n.subject_id)
from (select c.idx, c.subject_id from ledger.content c
        where c.log = $1 and c.kind = 13
        order by c.idx desc
        limit 1) n
    cross join (select c.subject_id from ledger.content c where c.log = $1 and c.idx = 0) f
    left join ledger.log l on l.log = $1
where l.origin is distinct from n.subject_id
    or l.ledger_id is distinct from substring(sha256(convert_to(f.subject_id, 'UTF8')) for 16)
