-- Every checkpoint that was begun or signed, by size.
select c.size, c.root, c.note, c.signed
from ledger.checkpoint c
where c.log = $1
order by c.size, c.signed
