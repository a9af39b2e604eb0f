-- A tile that has at least these hashes.
select hashes
from ledger.tile
where log = $1 and level = $2 and number = $3 and width >= $4
order by width
limit 1
