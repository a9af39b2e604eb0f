-- A feed is the hash of its topic's name, or a file's, which has no other name.
select null::bigint, format('the feed of partition %s is not ''%s''', a.partition, a.name)
from ledger.assignment a
where a.log = $1 and a.name <> encode(a.feed, 'hex')
    and a.feed <> sha256(convert_to('topic', 'UTF8') || '\x00'::bytea || convert_to(a.name, 'UTF8'))
order by a.stream
