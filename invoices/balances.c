#include "invoices/balances.h"

#include "base/instant.h"
#include "core/canonical.h"
#include "rating/statement.h"

void balances_release(struct balances *balances)
{
    if (balances->is_open)
        history_release(&balances->history);
    balances->is_open = false;
}

bool balances_open(struct balances *balances, const struct contract *contract,
                   const struct period *first, const json_t *earlier, struct arena *arena,
                   struct error *err)
{
    json_t *document;
    size_t i;
    history_init(&balances->history, contract->exponent, arena);
    balances->is_open = true;
    json_array_foreach (earlier, i, document)
        if (!history_add(&balances->history, contract, document, &contract->hash, err))
            return false;
    return history_check(&balances->history, contract, first, err);
}

/* What a history asks of a document besides its money. */
static void name_document(const struct contract *contract, const struct period *period,
                          json_t *document)
{
    char from[INSTANT_TEXT_SIZE], to[INSTANT_TEXT_SIZE];
    json_set_text(document, "number", period->label);
    json_object_set_new(document, "contract", json_pack("{s:s}", "id", contract->id));
    json_object_set_new(document, "period",
                        json_pack("{s:s,s:s,s:s}", "label", period->label, "from",
                                  instant_format(period->from_us, from), "to",
                                  instant_format(period->to_us, to)));
}

bool balances_settle(struct balances *balances, const struct variant_terms *terms,
                     const char *tenant, struct arena *arena, struct rating *rating,
                     json_t **out_document, struct error *err)
{
    struct history *history = &balances->history;
    struct rating_totals totals;
    CLEANUP(json_release) json_t *document = json_object();
    struct rating_adjustment *none = arena_array(arena, history->count + 1, sizeof(*none));
    const struct settle_input input = {.contract = terms->contract,
                                       .plan_count = terms->plan_count,
                                       .plans = terms->plans,
                                       .history = history,
                                       .tenant = tenant,
                                       .arena = arena};
    if (!statement_settled(&input, rating, none, 0, document, &totals, err))
        return false;
    rating->net_minor = totals.net_minor;
    name_document(terms->contract, &rating->period, document);
    if (!history_add(history, terms->contract, document, &terms->contract->hash, err))
        return false;
    if (out_document != NULL)
        *out_document = json_incref(document);
    return true;
}
