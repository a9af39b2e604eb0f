#include "invoices/chain.h"

#include <string.h>

#include "core/canonical.h"
#include "invoices/period.h"
#include "rating/pool.h"
#include "store/documents.h"

static bool is_other(const struct content *item, const struct contract *contract)
{
    return strcmp(item->subject_id, contract->id) != 0;
}

/* Another contract with a part of [from_us, to_us): its id, or NULL. */
static bool find_other(struct session *session, const struct tenant *tenant,
                       const struct contract *contract, int64_t from_us, int64_t to_us,
                       const char **out_id, struct error *err)
{
    struct content *items;
    size_t count;
    *out_id = NULL;
    if (!contracts_newest(session, tenant, CONTENT_LAST, &items, &count, err))
        return false;
    for (size_t i = 0; i < count && *out_id == NULL; i++) {
        struct contract other;
        if (!is_other(&items[i], contract))
            continue;
        if (!contract_parse(items[i].bytes, items[i].size, items[i].subject_id,
                            tenant->grid_seconds, &session->arena, &other, err))
            return false;
        int64_t begin_us, end_us;
        if (pool_tenure(&other, tenant->id, &begin_us, &end_us) && begin_us < to_us &&
            from_us < end_us)
            *out_id = other.id;
        contract_release(&other);
    }
    return true;
}

/* ------------------------------------------------------------------------------- of a contract */

static bool periods_go_on(struct session *session, const struct tenant *tenant,
                          const struct contract *contract, struct error *err)
{
    struct closed_period last;
    struct period next;
    char texts[2][INSTANT_TEXT_SIZE];
    if (!period_last(session, tenant, &last, err))
        return err->code == ERROR_NOT_FOUND;
    int64_t ended_us = last.period.to_us, from_us, to_us;
    if (!pool_tenure(contract, tenant->id, &from_us, &to_us) || ended_us <= from_us ||
        ended_us >= to_us)
        return true;
    if (!contract_period_at(contract, ended_us, &next, err))
        return false;
    return next.from_us == ended_us ||
           error_set(err, ERROR_INPUT,
                     "contract %s: /billing: period %s was closed up to %s, and the period there "
                     "would begin at %s; keep the day on which periods begin, or begin another "
                     "contract there",
                     contract->id, last.period.label, instant_format(ended_us, texts[0]),
                     instant_format(next.from_us, texts[1]));
}

struct series_search {
    const struct party *seller;
    const char *taken;
};

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static bool look_for_series(void *context, const struct content *content, struct error *err)
{
    struct series_search *search = context;
    CLEANUP(json_release) json_t *json = NULL;
    if (!canonical_parse(content->bytes, content->size, content->subject_id, &json, err))
        return false;
    const json_t *seller = json_object_get(json, "legal_entity");
    const char *id = text_of(seller, "id");
    if (id == NULL || strcmp(id, search->seller->id) == 0)
        return true;
    const char *others[] = {text_of(seller, "number_series"),
                            text_of(seller, "credit_note_series")};
    const char *own[] = {search->seller->number_series, search->seller->credit_note_series};
    for (size_t i = 0; i < COUNT_OF(own); i++)
        for (size_t k = 0; k < COUNT_OF(others) && own[i] != NULL; k++)
            if (others[k] != NULL && strcmp(own[i], others[k]) == 0)
                search->taken = own[i];
    return true;
}

/* Two legal entities that count in one series would both have gaps. */
static bool series_is_own(struct session *session, const struct contract *contract,
                          struct error *err)
{
    struct series_search search = {.seller = &contract->seller};
    if (!contents_each(session->store, session->log.log, CONTENT_KIND(ENTRY_CONTRACT),
                       CONTENT_FIRST, CONTENT_LAST, look_for_series, &search, err))
        return false;
    return search.taken == NULL ||
           error_set(err, ERROR_INPUT,
                     "contract %s: /legal_entity/number_series: '%s' is another legal entity's; "
                     "each counts its documents in a series of its own",
                     contract->id, search.taken);
}

/* What was closed in a pool stays in it. */
static bool stays_while_closed(struct session *session, const struct tenant *tenant,
                               const struct contract *contract, struct error *err)
{
    struct closed_period last;
    char to[INSTANT_TEXT_SIZE];
    int64_t from_us, to_us;
    if (contract->member_count == 0 && strcmp(contract->tenant, tenant->id) == 0)
        return true;
    if (!period_last(session, tenant, &last, err))
        return err->code == ERROR_NOT_FOUND;
    if (strcmp(last.contract, contract->id) != 0 ||
        (pool_tenure(contract, tenant->id, &from_us, &to_us) && from_us <= last.period.from_us &&
         last.period.to_us <= to_us))
        return true;
    return error_set(err, ERROR_INPUT,
                     "contract %s: period %s of '%s' was closed under it: it stays in the pool up "
                     "to %s at least (\"to\")",
                     contract->id, last.period.label, tenant->id,
                     instant_format(last.period.to_us, to));
}

bool chain_contract_fits(struct session *session, const struct tenant *tenant,
                         const struct contract *contract, struct error *err)
{
    const char *other = NULL;
    int64_t from_us, to_us;
    if (!stays_while_closed(session, tenant, contract, err) ||
        (pool_tenure(contract, tenant->id, &from_us, &to_us) &&
         !find_other(session, tenant, contract, from_us, to_us, &other, err)))
        return false;
    if (other != NULL)
        return error_set(err, ERROR_INPUT,
                         "contract %s overlaps contract %s of tenant '%s': usage would belong to "
                         "both; end one where the other begins",
                         contract->id, other, tenant->id);
    return periods_go_on(session, tenant, contract, err) && series_is_own(session, contract, err);
}

/* --------------------------------------------------------------------------------- of a period */

/* Where the tenant's closed periods end; INSTANT_MIN when none is. The last must be issued. */
static bool find_end(struct session *session, const struct tenant *tenant, int64_t *out_us,
                     struct error *err)
{
    struct closed_period last;
    struct document_row document;
    *out_us = INSTANT_MIN;
    if (!period_last(session, tenant, &last, err))
        return err->code == ERROR_NOT_FOUND;
    *out_us = last.period.to_us;
    if (document_of_period(session->store, session->log.log, tenant->number, last.index,
                           &session->arena, &document, err))
        return true;
    return err->code == ERROR_NOT_FOUND
               ? error_set(err, ERROR_REFUSED, "the period before, %s, is not issued",
                           last.period.label)
               : false;
}

/* Nothing of the contract's own lies between. */
static bool follows_in_contract(const struct tenant *tenant, const struct contract *contract,
                                const struct period *period, int64_t ended_us, struct error *err)
{
    struct period before;
    char texts[2][INSTANT_TEXT_SIZE];
    int64_t due_us, to_us;
    if (!pool_tenure(contract, tenant->id, &due_us, &to_us))
        return error_set(err, ERROR_REFUSED, "'%s' is not in contract %s", tenant->id,
                         contract->id);
    due_us = ended_us > due_us ? ended_us : due_us;
    if (period->from_us < ended_us)
        return error_set(err, ERROR_REFUSED,
                         "it begins at %s, and periods are closed up to %s: usage would be billed "
                         "twice",
                         instant_format(period->from_us, texts[0]),
                         instant_format(ended_us, texts[1]));
    if (period->from_us == due_us)
        return true;
    if (!contract_period_at(contract, period->from_us - 1, &before, err))
        return false;
    if (before.from_us < due_us)
        return error_set(err, ERROR_REFUSED,
                         "it begins at %s, and periods are closed up to %s only: usage between "
                         "would never be billed",
                         instant_format(period->from_us, texts[0]),
                         instant_format(due_us, texts[1]));
    return error_set(err, ERROR_REFUSED,
                     "the period before, %s, is not closed: close and issue it first",
                     before.label);
}

bool chain_period_follows(struct session *session, const struct tenant *tenant,
                          const struct contract *contract, const struct period *period,
                          struct error *err)
{
    int64_t ended_us;
    const char *other;
    if (!find_end(session, tenant, &ended_us, err) ||
        !follows_in_contract(tenant, contract, period, ended_us, err) ||
        !find_other(session, tenant, contract, ended_us, period->from_us, &other, err))
        return false;
    return other == NULL ||
           error_set(err, ERROR_REFUSED,
                     "contract %s has a period before it that is not closed: close and issue it "
                     "first",
                     other);
}
