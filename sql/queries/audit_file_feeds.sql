-- The files that usage was taken from: a file's name among the feeds is its hash.
select distinct a.name
from ledger.assignment a
where a.log = $1 and a.name = encode(a.feed, 'hex')
order by a.name
