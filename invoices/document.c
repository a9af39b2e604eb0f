#include "invoices/document.h"

#include <string.h>

#include "core/canonical.h"
#include "invoices/adjust.h"
#include "invoices/earlier.h"
#include "invoices/pool_settled.h"
#include "invoices/pooled.h"
#include "invoices/usage.h"
#include "rating/statement.h"
#include "store/contents.h"

void draft_release(struct draft *draft)
{
    json_decref(draft->json);
    draft->json = NULL;
}

bool document_content(struct session *session, uint64_t index, json_t **out, struct error *err)
{
    struct content content;
    return content_at(session->store, session->log.log, index, &session->arena, &content, err) &&
           canonical_parse(content.bytes, content.size, "document", out, err);
}

/* --------------------------------------------------------------------------------- its members */

static json_t *contract_json(const struct agreement *agreement)
{
    json_t *object = json_object();
    json_set_text(object, "id", agreement->contract.id);
    json_object_set_new(object, "version", json_integer(agreement->version));
    json_object_set_new(object, "index", json_integer((json_int_t)agreement->index));
    json_set_hash(object, "hash", &agreement->contract.hash);
    return object;
}

static json_t *plans_json(const struct plan_set *set)
{
    json_t *plans = json_array();
    for (size_t i = 0; i < set->count; i++) {
        json_t *plan = json_object();
        json_set_text(plan, "plan", set->plans[i]->id);
        json_object_set_new(plan, "version", json_integer(set->plans[i]->version));
        json_object_set_new(plan, "index", json_integer((json_int_t)set->indexes[i]));
        json_set_hash(plan, "hash", &set->plans[i]->hash);
        json_array_append_new(plans, plan);
    }
    return plans;
}

static json_t *period_json(const struct contract *contract, const struct closed_period *closed)
{
    char from[INSTANT_TEXT_SIZE], to[INSTANT_TEXT_SIZE];
    return json_pack("{s:s,s:s,s:s,s:s,s:s,s:I}", "label", closed->period.label, "from",
                     instant_format(closed->period.from_us, from), "to",
                     instant_format(closed->period.to_us, to), "zone", zone_name(contract->zone),
                     "tz_version", zone_database_version(), "index", (json_int_t)closed->index);
}

static json_t *range_of(uint64_t from, uint64_t to)
{
    return json_pack("{s:I,s:I,s:I}", "from_seq", (json_int_t)from, "to_seq", (json_int_t)to,
                     "next", (json_int_t)to);
}

static void set_frame(struct session *session, const struct tenant *tenant,
                      const struct agreement *agreement, const struct closed_period *closed,
                      int64_t issue_days, json_t *document)
{
    char ledger[2 * sizeof(session->log.ledger.bytes) + 1], root[DIGEST_HEX_SIZE];
    const struct contract *contract = &agreement->contract;
    hex_encode(session->log.ledger.bytes, sizeof(session->log.ledger.bytes), ledger);
    json_set_text(document, "ledger_id", ledger);
    json_set_text(document, "origin", session->log.origin);
    json_object_set_new(document, "log", json_integer(session->log.log));
    statement_terms(contract, issue_days, document);
    json_object_set_new(document, "tenant",
                        json_pack("{s:s,s:o}", "id", tenant->id, "number",
                                  json_sprintf("%llu", (unsigned long long)tenant->number)));
    json_object_set_new(document, "contract", contract_json(agreement));
    json_object_set_new(document, "plans", plans_json(&agreement->plans));
    json_object_set_new(document, "period", period_json(contract, closed));
    json_object_set_new(document, "cut",
                        json_pack("[{s:s,s:I,s:s}]", "origin", closed->origin, "size",
                                  (json_int_t)closed->size, "root",
                                  digest_hex(&closed->root, root)));
}

/* ----------------------------------------------------------------------------- what it continues
 */

uint64_t document_own_entries(const struct document_row *row, const json_t *document)
{
    const json_t *settlement = json_object_get(document, "settlement");
    return (row->total_minor != 0 ? 2 : 1) +
           json_array_size(json_object_get(settlement, "transfers"));
}

uint64_t document_next(const json_t *document, const char *stream)
{
    const json_t *range = json_object_get(json_object_get(document, "entries"), stream);
    return (uint64_t)json_integer_value(json_object_get(range, "next"));
}

/* What is carried must be exactly what the last document left. */
static bool check_carried(const struct continued *last, const json_t *document, struct error *err)
{
    if (last->forward == NULL || json_equal(last->forward, json_object_get(document, "carried")))
        return true;
    return error_set(err, ERROR_CONFLICT,
                     "the entries that the last document carried forward are not those that "
                     "lie in the book: `daybook-ledger audit`");
}

/* -------------------------------------------------------------------------------------- the draft
 */

/* Its usage is what the range was read for. */
static bool rate_range(struct session *session, const struct tenant *tenant,
                       const struct agreement *agreement, const struct closed_period *closed,
                       const struct usage_range *range, struct rating *out, struct error *err)
{
    struct rating_usage CLEANUP(usage_release) usage = {0};
    return known_usage_of_range(session, tenant, closed->size, &closed->period, agreement, range,
                                &usage, err) &&
           rate(&agreement->contract, agreement->plans.plans, agreement->plans.count,
                &closed->period, &usage, &session->arena, out, err);
}

static bool rate_period(struct session *session, const struct tenant *tenant,
                        const struct agreement *agreement, const struct closed_period *closed,
                        const struct usage_range *range, json_t *document, struct rating *out,
                        struct error *err)
{
    const struct rating *pool;
    json_t *said;
    if (agreement->contract.member_count == 0)
        return rate_range(session, tenant, agreement, closed, range, out, err);
    if (!pooled_rate(session, tenant, agreement, &closed->period, closed->size, out, &pool, err) ||
        !pooled_json(session, tenant, agreement, &closed->period, closed->size, pool, &said, err))
        return false;
    json_object_set_new(document, "pool", said);
    return true;
}

static bool finish_draft(struct draft *draft, const struct rating_totals *totals, struct error *err)
{
    draft->total_minor = totals->total_minor;
    draft->kind = totals->total_minor < 0 ? "credit_note" : "invoice";
    return canonical_digest(draft->json, &draft->hash, err);
}

/* A version that drops all such terms would leave credits that nobody settles. */
static bool check_settled_on(const json_t *last, const struct contract *contract, struct error *err)
{
    const char *id = json_string_value(json_object_get(json_object_get(last, "contract"), "id"));
    if (contract_has_money(contract) || json_object_get(last, "settlement") == NULL || id == NULL ||
        strcmp(id, contract->id) != 0)
        return true;
    return error_set(err, ERROR_REFUSED,
                     "contract %s had commitments or credits and has none any more: keep them, "
                     "ended by `to` or `expires`",
                     id);
}

/* A pool with settlements has one for all its documents. */
static bool is_settled_together(const struct contract *contract)
{
    return contract->member_count > 0 && contract_has_money(contract);
}

static bool fill_money(struct session *session, const struct tenant *tenant,
                       const struct agreement *agreement, const struct closed_period *closed,
                       const struct document_row *documents, size_t count, struct rating *rating,
                       struct adjustments *adjustments, struct draft *draft, struct error *err)
{
    struct history CLEANUP(history_release) history = {0};
    struct rating_totals totals;
    const struct contract *contract = &agreement->contract;
    const struct settle_input input = {
        .contract = contract,
        .plan_count = agreement->plans.count,
        .plans = agreement->plans.plans,
        .history = &history,
        .tenant = tenant->id,
        .arena = &session->arena,
    };
    return earlier_history(session, contract, documents, count, false, &history, err) &&
           (!contract_has_money(contract) ||
            history_check(&history, contract, &closed->period, err)) &&
           statement_settled(&input, rating, adjustments->items, adjustments->count, draft->json,
                             &totals, err) &&
           finish_draft(draft, &totals, err);
}

static bool fill_pooled(struct session *session, const struct tenant *tenant,
                        const struct agreement *agreement, const struct closed_period *closed,
                        struct draft *draft, struct error *err)
{
    struct rating_totals totals;
    return pool_settled(session, tenant, agreement, closed, draft->json, &totals, err) &&
           finish_draft(draft, &totals, err);
}

static bool fill_draft(struct session *session, const struct tenant *tenant,
                       const struct agreement *agreement, const struct closed_period *closed,
                       uint64_t money_to_seq, struct draft *draft, struct error *err)
{
    struct continued CLEANUP(continued_release) last = {0};
    struct document_row *documents;
    struct usage_range range;
    struct adjustments adjustments;
    struct rating rating;
    size_t count;
    if (!earlier_documents(session, tenant, &closed->period, &documents, &count, err) ||
        !continued_read(session, documents, count, &last, err) ||
        !range_read(session, tenant, &agreement->contract, &closed->period, last.usage_seq,
                    closed->size, documents, count, &range, err))
        return false;
    range_json(&range, draft->json);
    if (!check_carried(&last, draft->json, err) ||
        !check_settled_on(last.json, &agreement->contract, err))
        return false;
    json_object_set_new(draft->json, "entries",
                        json_pack("{s:o,s:o}", "usage", range_of(range.from_seq, range.to_seq),
                                  "money", range_of(last.money_seq, money_to_seq)));
    if (!rate_period(session, tenant, agreement, closed, &range, draft->json, &rating, err))
        return false;
    if (is_settled_together(&agreement->contract))
        return fill_pooled(session, tenant, agreement, closed, draft, err);
    return adjustments_make(session, tenant, &agreement->contract, &range, documents, count,
                            closed->size, last.size, &adjustments, err) &&
           fill_money(session, tenant, agreement, closed, documents, count, &rating, &adjustments,
                      draft, err);
}

bool document_draft(struct session *session, const struct tenant *tenant,
                    const struct agreement *agreement, const struct closed_period *closed,
                    int64_t issue_days, uint64_t money_to_seq, struct draft *out, struct error *err)
{
    struct draft draft = {.json = json_object()};
    set_frame(session, tenant, agreement, closed, issue_days, draft.json);
    if (fill_draft(session, tenant, agreement, closed, money_to_seq, &draft, err)) {
        *out = draft;
        return true;
    }
    draft_release(&draft);
    return false;
}
