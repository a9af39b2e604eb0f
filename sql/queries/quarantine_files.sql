-- Files that records were released into, the oldest first, and how far each was taken.
select d.file, count(*), min(d.recorded_at), (
        select coalesce(max(r.to_offset), 0)
        from ledger.receipt r
        where r.log = $1 and r.feed = d.file and r.partition = 0)
from ledger.disposition d
where d.log = $1 and d.file is not null
group by d.file
order by min(d.recorded_at), d.file
