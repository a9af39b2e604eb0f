-- Where the next receipt stands in the book.
select idx
from ledger.receipt
where log = $1 and idx >= $2
order by idx
limit 1
