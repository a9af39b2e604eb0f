-- A correction names an earlier usage entry of its tenant, of the same series and window.
select c.idx, format('corrects %s of tenant %s, which is %s', c.corrected_seq, c.tenant,
    case when e.idx is null then 'not there' else 'entry ' || e.idx || ', not alike' end)
from ledger.entry c
    left join ledger.entry e on e.log = $1 and e.tenant = c.tenant and e.stream = c.stream
        and e.stream_seq = c.corrected_seq
where c.log = $1 and c.kind = 2
    and (e.idx is null or e.idx >= c.idx or e.kind <> 1 or e.series <> c.series
        or e.window_from <> c.window_from or e.length_seconds <> c.length_seconds)
union all
select c.idx, format('of tenant %s, %s, is of no batch, and no operator''s entry before it has it', c.tenant,
    c.stream_seq)
from ledger.entry c
    left join ledger.tenant t on t.log = $1 and t.tenant = c.tenant
where c.log = $1 and c.kind in (1, 2, 3) and c.batch = decode(repeat('00', 16), 'hex') and not exists (
    select
    from ledger.content p
    where p.log = $1 and p.kind = 7 and p.tenant = 0 and p.subject_id = 'replacement/' || t.id
        and p.idx < c.idx and c.kind = 2
        and c.stream_seq >= (p.content::json -> 'corrections' ->> 'first')::bigint
        and c.stream_seq < (p.content::json -> 'corrections' ->> 'first')::bigint
            + (p.content::json -> 'corrections' ->> 'count')::bigint)
order by 1
