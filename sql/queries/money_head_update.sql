-- where a tenant's money stream goes on
update ledger.money_head
set next_seq = $3
where log = $1 and tenant = $2
