-- A correction names an earlier usage entry of its tenant, of the same series and window.
select c.idx, format('corrects %s of tenant %s, which is %s', c.corrected_seq, c.tenant,
    case when e.idx is null then 'not there' else 'entry ' || e.idx || ', not alike' end)
from ledger.entry c
    left join ledger.entry e on e.log = $1 and e.tenant = c.tenant and e.stream = c.stream
        and e.stream_seq = c.corrected_seq
where c.log = $1 and c.kind = 2
    and (e.idx is null or e.idx >= c.idx or e.kind <> 1 or e.series <> c.series
        or e.window_from <> c.window_from or e.length_seconds <> c.length_seconds)
order by c.idx
