#include "invoices/adjust.h"

#include <stdio.h>
#include <string.h>

#include "core/canonical.h"
#include "invoices/document.h"
#include "invoices/pooled.h"
#include "rating/taxed.h"

/* ------------------------------------------------------------------------------ the difference */

static bool taxed_so_far(struct session *session, const struct document_row *documents,
                         size_t count, size_t original, struct taxed_list *out, struct error *err)
{
    for (size_t i = original; i < count; i++) {
        CLEANUP(json_release) json_t *json = NULL;
        if (!document_content(session, documents[i].index, &json, err) ||
            !taxed_add(out, json, documents[original].document_id, i == original, err))
            return false;
    }
    return true;
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
                            bool *out_pooled, struct error *err)
{
    struct agreement CLEANUP(agreement_release) agreement = {0};
    struct period period;
    const struct rating *pool;
    struct rating now, then;
    if (!original_agreement(session, tenant, original, &agreement, &period, err) ||
        !check_same(contract, &agreement.contract, err))
        return false;
    *out_pooled = agreement.contract.member_count > 0;
    if (*out_pooled)
        return pooled_difference(session, tenant, &agreement, &period, known_size, size, out, err);
    return pooled_rate(session, tenant, &agreement, &period, size, &now, &pool, err) &&
           pooled_rate(session, tenant, &agreement, &period, known_size, &then, &pool, err) &&
           rating_difference(&now, &then, &session->arena, out, err);
}

bool adjustments_make(struct session *session, const struct tenant *tenant,
                      const struct contract *contract, const struct usage_range *range,
                      const struct document_row *documents, size_t document_count, uint64_t size,
                      uint64_t known_size, struct adjustments *out, struct error *err)
{
    struct adjustments made = {
        .items = arena_array(&session->arena, document_count + 1, sizeof(*made.items)),
    };
    for (size_t i = 0; i < document_count; i++) {
        struct taxed_list taxed = {.arena = &session->arena};
        struct rating_difference *difference = arena_alloc(&session->arena, sizeof(*difference));
        bool pooled = false;
        if (!range->late[i])
            continue;
        if (!make_difference(session, tenant, contract, &documents[i], size, known_size, difference,
                             &pooled, err) ||
            !taxed_so_far(session, documents, document_count, i, &taxed, err))
            return error_prefix(err, "late usage of '%s': ", documents[i].document_id);
        if (pooled)
            taxed_find_emptied(&taxed, difference);
        if (difference->line_count == 0)
            continue;
        made.items[made.count++] = (struct rating_adjustment){
            .difference = difference,
            .taxed_count = taxed.count,
            .taxed = taxed.items,
            .original = documents[i].document_id,
            .original_hash = documents[i].hash,
        };
    }
    *out = made;
    return true;
}
