-- What points at what, always with log paired to log. Nothing points at a head row: a reference's
-- KEY SHARE would wait behind the FOR UPDATE that every append holds. Entries do not point at their
-- series (3 µs a row); audit looks instead.

alter table ledger.receipt add constraint receipt_assignment
    foreign key (log, feed, partition, incarnation, start)
    references ledger.assignment (log, feed, partition, incarnation, start);

alter table ledger.receipt add constraint receipt_previous
    foreign key (log, feed, partition, incarnation, prev_to)
    references ledger.receipt (log, feed, partition, incarnation, to_offset);

alter table ledger.slot_step add constraint slot_step_follows
    foreign key (log, slot, prev_step)
    references ledger.slot_step (log, slot, step);

alter table ledger.disposition add constraint disposition_record
    foreign key (log, feed, partition, incarnation, record_offset)
    references ledger.quarantine (log, feed, partition, incarnation, record_offset);
