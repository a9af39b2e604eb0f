-- Operators disposed of records that are in quarantine, by what an operator can do.
select null::bigint, format('%s of offset %s of partition %s, which is not in quarantine, or into no file', d.action,
    d.record_offset, d.partition)
from ledger.disposition d
    left join ledger.quarantine q on q.log = $1 and q.feed = d.feed and q.partition = d.partition
        and q.incarnation = d.incarnation and q.record_offset = d.record_offset
where d.log = $1 and (q.record_offset is null
    or d.action not in ('released', 'written_off', 'corrected')
    or (d.action = 'released' and d.file is null))
order by d.record_offset
