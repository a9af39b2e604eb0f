-- Which numbers of counting sources came, by source, as far as the filter goes.
select s.source, s.numbered, s.unnumbered, s.runs, r.as_of
from ledger.sequence s
join ledger.receipt r on r.log = s.log and r.feed = s.feed and r.partition = s.partition
    and r.incarnation = s.incarnation and r.from_offset = s.from_offset
where s.log = $1 and r.log = $1
    and ($2::text is null or s.source = $2::text)
    and ($3::bytea is null or s.feed = $3::bytea)
    and ($4::timestamptz is null or r.as_of >= $4::timestamptz)
order by s.source, r.as_of, s.feed, s.partition, s.incarnation, s.from_offset
