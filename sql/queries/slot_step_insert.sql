-- A batch touched a slot: its event hours, and the last entry of each of its tenants.
insert into ledger.slot_step (log, slot, step, prev_step, batch, control_index, hours, tenants,
    last_seqs, floor_hour)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
