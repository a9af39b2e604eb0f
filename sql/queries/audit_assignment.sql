-- A feed is the hash of its topic's name, or a file's, which has no other name; and a chain begins
-- anew only by an operator's word.
with restarted as (
    select c.subject_id, (p ->> 'partition')::integer as partition,
        (p ->> 'incarnation')::integer as incarnation
    from ledger.content c
        -- a damaged content is no JSON to look into
        cross join lateral json_array_elements(case
            when sha256(convert_to(c.content, 'UTF8')) = c.hash
                then c.content::json -> 'partitions' end) p
    where c.log = $1 and c.kind = 7 and c.tenant = 0 and starts_with(c.subject_id, 'incarnation/')),
looked as (
    select a.stream, case
        when a.name <> encode(a.feed, 'hex') and a.feed <> sha256(
                convert_to('topic', 'UTF8') || '\x00'::bytea || convert_to(a.name, 'UTF8'))
            then format('the feed of partition %s is not ''%s''', a.partition, a.name)
        when a.incarnation > 1 and not exists (
            select from restarted r
            where r.subject_id = 'incarnation/' || a.name and r.partition = a.partition
                and r.incarnation = a.incarnation)
            then format('nobody decided incarnation %s of partition %s of ''%s''', a.incarnation,
                a.partition, a.name) end as wrong
    from ledger.assignment a
    where a.log = $1)
select null::bigint, l.wrong
from looked l
where l.wrong is not null
order by l.stream
