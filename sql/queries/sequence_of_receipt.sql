-- Which numbers a receipt's range brought, for an audit.
select source, numbered, unnumbered, runs
from ledger.sequence
where log = $1 and feed = $2 and partition = $3 and incarnation = $4 and from_offset = $5
order by source collate "C"
