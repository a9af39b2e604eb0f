-- The tiles of one level as the sealer stored them, narrow ones before wider ones.
select t.number, t.width, t.hashes
from ledger.tile t
where t.log = $1 and t.level = $2 and t.number >= $3 and t.number < $4
order by t.number, t.width
