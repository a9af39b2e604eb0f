-- What the tree is made of: the leaves of a range of the book, without what they say.
select idx, checksum, signature, writer
from ledger.entry
where log = $1 and idx >= $2 and idx < $3
order by idx
