"""Guards of prices and documents: not a cent more or less, and each thing once."""

from planted import Planted

RATING = "unit/invoices/rating/"
TIERS = (RATING + "tier", RATING + "charge", RATING + "rate")
CLOSE, CHAIN, ROLES = ("scenarios/invoice_close",), ("scenarios/invoice_chain",), ("scenarios/roles",)
BATCH = ("scenarios/invoice_batch",)
LATE = ("scenarios/invoice_late",)
POOL = ("unit/ledger/verify/bundle_pool",)

OF_MONEY = [
    # ------------------------------------------------------------------------------------ rating
    Planted("half_away", "an amount is rounded half away from zero", "invoices/rating/ratio.c",
            "    mpz_add(integer, integer, mpq_denref(ratio));\n", "", (RATING + "ratio",), "fast"),
    Planted("half_away_words", "so is an amount of machine words", "invoices/rating/ratio.c",
            "number_power10(decimals) + denominator)", "number_power10(decimals))", (RATING + "ratio",), "fast"),
    Planted("half_away_words_negative", "and a negative one", "invoices/rating/ratio.c",
            "*out = numerator < 0 ? -magnitude : magnitude;\n    return true;\n}\n\n/* integer", "*out = magnitude;\n    return true;\n}\n\n/* integer", (RATING + "ratio",), "fast"),
    Planted("half_away_negative", "a negative amount is rounded like a positive one", "invoices/rating/ratio.c",
            "    mpz_abs(integer, integer);\n", "", (RATING + "ratio",), "fast"),
    Planted("amount_fits", "an amount beyond 128 bits is refused", "invoices/rating/ratio.c",
            "if (size > 2 || (size == 2 && mpz_getlimbn(integer, 1) > INT64_MAX))", "if (size > 2)",
            (RATING + "ratio",)),
    Planted("largest_remainder", "what a division leaves goes to the largest remainders", "invoices/rating/share.c",
            "a->whole > b->whole ? -1 : 1", "a->whole > b->whole ? 1 : -1", (RATING + "share",), "fast"),
    Planted("tier_border", "a tier's upper border belongs to it", "invoices/rating/tier.c",
            "if (mpq_cmp(end, top) <= 0)", "if (mpq_cmp(end, top) < 0)", TIERS, "fast"),
    Planted("tier_fee_once", "a tier's fee is billed once, however often usage comes", "invoices/rating/tier.c",
            "return at->is_first || mpq_cmp(at->from, at->bottom) == 0;", "return true;",
            TIERS + (RATING + "statement",)),
    Planted("block_begun", "a block that was begun is billed", "invoices/rating/tier.c",
            "if (begun && mpz_cmp_ui(mpq_denref(blocks), 1) != 0)", "if (false)", TIERS, "fast"),
    Planted("tiers_rise", "tiers that do not rise are refused", "invoices/rating/tier.c",
            "!tiers[i].open && !decimal_is_below(below, tiers[i].up_to)", "false", TIERS + (RATING + "plan",)),
    Planted("last_tier_open", "only the last tier is open", "invoices/rating/tier.c",
            "tiers[i].open != (i == count - 1)", "false", TIERS + (RATING + "plan",)),
    Planted("tax_on_the_base", "tax is taken on the whole base, not of each step", "invoices/rating/tax.c",
            ": tax_on(bucket->base, bucket->rate, &taxed, err)))", ": tax_on(net, bucket->rate, &taxed, err)))",
            (RATING + "rate", RATING + "statement", RATING + "odd", RATING + "settle")),
    # --------------------------------------------------------------------------------- documents
    Planted("together_alone", "where one of several tenants in a transaction fails, each is decided alone", "invoices/batch.c",
            "if (!all && !members->items[i].needs_own)", "if (!members->items[i].needs_own)", BATCH),
    Planted("together_failed", "what failed for one of several is not committed for the others", "ledger/store/together.c",
            "    return !together->has_failed;\n", "    return true;\n", BATCH + ("unit/ledger/store/together",)),
    Planted("together_ends", "after one statement of several failed, no other is asked", "ledger/store/store.c",
            "    if (together_is_open(store))\n        together_fail(store, err);\n", "", ("unit/ledger/store/together",)),
    Planted("together_rows", "who reads very many rows does not do so beside others", "ledger/store/together.c",
            "return ++together->rows[which] <= TOGETHER_ROWS_MAX ||", "return ++together->rows[which] > 0 ||", ("unit/ledger/store/together",)),
    Planted("period_ended", "a period that has not ended is not closed", "invoices/ready.c",
            "period->to_us <= instant_now()", "true", LATE),
    Planted("usage_complete", "a period is closed when its usage is complete", "invoices/ready.c",
            "if (complete_us >= needed_us)", "if (true)", CLOSE),
    Planted("undecided", "a period is not closed over more undecided records than agreed", "invoices/ready.c",
            "if (count <= contract->quarantine_threshold)", "if (true)", CLOSE),
    Planted("window_capacity", "an allocation cannot use more than its window holds", "invoices/ready.c",
            "    return windows_fit(session, tenant, period, size, err) &&\n           late", "    return late", CLOSE),
    Planted("issued_before", "a period waits until the one before is issued", "invoices/chain.c",
            "               ? error_set(err, ERROR_REFUSED, \"the period before, %s, is not issued\",\n"
            "                           last.period.label)", "               ? true", CHAIN),
    # What begins too early is also told from what begins too late, in other words: both are taken out.
    Planted("billed_twice", "no period begins before the end of those that are closed", "invoices/chain.c",
            ("if (period->from_us < ended_us)", "if (period->from_us == due_us)"),
            ("if (false)", "if (period->from_us <= due_us)"), CHAIN),
    Planted("contracts_overlap", "two contracts of a tenant do not overlap", "invoices/chain.c",
            "    if (other != NULL)\n        return error_set(err, ERROR_INPUT,\n"
            "                         \"contract %s overlaps", "    if (false)\n        return error_set(err, "
            "ERROR_INPUT,\n                         \"contract %s overlaps", CHAIN),
    Planted("approved_by_another", "who drafted does not approve", "invoices/approve.c",
            "!digest_equals(&review->drafted.operator_key, &session->person.hash)", "true", ROLES),
    Planted("approved_seen", "who approves names the draft that he saw", "invoices/approve.c",
            "strcmp(matters->draft, hash) == 0 ||", "true ||", ROLES),
    Planted("approval_stands", "an approval by who may no longer approve issues nothing", "invoices/approve.c",
            "SIGNOFF_APPROVE, &review->draft_hash,\n                          &review->approved, &why) ||",
            "SIGNOFF_APPROVE, &review->draft_hash,\n                          &review->approved, &why) || true ||", ROLES),
    Planted("reviewed_draft", "what is issued is the draft that was reviewed", "invoices/matter.c",
            "if (digest_equals(&out->hash, &matter->review.draft_hash))", "if (true)", ("scenarios/invoice_races",)),
    Planted("contract_changed", "a close that was prepared under another contract is refused", "invoices/close.c",
            "if (newest.index != closing->agreement->index)", "if (false)", ("scenarios/invoice_races",)),
    Planted("approved_first", "nothing is issued that was not approved", "invoices/issue.c",
            "if (!review->is_approved)", "if (false)", ROLES + ("scenarios/refusals_commands",)),
    # ------------------------------------------------------------------------------------- pools
    Planted("pool_lock", "versions of a contract are decided one after the other", "invoices/contract_apply.c",
            "    return contract_lock(session->store, session->log.log, change->id, err) &&\n           find_tenants", "    return find_tenants",
            ("scenarios/invoice_races",)),
    Planted("pool_settles_on", "a pool's settlements begin with its first document", "invoices/contract_apply.c",
            "    if (!begins && !ends)\n", "    if (!ends)\n", ("scenarios/pools",)),
    Planted("pool_settles_to_the_end", "and do not end while its contract goes on", "invoices/contract_apply.c",
            "    if (!begins && !ends)\n", "    if (!begins)\n", ("scenarios/pools_settled",)),
    Planted("pool_share_net", "nobody burns more than is left of its net", "invoices/rating/settle_pool_burns.c",
            "net_of(party, burn, period) - burnt_of(party, burn, period, NULL)", "net_of(party, burn, period)", ("model/settled",)),
    Planted("pool_share_back", "nobody gets more back than was burnt for it", "invoices/rating/settle_pool_burns.c",
            "        weight = burnt_of(party, burn, period, burn->grant);", "        weight = net_of(party, burn, period);",
            ("model/settled",)),
    Planted("pool_counted", "a document's pool has the members that its contract names", "ledger/verify/bundle_pool.c",
            "if (!is_count(agreed, bundle->document, json_object_get(said, \"members\")))", "if (false)", POOL),
    Planted("pool_own_burns", "a credit's lines are the document's share of the burns", "ledger/verify/bundle_pool.c",
            " || lines != -own || own < 0 ||", " || own < 0 ||", POOL),
    Planted("pool_account", "a member states nothing of the payer's account", "ledger/verify/bundle_pool.c",
            "!is_payer && n < COUNT_OF(accounts)", "false && n < COUNT_OF(accounts)", POOL),
    Planted("pool_totals", "a pool's totals are those that were signed at the cut", "ledger/verify/bundle_pool.c",
            "if (!same(said, signed_before, \"payer\") || !same(said, signed_before, \"members\") ||\n        !same(said, signed_before, \"totals\"))",
            "if (false)", POOL),
]
