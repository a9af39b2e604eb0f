-- A series was spelled out in the step that used it first, in its tenant's slot.
with first as (
    select e.tenant, e.series, min(e.stream_seq) as stream_seq
    from ledger.entry e
    where e.log = $1 and e.kind in (1, 2, 3)
    group by e.tenant, e.series)
select e.idx, format('series %s of tenant %s was not new in step %s of slot %s',
    encode(s.series, 'hex'), s.tenant, s.step, s.slot)
from ledger.series s
    left join ledger.slot_step t on t.log = $1 and t.slot = s.slot and t.step = s.step
    left join first f on f.tenant = s.tenant and f.series = s.series
    left join ledger.entry e on e.log = $1 and e.tenant = f.tenant and e.stream = 0
        and e.stream_seq = f.stream_seq
where s.log = $1 and (t.step is null or t.batch <> e.batch)
order by s.tenant, s.series
