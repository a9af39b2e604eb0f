"""Guards that the database itself holds, whatever a program does: constraints, triggers, policies."""

from planted import Planted

CONSTRAINTS, APPEND_ONLY, ROWS = ("sql/constraints",), ("sql/append_only",), ("sql/row_security",)
TABLES, KEYS = "sql/schema/0001_tables.sql", "sql/schema/0002_foreign_keys.sql"


OF_STORE = [
    Planted("receipt_previous", "a receipt goes on where one of its chain ended", KEYS,
            "foreign key (log, feed, partition, incarnation, prev_to)\n"
            "    references ledger.receipt (log, feed, partition, incarnation, to_offset)",
            "foreign key (log, feed, partition, incarnation, start)\n"
            "    references ledger.assignment (log, feed, partition, incarnation, start)", CONSTRAINTS),
    Planted("receipt_assignment", "a chain begins where its assignment says", KEYS,
            "foreign key (log, feed, partition, incarnation, start)\n"
            "    references ledger.assignment (log, feed, partition, incarnation, start)",
            "foreign key (log, feed, partition, incarnation, prev_to)\n"
            "    references ledger.receipt (log, feed, partition, incarnation, to_offset)", CONSTRAINTS),
    Planted("receipt_first", "only the first receipt of a chain has none before it", TABLES,
            "check ((prev_to is null) = (from_offset = start))", "check (log >= 0)", CONSTRAINTS),
    Planted("receipt_tiles", "a receipt begins where the one before it ends", TABLES,
            "check (prev_to is null or prev_to = from_offset)", "check (log >= 0)", CONSTRAINTS),
    Planted("receipt_conserves", "a receipt accounts for each of its records", TABLES,
            "check (records = accepted + duplicate + quarantined + elsewhere)", "check (log >= 0)", CONSTRAINTS),
    Planted("slot_step_previous", "a slot's step follows the one before it", TABLES,
            "check (prev_step is null or prev_step = step - 1)", "check (log >= 0)", CONSTRAINTS),
    Planted("slot_step_first", "only a slot's first step has none before it", TABLES,
            "check ((prev_step is null) = (step = 1))", "check (log >= 0)", CONSTRAINTS),
    Planted("stream_unique", "a tenant's number in a stream is taken once", TABLES,
            "constraint entry_stream unique (log, tenant, stream, stream_seq)",
            "constraint entry_stream unique (log, tenant, stream, stream_seq, idx)", CONSTRAINTS),
    Planted("document_period", "a period has one invoice", TABLES,
            "constraint document_period unique (log, tenant, period_idx, kind)",
            "constraint document_period unique (log, tenant, period_idx, kind, idx)", CONSTRAINTS),
    Planted("content_hash", "a content is what its hash says", TABLES,
            "check (hash = sha256(convert_to(content, 'UTF8')))", "check (log >= 0)", CONSTRAINTS),
    Planted("entry_append_only", "an entry is not changed and not deleted", "sql/schema/0003_triggers.sql",
            "create trigger entry_append_only before update or delete on ledger.entry",
            "create trigger entry_append_only before delete on ledger.entry", APPEND_ONLY),
    Planted("always_enabled", "a replica's session is refused, too", "sql/schema/0003_triggers.sql",
            "alter table ledger.entry enable always trigger entry_append_only;", "", APPEND_ONLY),
    Planted("rows_of_tenants", "a reader sees only the tenants that its transaction named",
            "sql/schema/0004_policies.sql",
            "create policy entry_of_tenants on ledger.entry for select to daybook_serve\n"
            "    using (tenant = any (current_setting('daybook.tenants')::bigint[]));",
            "create policy entry_of_tenants on ledger.entry for select to daybook_serve using (true);", ROWS),
    Planted("rows_unset", "without named tenants a reader gets an error, not an empty bill",
            "sql/schema/0004_policies.sql",
            "create policy entry_of_tenants on ledger.entry for select to daybook_serve\n"
            "    using (tenant = any (current_setting('daybook.tenants')::bigint[]));",
            "create policy entry_of_tenants on ledger.entry for select to daybook_serve\n"
            "    using (tenant = any (current_setting('daybook.tenants', true)::bigint[]));", ROWS),
    Planted("rows_forced", "the owner is held by the policies, too", "sql/schema/0004_policies.sql",
            "alter table ledger.document force row level security;", "", ("sql/placement",)),
    Planted("entry_kinds", "a role's credential writes entries of its own kinds alone", "sql/schema/0017_kinds.sql",
            "new.kind not in (1, 2, 3, 6, 7)", "false", ("sql/roles",)),
    Planted("content_kinds", "ingest's credential plants no plan, contract or tenant", "sql/schema/0017_kinds.sql",
            "new.kind <> 7 or not starts_with(new.subject_id, 'replacement/')", "false", ("sql/roles",)),
    Planted("member_entries", "who is a member of a role writes entries of its kinds alone", "sql/schema/0018_members.sql",
            "(is_ingest and new.kind in (1, 2, 3, 6, 7))", "is_ingest", ("sql/roles",)),
    Planted("member_contents", "a member of ingest's role writes nothing but an operator's word of a replacement",
            "sql/schema/0018_members.sql", "(is_ingest and new.kind = 7 and is_replacement)", "(is_ingest and new.kind = 7)",
            ("sql/roles",)),
    Planted("whole_seal", "no seal comes between a replacement's file and what makes up for it", "sql/queries/head_whole.sql",
            "(e.kind <> 7 or not exists (", "(true or not exists (", ("scenarios/interventions",)),
]
