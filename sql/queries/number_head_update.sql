-- the next number of a series: numbers have no gaps
update ledger.number_head
set next_number = $3
where log = $1 and number_series = $2
