-- A new log begins, empty, in the transaction of its first entries.
insert into ledger.head
    (log, size, control_index, key_index, control_seq, next_tenant, next_chain)
values ($1, 0, -1, -1, 0, 1, 16)
