#include "rerate/rerate.h"

#include <string.h>

#include "core/canonical.h"
#include "rating/rate.h"
#include "rating/statement.h"
#include "rating/taxed.h"
#include "rerate/sections.h"
#include "rerate/shares.h"

/* A document before this one. */
struct earlier_document {
    json_t *json;
    const char *number;
    struct period period;
    struct digest hash;
};

struct earlier_documents {
    size_t count;
    struct earlier_document *items; /* oldest first */
};

static void release_documents(struct earlier_documents *documents)
{
    for (size_t i = 0; i < documents->count; i++)
        json_decref(documents->items[i].json);
}

static bool read_document(const struct stated_entry *entry, struct earlier_document *out,
                          struct error *err)
{
    if (entry->content == NULL)
        return error_set(err, ERROR_INPUT, "the bundle lacks the content of an earlier document");
    if (!canonical_parse(entry->content, entry->content_size, "earlier document", &out->json, err))
        return false;
    out->number = json_string_value(json_object_get(out->json, "number"));
    out->hash = entry->entry.control.content;
    return (out->number != NULL ||
            error_set(err, ERROR_INPUT, "an earlier document has no number")) &&
           stated_period(out->json, &out->period, err);
}

static bool read_documents(struct stated *stated, struct earlier_documents *out, struct error *err)
{
    out->items = arena_array(&stated->arena, stated->count, sizeof(*out->items));
    for (size_t i = 0; i < stated->count; i++)
        if (stated->entries[i].entry.kind == ENTRY_DOCUMENT &&
            stated->entries[i].index < stated->document_index &&
            !read_document(&stated->entries[i], &out->items[out->count++], err))
            return false;
    return true;
}

/* Usage of an earlier period is there together with that period's document. */
static bool check_complete(const struct stated *stated, const struct earlier_documents *documents,
                           const struct period *own, struct error *err)
{
    const json_t *row;
    size_t i;
    json_array_foreach (json_object_get(stated->document, "usage"), i, row) {
        const char *label = json_string_value(json_object_get(row, "period"));
        bool found = label == NULL || json_object_get(row, "unrated") != NULL ||
                     strcmp(label, own->label) == 0;
        for (size_t j = 0; j < documents->count && !found; j++)
            found = strcmp(documents->items[j].period.label, label) == 0;
        if (!found)
            return error_set(err, ERROR_INPUT,
                             "the bundle lacks the document of period %s, which has late usage",
                             label);
    }
    return true;
}

/* -------------------------------------------------------------------------------------- rating */

static bool rate_known(struct stated *stated, const struct stated_terms *terms,
                       const struct period *period, uint64_t before_seq, struct rating *out,
                       struct error *err)
{
    struct rating_usage CLEANUP(usage_release) usage = {0};
    return stated_usage(stated, period, before_seq, &usage, err) &&
           rate(&terms->contract, terms->plans, terms->plan_count, period, &usage, &stated->arena,
                out, err);
}

/* Late usage of a pool is priced beside all members', which a member's bundle must not hold. */
static bool is_alone(const struct stated_terms *terms, struct error *err)
{
    return terms->contract.member_count == 0 ||
           error_set(err, ERROR_INPUT,
                     "contract %s was a pool's: late usage is priced beside that of all members, "
                     "which the bundle does not hold; `daybook-invoices audit` makes it again",
                     terms->contract.id);
}

static bool taxed_so_far(const struct earlier_documents *documents, size_t original,
                         struct taxed_list *out, struct error *err)
{
    for (size_t i = original; i < documents->count; i++)
        if (!taxed_add(out, documents->items[i].json, documents->items[original].number,
                       i == original, err))
            return false;
    return true;
}

static bool adjust(struct stated *stated, const struct earlier_documents *documents, size_t at,
                   struct rating_adjustment *out, struct error *err)
{
    const struct earlier_document *original = &documents->items[at];
    struct stated_terms CLEANUP(stated_terms_release) terms = {0};
    struct taxed_list taxed = {.arena = &stated->arena};
    struct rating now, then;
    *out = (struct rating_adjustment){
        .difference = arena_alloc(&stated->arena, sizeof(*out->difference)),
        .original = original->number,
        .original_hash = original->hash,
    };
    if (!stated_terms(stated, original->json, &terms, err) || !is_alone(&terms, err) ||
        !rate_known(stated, &terms, &original->period, UINT64_MAX, &now, err) ||
        !rate_known(stated, &terms, &original->period, stated->usage_from_seq, &then, err) ||
        !rating_difference(&now, &then, &stated->arena, out->difference, err) ||
        !taxed_so_far(documents, at, &taxed, err))
        return error_prefix(err, "late usage of '%s': ", original->number);
    out->taxed_count = taxed.count;
    out->taxed = taxed.items;
    return true;
}

/* Of a pool's late usage the lines are as stated. */
static bool take_section(struct stated *stated, const struct earlier_documents *documents,
                         size_t at, const json_t *section, struct rating_adjustment *out,
                         struct error *err)
{
    const struct earlier_document *original = &documents->items[at];
    struct stated_terms CLEANUP(stated_terms_release) terms = {0};
    struct taxed_list taxed = {.arena = &stated->arena};
    *out = (struct rating_adjustment){
        .difference = arena_alloc(&stated->arena, sizeof(*out->difference)),
        .original = original->number,
        .original_hash = original->hash,
    };
    if (!stated_terms(stated, original->json, &terms, err) ||
        !taxed_so_far(documents, at, &taxed, err) ||
        !section_take(stated->document, section, &terms.contract, original->period.from_us, &taxed,
                      &stated->arena, out->difference, err))
        return error_prefix(err, "late usage of '%s': ", original->number);
    out->taxed_count = taxed.count;
    out->taxed = taxed.items;
    return true;
}

static bool take_sections(struct stated *stated, const struct earlier_documents *documents,
                          struct rating_adjustment *out, size_t *out_count, struct error *err)
{
    const json_t *all = json_object_get(stated->document, "adjustments");
    *out_count = 0;
    for (size_t i = 0; i < documents->count; i++) {
        const json_t *section = section_of(stated->document, documents->items[i].number);
        if (section != NULL &&
            !take_section(stated, documents, i, section, &out[(*out_count)++], err))
            return false;
    }
    return *out_count == json_array_size(all) ||
           error_set(err, ERROR_INPUT, "the bundle lacks a document that is adjusted");
}

static bool make_adjustments(struct stated *stated, const struct earlier_documents *documents,
                             struct rating_adjustment *out, size_t *out_count, struct error *err)
{
    *out_count = 0;
    for (size_t i = 0; i < documents->count; i++) {
        struct rating_adjustment *next = &out[*out_count];
        if (!stated_touches(stated, &documents->items[i].period))
            continue;
        if (!adjust(stated, documents, i, next, err))
            return false;
        *out_count += next->difference->line_count > 0;
    }
    return true;
}

static bool add_history(const struct stated_terms *terms, const struct earlier_documents *documents,
                        struct history *out, struct error *err)
{
    for (size_t i = 0; contract_has_money(&terms->contract) && i < documents->count; i++)
        if (!history_add(out, &terms->contract, documents->items[i].json, &documents->items[i].hash,
                         err))
            return error_prefix(err, "'%s': ", documents->items[i].number);
    return true;
}

/* What the contract's earlier documents leave to its settlement; nothing where it has none. */
static bool read_history(const struct stated_terms *terms, const struct period *period,
                         const struct earlier_documents *documents, struct history *out,
                         struct error *err)
{
    return !contract_has_money(&terms->contract) ||
           (add_history(terms, documents, out, err) &&
            history_check(out, &terms->contract, period, err));
}

static bool state(struct stated *stated, const struct stated_terms *terms, int64_t days,
                  const struct history *history, struct rating *rating,
                  struct rating_adjustment *adjustments, size_t count, json_t *made,
                  struct error *err)
{
    const json_t *tenant = json_object_get(stated->document, "tenant");
    const char *id = json_string_value(json_object_get(tenant, "id"));
    struct rating_totals totals;
    const struct settle_input input = {
        .contract = &terms->contract,
        .plan_count = terms->plan_count,
        .plans = terms->plans,
        .history = history,
        .tenant = id != NULL ? id : "",
        .arena = &stated->arena,
    };
    statement_terms(&terms->contract, days, made);
    return statement_settled(&input, rating, adjustments, count, made, &totals, err);
}

static bool issue_date(const json_t *document, int64_t *out_days, struct error *err)
{
    const char *date = json_string_value(json_object_get(document, "issue_date"));
    struct civil civil;
    if (date == NULL)
        return error_set(err, ERROR_INPUT, "the document has no issue date");
    if (!civil_parse_date(date, "issue_date", &civil, err))
        return false;
    *out_days = civil_days(civil.year, civil.month, civil.day);
    return true;
}

/* Of a pool's document what follows from the pool's amounts. */
static bool rerate_shares(struct stated *stated, const struct stated_terms *terms,
                          const struct earlier_documents *documents, const struct period *period,
                          int64_t days, json_t **out, struct error *err)
{
    const json_t *tenant = json_object_get(stated->document, "tenant");
    const char *id = json_string_value(json_object_get(tenant, "id"));
    struct history CLEANUP(history_release) history = {0};
    struct shares_input input = {
        .document = stated->document,
        .terms = {.contract = &terms->contract,
                  .plan_count = terms->plan_count,
                  .plans = terms->plans,
                  .history = &history,
                  .tenant = id != NULL ? id : "",
                  .arena = &stated->arena},
        .period = period,
        .adjustments =
            arena_array(&stated->arena, documents->count + 1, sizeof(*input.adjustments)),
    };
    history_init(&history, terms->contract.exponent, &stated->arena);
    if (!add_history(terms, documents, &history, err) ||
        !take_sections(stated, documents, input.adjustments, &input.count, err))
        return false;
    CLEANUP(json_release) json_t *made = json_object();
    statement_terms(&terms->contract, days, made);
    if (!shares_make(&input, made, err))
        return false;
    *out = json_incref(made);
    return true;
}

bool rerate_document(struct stated *stated, json_t **out, struct error *err)
{
    struct stated_terms CLEANUP(stated_terms_release) terms = {0};
    struct earlier_documents CLEANUP(release_documents) documents = {0};
    struct history CLEANUP(history_release) history = {0};
    struct rating_adjustment *adjustments;
    struct rating rating;
    struct period period;
    size_t count;
    int64_t days = 0;
    if (!stated_period(stated->document, &period, err) ||
        !issue_date(stated->document, &days, err) || !read_documents(stated, &documents, err) ||
        !check_complete(stated, &documents, &period, err))
        return false;
    adjustments = arena_array(&stated->arena, documents.count + 1, sizeof(*adjustments));
    if (!stated_terms(stated, stated->document, &terms, err))
        return false;
    if (terms.contract.member_count > 0)
        return rerate_shares(stated, &terms, &documents, &period, days, out, err);
    if (!rate_known(stated, &terms, &period, UINT64_MAX, &rating, err) ||
        !make_adjustments(stated, &documents, adjustments, &count, err))
        return false;
    history_init(&history, terms.contract.exponent, &stated->arena);
    CLEANUP(json_release) json_t *made = json_object();
    if (!read_history(&terms, &period, &documents, &history, err) ||
        !state(stated, &terms, days, &history, &rating, adjustments, count, made, err))
        return false;
    *out = json_incref(made);
    return true;
}
