-- Who may do what. Writers append and read; UPDATE only where a row is a lock or a copy; the web
-- process reads, and nothing that has no row-level security but keys' hashes and public facts.

revoke all on schema ledger from public;
revoke all on function ledger.refuse_change() from public;
revoke all on function ledger.ensure_dedup_day(integer) from public;

grant usage on schema ledger to daybook_ingest, daybook_sealer, daybook_control, daybook_invoices,
    daybook_serve, daybook_auditor;

-- Everybody: the version of the schema, the log's registry row.
grant select on ledger.schema_version, ledger.log
    to daybook_ingest, daybook_sealer, daybook_control, daybook_invoices, daybook_serve,
        daybook_auditor;

-- ingest: batches.
grant select on ledger.head, ledger.slot, ledger.slot_step, ledger.series, ledger.entry,
    ledger.assignment, ledger.receipt, ledger.content, ledger.quarantine, ledger.disposition,
    ledger.checkpoint, ledger.tenant, ledger.dedup_block, ledger.progress
    to daybook_ingest;
grant insert on ledger.slot_step, ledger.series, ledger.entry, ledger.assignment, ledger.receipt,
    ledger.quarantine, ledger.disposition, ledger.dedup_block, ledger.progress
    to daybook_ingest;
grant update on ledger.head, ledger.slot, ledger.progress to daybook_ingest;
grant execute on function ledger.ensure_dedup_day(integer) to daybook_ingest;

-- sealer: leaves in, tiles and checkpoints out. Besides it reads what the archive's journal keeps.
grant select on ledger.head, ledger.entry, ledger.tile, ledger.checkpoint, ledger.content,
    ledger.assignment, ledger.receipt, ledger.slot_step, ledger.disposition, ledger.review
    to daybook_sealer;
grant insert on ledger.tile, ledger.checkpoint to daybook_sealer;

-- control: what people decide, and the registry's copies of it.
grant select on ledger.head, ledger.slot, ledger.entry, ledger.content, ledger.checkpoint,
    ledger.tenant, ledger.token
    to daybook_control;
grant insert on ledger.head, ledger.slot, ledger.entry, ledger.content, ledger.log, ledger.tenant,
    ledger.token
    to daybook_control;
grant update on ledger.head to daybook_control;
grant update (name, zone) on ledger.tenant to daybook_control;
grant update (revoked_at) on ledger.token to daybook_control;

-- invoices: periods, documents, money.
grant select on ledger.head, ledger.entry, ledger.series, ledger.content, ledger.assignment,
    ledger.receipt, ledger.quarantine, ledger.disposition, ledger.review, ledger.document,
    ledger.bundle, ledger.tile, ledger.checkpoint, ledger.money_head, ledger.number_head,
    ledger.tenant, ledger.progress
    to daybook_invoices;
grant insert on ledger.entry, ledger.content, ledger.review, ledger.document, ledger.bundle,
    ledger.money_head, ledger.number_head
    to daybook_invoices;
grant update on ledger.head, ledger.money_head, ledger.number_head to daybook_invoices;

-- serve: reads, through row-level security; tokens to know who asks; public facts of the log.
grant select on ledger.entry, ledger.series, ledger.content, ledger.document, ledger.bundle,
    ledger.tenant, ledger.token, ledger.checkpoint, ledger.tile, ledger.head, ledger.progress
    to daybook_serve;

-- auditor: reads everything that is booked.
grant select on ledger.head, ledger.slot, ledger.slot_step, ledger.series, ledger.entry,
    ledger.assignment, ledger.receipt, ledger.content, ledger.review, ledger.document,
    ledger.bundle, ledger.quarantine, ledger.disposition, ledger.tile, ledger.checkpoint,
    ledger.money_head, ledger.number_head, ledger.tenant, ledger.dedup_block, ledger.progress
    to daybook_auditor;
