"""Guards of those who only read: the API that tenants ask, the audits, and recovery from what was published."""

from planted import Planted

READ, GUARD = ("scenarios/serve_read",), ("unit/invoices/serve/guard",)
TAMPER, PAST, RECOVER = ("tamper/tamper",), ("unit/ingest/past",), ("scenarios/recover",)
POLICIES = "sql/schema/0004_policies.sql"

OF_READING = [
    # -------------------------------------------------------------------------------- the read API
    Planted("token_secret", "a key's secret is asked for, not its name alone", "invoices/serve/auth.c",
            "!digest_equals(&call->token.hash, &bearer->hash) ||", "", READ),
    Planted("token_expired", "a key that has expired lets nobody in", "invoices/serve/auth.c",
            "call->token.expires_at_us <= instant_now() ||", "", READ),
    Planted("token_revoked", "a key that was revoked lets nobody in", "invoices/serve/auth.c",
            " || call->token.revoked_at_us != INT64_MAX", "", READ),
    Planted("token_scope", "a key reads only what its scopes name", "invoices/serve/auth.c",
            "if (!has_scope(&call->token, call->route->scope))", "if (false)", READ),
    Planted("others_invoice", "another tenant's invoice is not found over HTTP", POLICIES,
            ("create policy document_of_tenants on ledger.document for select to daybook_serve\n"
             "    using (tenant = any (current_setting('daybook.tenants')::bigint[]));",
             "create policy content_of_tenants on ledger.content for select to daybook_serve\n"
             "    using (tenant = any (current_setting('daybook.tenants')::bigint[]));"),
            ("create policy document_of_tenants on ledger.document for select to daybook_serve using (true);",
             "create policy content_of_tenants on ledger.content for select to daybook_serve using (true);"), READ),
    Planted("others_tenant", "a tenant that the key does not name is not found", "invoices/serve/auth.c",
            "    return call_refuse(call, 404, \"not_found\", \"tenant\", \"there is no such tenant\");", "    return true;", READ),
    Planted("usage_sealed", "usage that is not sealed is not told", "sql/queries/read_usage.sql",
            "and idx < $5", "and idx < $5 + 1000", READ),
    Planted("leaves_sealed", "leaves that are not sealed are not given", "sql/schema/0009_public_leaves.sql",
            "checkpoint.signed and checkpoint.size >= to_idx", "checkpoint.signed", ("sql/row_security",)),
    Planted("authorization_twice", "two Authorizations are refused: each would be let in", "invoices/serve/guard.c",
            "if (count(request, \"Authorization\") > 1)", "if (false)", GUARD),
    Planted("unknown_parameter", "a mistyped parameter does not give another bill", "invoices/serve/dispatch.c",
            "        if (!known)", "        if (false && !known)", READ),
    # --------------------------------------------------------------------------- daybook-ledger audit
    Planted("audit_commitment", "an entry's columns are what its leaf commits to", "ledger/audit_entries.c",
            "if (!digest_equals(&checksum, &row->leaf.checksum))", "if (false)", TAMPER),
    Planted("audit_writer", "an entry's writer was granted its kind there", "ledger/audit_entries.c",
            "keyring_role_of_kind(row->entry.kind));", "~0U);", TAMPER),
    Planted("audit_operator", "whoever decided held the role for it there", "ledger/audit_entries.c",
            "if (keyring_find(&audit->keys, operator_key, row->index, role) == NULL)", "if (false)", TAMPER),
    Planted("audit_signature", "an entry's signature holds", "ledger/audit_signatures.c",
            "if (!leaf_verify(&items[i].leaf, items[i].public_bytes))", "if (false)", TAMPER),
    Planted("audit_content", "a content is what its entry hashes", "ledger/audit_contents.c",
            "if (!digest_equals(&hash, &entry->control.content))", "if (false)", TAMPER),
    Planted("audit_root", "the entries make each root that was signed", "ledger/audit_tree.c",
            "if (!digest_equals(&size->root, &root))", "if (false)", TAMPER),
    Planted("audit_bundle", "a bundle proves the document that it is stored with", "ledger/audit_bundles.c",
            " ||\n             !digest_equals(&report.document, &bundle->hash)", "", ("tamper/columns",)),
    Planted("audit_rerated", "a document is made again and compared", "invoices/audit.c",
            "if (digest_equals(&hash, &row->hash))", "if (true)", ("scenarios/invoice_audit",)),
    Planted("audit_replayed", "what the records make is what the leaf commits to", "ingest/audit_compare.c",
            "audit->salt_key && !writer_take(&audit->batcher.writer, &entry, &row->leaf)",
            "audit->salt_key && !writer_take(&audit->batcher.writer, &entry, &row->leaf) && false",
            ("scenarios/ingest_audit",)),
    # ------------------------------------------------------------------------------------- recovery
    Planted("recover_leaf", "what is decided again is what its published leaf commits to", "ingest/past.c",
            "if (!writer_take(writer, &chapter->entries[i], &past->leaves[i]))",
            "if (!writer_take(writer, &chapter->entries[i], &past->leaves[i]) && false)", PAST, "fast"),
    Planted("recover_count", "as many entries are decided again as were published", "ingest/past.c",
            "if (chapter->entry_count != past->leaf_count)", "if (false)", PAST),
    Planted("recover_receipt", "a receipt that is made again says what was published", "ingest/past.c",
            "if (!check_receipt(index + i, &made[i].entry.receipt, &past->receipts[i].receipt, err))", "if (false)", PAST),
    Planted("recover_history", "a database with another history is not recovered", "ledger/store/past_leaves.c",
            "if (index != comparison->next || !digest_equals(&a, &b))", "if (index != comparison->next)", RECOVER),
    Planted("recover_archive", "leaves that do not make the published root recover nothing", "ledger/store/past_leaves.c",
            "return digest_equals(&root, &checkpoint->root) ||", "return true ||", RECOVER),
]
