#include "invoices/adjust.h"

#include <stdio.h>
#include <string.h>

#include "core/canonical.h"
#include "invoices/document.h"

/* ----------------------------------------------------------------------- what was taxed so far */

struct taxed_list {
    struct arena *arena;
    size_t count;
    size_t capacity;
    struct rating_taxed *items;
};

static struct rating_taxed *taxed_slot(struct taxed_list *list, const char *category,
                                       struct decimal rate)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].category, category) == 0 &&
            list->items[i].rate.coefficient == rate.coefficient &&
            list->items[i].rate.scale == rate.scale)
            return &list->items[i];
    if (list->count == list->capacity) {
        size_t capacity = 2 * list->capacity + 8;
        struct rating_taxed *items = arena_array(list->arena, capacity, sizeof(*items));
        if (list->count > 0)
            memcpy(items, list->items, list->count * sizeof(*items));
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count] =
        (struct rating_taxed){.category = arena_text(list->arena, category), .rate = rate};
    return &list->items[list->count++];
}

/* Adds sign × the taxes of a document's or an adjustment's "taxes". */
static bool add_taxes(struct taxed_list *list, const json_t *taxes, int sign, struct error *err)
{
    const json_t *tax;
    size_t i;
    json_array_foreach (taxes, i, tax) {
        const char *category = json_string_value(json_object_get(tax, "category"));
        const char *rate = json_string_value(json_object_get(tax, "rate"));
        const char *amount = json_string_value(json_object_get(tax, "tax"));
        struct decimal percent, minor;
        if (category == NULL || rate == NULL || amount == NULL)
            return error_set(err, ERROR_CONFLICT, "a document's tax has no category, rate or tax");
        if (!decimal_parse(rate, strlen(rate), "rate", &percent, err) ||
            !decimal_parse(amount, strlen(amount), "tax", &minor, err))
            return false;
        taxed_slot(list, category, percent)->tax_minor += sign * minor.coefficient;
    }
    return true;
}

/* The original's own tax, and that of every adjustment of it. */
static bool add_document(struct taxed_list *list, const json_t *document, const char *original,
                         bool is_original, struct error *err)
{
    const json_t *adjustment;
    size_t i;
    if (is_original && !add_taxes(list, json_object_get(document, "taxes"), 1, err))
        return false;
    json_array_foreach (json_object_get(document, "adjustments"), i, adjustment) {
        const char *of = json_string_value(json_object_get(adjustment, "original"));
        const json_t *taxes = json_object_get(adjustment, "taxes");
        if (is_original && !add_taxes(list, taxes, -1, err))
            return false;
        if (of != NULL && strcmp(of, original) == 0 && !add_taxes(list, taxes, 1, err))
            return false;
    }
    return true;
}

static bool taxed_so_far(struct session *session, const struct document_row *documents,
                         size_t count, size_t original, struct taxed_list *out, struct error *err)
{
    for (size_t i = original; i < count; i++) {
        CLEANUP(json_release) json_t *json = NULL;
        if (!document_content(session, documents[i].index, &json, err) ||
            !add_document(out, json, documents[original].document_id, i == original, err))
            return false;
    }
    return true;
}

/* ------------------------------------------------------------------------------ the difference */

static bool rate_at(struct session *session, const struct tenant *tenant,
                    const struct agreement *agreement, const struct period *period, uint64_t size,
                    struct rating *out, struct error *err)
{
    struct rating_usage CLEANUP(usage_release) usage = {0};
    return known_usage(session, tenant, size, period, &usage, err) &&
           rate(&agreement->contract, agreement->plans.plans, agreement->plans.count, period,
                &usage, &session->arena, out, err);
}

/* With the versions that the original was made with. */
static bool original_agreement(struct session *session, const struct tenant *tenant,
                               const struct document_row *original, struct agreement *out,
                               struct period *out_period, struct error *err)
{
    CLEANUP(json_release) json_t *json = NULL;
    if (!document_content(session, original->index, &json, err))
        return false;
    const json_t *contract = json_object_get(json, "contract");
    const char *id = json_string_value(json_object_get(contract, "id"));
    const char *label =
        json_string_value(json_object_get(json_object_get(json, "period"), "label"));
    if (id == NULL || label == NULL)
        return error_set(err, ERROR_CONFLICT, "document '%s' names no contract or period",
                         original->document_id);
    snprintf(out_period->label, sizeof(out_period->label), "%s", label);
    out_period->from_us = original->period_from_us;
    out_period->to_us = original->period_to_us;
    return contracts_version(session, tenant, id,
                             (uint32_t)json_integer_value(json_object_get(contract, "version")),
                             out, err);
}

/* A document has one seller and one currency. */
static bool check_same(const struct contract *contract, const struct contract *original,
                       struct error *err)
{
    if (strcmp(contract->seller.id, original->seller.id) != 0)
        return error_set(err, ERROR_REFUSED,
                         "it is of legal entity '%s', contract %s of '%s': take it back with "
                         "corrections, or bill it apart",
                         original->seller.id, contract->id, contract->seller.id);
    if (strcmp(contract->currency, original->currency) != 0)
        return error_set(err, ERROR_REFUSED,
                         "it is in %s, contract %s in %s: take it back with corrections, or bill "
                         "it apart",
                         original->currency, contract->id, contract->currency);
    return true;
}

static bool make_difference(struct session *session, const struct tenant *tenant,
                            const struct contract *contract, const struct document_row *original,
                            uint64_t size, uint64_t known_size, struct rating_difference *out,
                            struct error *err)
{
    struct agreement CLEANUP(agreement_release) agreement = {0};
    struct period period;
    struct rating now, then;
    return original_agreement(session, tenant, original, &agreement, &period, err) &&
           check_same(contract, &agreement.contract, err) &&
           rate_at(session, tenant, &agreement, &period, size, &now, err) &&
           rate_at(session, tenant, &agreement, &period, known_size, &then, err) &&
           rating_difference(&now, &then, &session->arena, out, err);
}

bool adjustments_make(struct session *session, const struct tenant *tenant,
                      const struct contract *contract, const struct usage_range *range,
                      const struct document_row *documents, size_t document_count, uint64_t size,
                      uint64_t known_size, struct adjustments *out, struct error *err)
{
    struct adjustments made = {
        .items = arena_array(&session->arena, document_count + 1, sizeof(*made.items)),
        .originals = arena_array(&session->arena, document_count + 1, sizeof(*made.originals)),
    };
    for (size_t i = 0; i < document_count; i++) {
        struct taxed_list taxed = {.arena = &session->arena};
        struct rating_difference *difference = arena_alloc(&session->arena, sizeof(*difference));
        if (!range->late[i])
            continue;
        if (!make_difference(session, tenant, contract, &documents[i], size, known_size, difference,
                             err) ||
            !taxed_so_far(session, documents, document_count, i, &taxed, err))
            return error_prefix(err, "late usage of '%s': ", documents[i].document_id);
        if (difference->line_count == 0)
            continue;
        made.originals[made.count] = &documents[i];
        made.items[made.count++] = (struct rating_adjustment){
            .difference = difference, .taxed_count = taxed.count, .taxed = taxed.items};
    }
    *out = made;
    return true;
}
