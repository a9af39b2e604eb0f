-- A document's row says what its entry and its content say, was reviewed, and its transfer moves its
-- total.
with said as (
    select d.*, e.idx as entry_idx, e.content_hash, e.tenant as entry_tenant,
        -- a damaged content is no JSON to look into
        case when sha256(convert_to(c.content, 'UTF8')) = d.hash then c.content::json end as said
    from (select d.* from ledger.document d where d.log = $1) d
        full join (select e.* from ledger.entry e where e.log = $1 and e.kind = 5) e on e.idx = d.idx
        left join ledger.content c on c.log = $1 and c.idx = d.idx),
moved as (
    select t.tenant, t.document, sum(case t.code when 1 then t.amount when 2 then -t.amount else 0 end) as amount,
        min(t.currency) as currency, min(t.exponent) as exponent,
        string_agg(t.code || ':' || t.amount, ',' order by t.stream_seq) filter (where t.code > 2) as named
    from ledger.entry t
    where t.log = $1 and t.stream = 1 and t.kind = 4
    group by t.tenant, t.document),
looked as (
    select coalesce(d.idx, d.entry_idx) as idx, case
        when d.idx is null then 'a document entry without its row'
        when d.entry_idx is null then format('the row of %s has no document entry', d.document_id)
        when d.hash <> d.content_hash or d.tenant <> d.entry_tenant
            then format('the row of %s has another hash or tenant than its entry', d.document_id)
        when d.said ->> 'number' is distinct from d.document_id
            or d.said ->> 'document' is distinct from d.kind
            or d.said ->> 'currency' is distinct from d.currency
            or (d.said ->> 'total')::numeric * 10::numeric ^ d.exponent is distinct from d.total
            or d.said ->> 'exponent' is distinct from d.exponent::text
            or d.said ->> 'issue_date' is distinct from to_char(d.issue_date, 'YYYY-MM-DD')
            or coalesce(case d.kind when 'credit_note' then d.said #>> '{seller,credit_note_series}' end,
                d.said #>> '{seller,number_series}') is distinct from d.number_series
            or d.said #>> '{period,index}' is distinct from d.period_idx::text
            or (d.said #>> '{period,from}')::timestamptz is distinct from d.period_from
            or (d.said #>> '{period,to}')::timestamptz is distinct from d.period_to
            then format('the row of %s says something else than its content', d.document_id)
        when d.document_id <> d.number_series || '-'
            || lpad(d.number::text, greatest(6, length(d.number::text)), '0')
            then format('%s is not number %s of %s', d.document_id, d.number, d.number_series)
        when coalesce(t.amount, 0) <> d.total
            or (d.total <> 0 and (t.currency <> d.currency or t.exponent <> d.exponent))
            then format('%s over %s %s was transferred as %s', d.document_id, d.total, d.currency,
                coalesce(t.amount::text, 'nothing'))
        when t.named is distinct from (
                select string_agg((n.value ->> 'code') || ':'
                    || ((n.value ->> 'amount')::numeric * 10::numeric ^ d.exponent)::numeric(39, 0), ',' order by n.ordinality)
                from json_array_elements(d.said #> '{settlement,transfers}') with ordinality n)
            then format('the transfers of %s are not those that it names: %s', d.document_id, coalesce(t.named, 'none'))
        when not exists (
            select from ledger.review r
            where r.log = $1 and r.tenant = d.tenant and r.period_idx = d.period_idx
                and r.issue_date = d.issue_date)
            then format('no review gave %s the date %s', d.document_id, d.issue_date)
        when d.said #>> '{signoffs,draft,operator}' is distinct from encode(d.drafted_by, 'hex')
            or d.said #>> '{signoffs,approve,operator}' is distinct from encode(d.approved_by, 'hex')
            then format('the row of %s names another drafter or approver than its content',
                d.document_id)
        when d.approved_by is not null and not exists (
            select from ledger.approval a
            where a.log = $1 and a.tenant = d.tenant and a.period_idx = d.period_idx
                and a.operator = d.approved_by and a.drafter = d.drafted_by
                and encode(a.signature, 'hex') = d.said #>> '{signoffs,approve,signature}')
            then format('no approval of %s is by its approver', d.document_id) end as wrong
    from said d
        left join moved t on t.tenant = d.tenant and t.document = d.hash)
select l.idx, l.wrong
from looked l
where l.wrong is not null
order by l.idx
