-- A document's row says what its entry and its content say, and its transfer moves its total.
select coalesce(d.idx, e.idx), case
    when d.idx is null then 'a document entry without its row'
    when e.idx is null then format('the row of %s has no document entry', d.document_id)
    when d.hash <> e.content_hash or d.tenant <> e.tenant
        then format('the row of %s has another hash or tenant than its entry', d.document_id)
    when c.said ->> 'number' is distinct from d.document_id
        or c.said ->> 'document' is distinct from d.kind
        or c.said ->> 'currency' is distinct from d.currency
        or (c.said ->> 'total')::numeric * 10::numeric ^ d.exponent
            is distinct from d.total
        then format('the row of %s says something else than its content', d.document_id)
    else format('%s over %s %s was transferred as %s', d.document_id, d.total, d.currency,
        coalesce(t.amount::text, 'nothing')) end
from (select d.* from ledger.document d where d.log = $1) d
    full join (select e.* from ledger.entry e where e.log = $1 and e.kind = 5) e on e.idx = d.idx
    left join lateral ( -- a damaged content is no JSON to look into
        select case when sha256(convert_to(c.content, 'UTF8')) = d.hash then c.content::json end
            as said
        from ledger.content c where c.log = $1 and c.idx = d.idx) c on true
    left join lateral (
        select sum(case t.code when 2 then -t.amount else t.amount end) as amount,
            min(t.currency) as currency, min(t.exponent) as exponent
        from ledger.entry t
        where t.log = $1 and t.tenant = d.tenant and t.stream = 1 and t.kind = 4
            and t.document = d.hash) t on true
where d.idx is null or e.idx is null or d.hash <> e.content_hash or d.tenant <> e.tenant
    or c.said ->> 'number' is distinct from d.document_id
    or c.said ->> 'document' is distinct from d.kind
    or c.said ->> 'currency' is distinct from d.currency
    or (c.said ->> 'total')::numeric * 10::numeric ^ d.exponent is distinct from d.total
    or coalesce(t.amount, 0) <> d.total
    or (d.total <> 0 and (t.currency <> d.currency or t.exponent <> d.exponent))
order by 1
