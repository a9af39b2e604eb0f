-- what the tree is made of, for everybody: the leaves of a sealed range, by the function that shows no more
select idx, checksum, signature, writer
from ledger.public_leaves($1, $2, $3)
order by idx
