#include "invoices/contracts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/canonical.h"
#include "rating/pool.h"
#include "store/contents.h"
#include "store/money.h"

void agreement_release(struct agreement *agreement)
{
    if (agreement->contract.zone != NULL && !agreement->is_lent)
        contract_release(&agreement->contract);
    agreement->contract.zone = NULL;
}

/* ------------------------------------------------------------------------------------ finding */

struct versions {
    struct arena *arena;
    uint64_t size;
    size_t count;
    size_t capacity;
    struct content *items; /* the newest version of each contract */
};

static bool keep_newest(void *context, const struct content *content, struct error *err)
{
    struct versions *versions = context;
    (void)err;
    if (content->index >= versions->size)
        return true;
    struct content copy = *content;
    copy.subject_id = arena_text(versions->arena, content->subject_id);
    copy.bytes = arena_text_n(versions->arena, content->bytes, content->size);
    for (size_t i = 0; i < versions->count; i++)
        if (strcmp(versions->items[i].subject_id, copy.subject_id) == 0) {
            versions->items[i] = copy;
            return true;
        }
    versions->items = memory_grow(versions->items, &versions->capacity, versions->count + 1,
                                  sizeof(*versions->items));
    versions->items[versions->count++] = copy;
    return true;
}

bool contracts_newest(struct session *session, const struct tenant *tenant, uint64_t size,
                      struct content **out, size_t *out_count, struct error *err)
{
    struct versions versions = {.arena = &session->arena, .size = size};
    bool listed =
        contents_each_of_tenant(session->store, session->log.log, tenant->number,
                                CONTENT_KIND(ENTRY_CONTRACT), keep_newest, &versions, err);
    *out = arena_array(&session->arena, versions.count + 1, sizeof(**out));
    if (versions.count > 0)
        memcpy(*out, versions.items, versions.count * sizeof(**out));
    *out_count = versions.count;
    free(versions.items);
    return listed;
}

static bool period_of(const struct contract *contract, const char *label, struct period *out,
                      struct error *err)
{
    int64_t instant_us;
    if (strchr(label, 'T') == NULL)
        return contract_period(contract, label, out, err);
    return instant_parse(label, strlen(label), "PERIOD", &instant_us, err) &&
           contract_period_at(contract, instant_us, out, err);
}

static bool open_agreement(struct session *session, const struct tenant *tenant,
                           const struct content *content, struct agreement *out, struct error *err)
{
    struct agreement agreement = {.version = content->version, .index = content->index};
    if (!contract_parse(content->bytes, content->size, content->subject_id, tenant->grid_seconds,
                        &session->arena, &agreement.contract, err))
        return false;
    if (!plans_of_contract(session, &agreement.contract, &agreement.plans, err)) {
        agreement_release(&agreement);
        return false;
    }
    *out = agreement;
    return true;
}

/* Contracts that have a part of what a label names: one, or the one with this very name. */
struct search {
    const char *label;
    size_t count;
    bool is_exact;
    struct agreement agreement; /* of the first */
    struct period period;
    struct period other; /* of another */
};

static bool look_into(struct session *session, const struct tenant *tenant,
                      const struct content *content, struct search *search, struct error *err)
{
    struct agreement CLEANUP(agreement_release) agreement = {0};
    struct period period;
    int64_t from_us, to_us;
    if (!open_agreement(session, tenant, content, &agreement, err))
        return false;
    if (!period_of(&agreement.contract, search->label, &period, err))
        return err->code == ERROR_NOT_FOUND;
    if (!pool_tenure(&agreement.contract, tenant->id, &from_us, &to_us) ||
        period.from_us < from_us || period.from_us >= to_us)
        return true;
    search->is_exact = strcmp(period.label, search->label) == 0;
    search->count = search->is_exact ? 1 : search->count + 1;
    if (search->count > 1) {
        search->other = period;
        return true;
    }
    agreement_release(&search->agreement);
    search->agreement = agreement;
    search->period = period;
    agreement.contract.zone = NULL; /* it went to the search */
    return true;
}

bool contracts_find(struct session *session, const struct tenant *tenant, const char *label,
                    uint64_t size, struct agreement *out, struct period *out_period,
                    struct error *err)
{
    struct content *items;
    size_t count;
    struct search search = {.label = label};
    if (!contracts_newest(session, tenant, size, &items, &count, err))
        return false;
    for (size_t i = 0; i < count && !search.is_exact; i++)
        if (!look_into(session, tenant, &items[i], &search, err)) {
            agreement_release(&search.agreement);
            return false;
        }
    if (search.count == 1) {
        *out = search.agreement;
        *out_period = search.period;
        return true;
    }
    agreement_release(&search.agreement);
    if (search.count > 1)
        return error_set(err, ERROR_REFUSED,
                         "tenant '%s' has several contracts in period '%s': name %s or %s",
                         tenant->id, label, search.period.label, search.other.label);
    return error_set(err, ERROR_REFUSED,
                     "tenant '%s' has no contract for period '%s': `daybook-invoices contract "
                     "apply` first",
                     tenant->id, label);
}

void agreement_parts_release(struct agreement_parts *parts)
{
    for (size_t i = 0; i < parts->count; i++)
        agreement_release(&parts->items[i].agreement);
}

static bool add_part(struct session *session, const struct tenant *tenant,
                     const struct content *content, const char *label, struct agreement_parts *out,
                     struct error *err)
{
    struct agreement_part *part = &out->items[out->count];
    if (!open_agreement(session, tenant, content, &part->agreement, err))
        return false;
    if (period_of(&part->agreement.contract, label, &part->period, err)) {
        out->count++;
        return true;
    }
    agreement_release(&part->agreement);
    return err->code == ERROR_NOT_FOUND;
}

static int by_time(const void *a, const void *b)
{
    const struct agreement_part *x = a, *y = b;
    return (x->period.from_us > y->period.from_us) - (x->period.from_us < y->period.from_us);
}

bool contracts_parts(struct session *session, const struct tenant *tenant, const char *label,
                     struct agreement_parts *out, struct error *err)
{
    struct content *contents;
    size_t count;
    if (!contracts_newest(session, tenant, UINT64_MAX, &contents, &count, err))
        return false;
    out->items = arena_array(&session->arena, count + 1, sizeof(*out->items));
    for (size_t i = 0; i < count; i++)
        if (!add_part(session, tenant, &contents[i], label, out, err))
            return false;
    qsort(out->items, out->count, sizeof(*out->items), by_time);
    return true;
}

bool contracts_version(struct session *session, const struct tenant *tenant,
                       const char *contract_id, uint32_t version, struct agreement *out,
                       struct error *err)
{
    struct content content;
    return content_version(session->store, session->log.log, ENTRY_CONTRACT, tenant->number,
                           contract_id, version, &session->arena, &content, err) &&
           open_agreement(session, tenant, &content, out, err);
}

void contracts_print_warnings(const struct contract *contract)
{
    struct text CLEANUP(text_release) warnings;
    text_init(&warnings);
    contract_warnings(contract, &warnings);
    if (warnings.size > 0)
        fprintf(stderr, "%s", warnings.data);
}
