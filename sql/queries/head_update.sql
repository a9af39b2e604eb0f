-- The log has grown.
update ledger.head
set size = $2, control_index = $3, key_index = $4, control_seq = $5, next_tenant = $6,
    next_chain = $7
where log = $1
