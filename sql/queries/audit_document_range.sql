-- Each document of a tenant begins where its last one ended, and takes up what that carried forward.
with said as (
    select d.idx, d.document_id, d.tenant, e.stream_seq,
        -- a damaged content is no JSON to look into
        case when sha256(convert_to(c.content, 'UTF8')) = d.hash then c.content::json end as said
    from ledger.document d
        join ledger.entry e on e.log = $1 and e.idx = d.idx
        join ledger.content c on c.log = $1 and c.idx = d.idx
    where d.log = $1),
joint as (
    select s.idx, s.document_id, s.said, s.stream_seq,
        lag(s.document_id, 1, 'the beginning') over tenant as last_id,
        lag(s.said, 1, '{"entries":{"usage":{"next":0},"money":{"next":0}},"forward":{"count":0}}')
            over tenant as last
    from said s
    window tenant as (partition by s.tenant order by s.idx))
select j.idx, format('%s does not begin where %s ended', j.document_id, j.last_id)
from joint j
where j.said #>> '{entries,usage,from_seq}' <> j.last #>> '{entries,usage,next}'
    or j.said #>> '{entries,money,from_seq}' <> j.last #>> '{entries,money,next}'
    or j.said #>> '{entries,money,next}' <> j.stream_seq::text
    or j.said #>> '{carried,count}' <> j.last #>> '{forward,count}'
    or j.said #>> '{carried,hash}' <> j.last #>> '{forward,hash}'
    or (j.said #>> '{period,from}')::timestamptz < (j.last #>> '{period,to}')::timestamptz
    or (j.said #>> '{cut,0,size}')::bigint < (j.last #>> '{cut,0,size}')::bigint
order by j.idx
