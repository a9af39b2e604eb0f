#include "invoices/pool_settled.h"

#include <string.h>

#include "invoices/adjust.h"
#include "invoices/earlier.h"
#include "invoices/pooled.h"
#include "invoices/usage.h"
#include "rating/statement.h"

/* A member's part. */
struct part {
    const struct tenant *tenant;
    struct history history;
    struct rating rating;
};

struct parts {
    struct settle_input pool; /* the payer's documents, with the pool's facts */
    struct history history;
    const struct rating *rating; /* the pool's */
    size_t count;
    struct part *items;           /* the payer first, then by number */
    struct settle_party *parties; /* the same order */
};

static void parts_release(struct parts *parts)
{
    for (size_t i = 0; i < parts->count; i++) {
        settlement_release(&parts->parties[i].settlement);
        history_release(&parts->items[i].history);
    }
    history_release(&parts->history);
}

/* With what documents before it say, and late usage of its own. */
static bool read_part(struct session *session, const struct agreement *agreement,
                      const struct closed_period *closed, struct parts *parts, size_t at,
                      struct error *err)
{
    const struct contract *contract = &agreement->contract;
    const struct period *period = &closed->period;
    struct part *part = &parts->items[at];
    struct settle_party *party = &parts->parties[at];
    struct continued CLEANUP(continued_release) last = {0};
    struct document_row *documents;
    struct usage_range range;
    struct adjustments late;
    size_t count;
    if (!earlier_documents(session, part->tenant, period, &documents, &count, err) ||
        !continued_read(session, documents, count, &last, err) ||
        !range_read(session, part->tenant, contract, period, last.usage_seq, closed->size,
                    documents, count, &range, err) ||
        !pooled_rate(session, part->tenant, agreement, period, closed->size, &part->rating,
                     &parts->rating, err) ||
        !adjustments_make(session, part->tenant, contract, &range, documents, count, closed->size,
                          last.size, &late, err) ||
        !earlier_history(session, contract, documents, count, false, &part->history, err))
        return false;
    party->input = parts->pool;
    party->input.history = &part->history;
    party->input.tenant = part->tenant->id;
    party->own = &part->rating;
    party->adjustments = late.items;
    party->count = late.count;
    return at > 0 ||
           (history_check(&part->history, contract, period, err) &&
            earlier_history(session, contract, documents, count, true, &parts->history, err));
}

static bool read_parts(struct session *session, const struct agreement *agreement,
                       const struct closed_period *closed, struct parts *parts, struct error *err)
{
    const struct contract *contract = &agreement->contract;
    struct tenant *tenants;
    size_t count;
    if (!pooled_tenants(session, contract, &closed->period, &tenants, &count, err))
        return false;
    parts->items = arena_array(&session->arena, count, sizeof(*parts->items));
    parts->parties = arena_array(&session->arena, count, sizeof(*parts->parties));
    for (size_t i = 0, others = 1; i < count; i++)
        parts->items[strcmp(tenants[i].id, contract->tenant) == 0 ? 0 : others++].tenant =
            &tenants[i];
    for (parts->count = 0; parts->count < count;) {
        size_t at = parts->count++;
        if (!read_part(session, agreement, closed, parts, at, err))
            return error_prefix(err, "'%s': ", parts->items[at].tenant->id);
    }
    return true;
}

bool pool_settled(struct session *session, const struct tenant *tenant,
                  const struct agreement *agreement, const struct closed_period *closed,
                  json_t *document, struct rating_totals *out, struct error *err)
{
    struct parts CLEANUP(parts_release) parts = {
        .pool = {.contract = &agreement->contract,
                 .plan_count = agreement->plans.count,
                 .plans = agreement->plans.plans,
                 .tenant = agreement->contract.tenant,
                 .arena = &session->arena},
    };
    parts.pool.history = &parts.history;
    if (!read_parts(session, agreement, closed, &parts, err) ||
        !settle_pool(&parts.pool, parts.rating, parts.parties, parts.count, err))
        return false;
    for (size_t i = 0; i < parts.count; i++)
        if (parts.items[i].tenant->number == tenant->number)
            return statement_pooled(&parts.parties[i], document, out, err);
    return error_set(err, ERROR_INPUT, "'%s' is not in the pool of contract %s", tenant->id,
                     agreement->contract.id);
}
