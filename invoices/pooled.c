#include "invoices/pooled.h"

#include <stdlib.h>
#include <string.h>

#include "core/canonical.h"
#include "core/money.h"
#include "core/series.h"
#include "invoices/usage.h"
#include "rating/pool.h"
#include "store/entries.h"
#include "store/usage.h"

/* -------------------------------------------------------------------------------- who takes part
 */

static int by_number(const void *a, const void *b)
{
    const struct tenant *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static bool add_tenant(struct session *session, const char *id, struct tenant *tenants,
                       size_t *count, struct error *err)
{
    return tenant_find(session->store, session->log.log, id, &session->arena, &tenants[(*count)++],
                       err);
}

bool pooled_tenants(struct session *session, const struct contract *contract,
                    const struct period *period, struct tenant **out, size_t *out_count,
                    struct error *err)
{
    size_t count = 0;
    struct tenant *tenants =
        arena_array(&session->arena, contract->member_count + 1, sizeof(*tenants));
    if (contract->member_count == 0 && !add_tenant(session, contract->tenant, tenants, &count, err))
        return false;
    for (size_t i = 0; i < contract->member_count; i++)
        if (pool_has(&contract->members[i], period) &&
            !add_tenant(session, contract->members[i].tenant, tenants, &count, err))
            return error_prefix(err, "pool of contract %s: ", contract->id);
    qsort(tenants, count, sizeof(*tenants), by_number);
    *out = tenants;
    *out_count = count;
    return true;
}

/* --------------------------------------------------------------------------------- rated together
 */

/* What a session has rated. */
struct pool_memo {
    struct pool_memo *next;
    struct digest contract;
    int64_t from_us;
    uint64_t size;
    struct rating rating;
};

static bool add_series(const struct rating_usage *own, size_t at, const struct tenant *tenant,
                       struct rating_usage *usage, uint32_t *out, struct error *err)
{
    struct text CLEANUP(text_release) bytes;
    struct series series = *own->series[at].series;
    text_init(&bytes);
    return series_encode(&series, &bytes, err) &&
           usage_add_series_of(usage, tenant->id, bytes.data, bytes.size, out, err);
}

static bool add_member(struct session *session, const struct tenant *tenant, uint64_t size,
                       const struct period *period, struct rating_usage *usage, struct error *err)
{
    struct rating_usage CLEANUP(usage_release) own = {0};
    if (!known_usage(session, tenant, size, period, &own, err))
        return false;
    uint32_t *series = arena_array(&session->arena, own.series_count + 1, sizeof(*series));
    for (size_t i = 0; i < own.series_count; i++)
        if (!add_series(&own, i, tenant, usage, &series[i], err))
            return false;
    for (size_t i = 0; i < own.row_count; i++)
        usage_add(usage, series[own.rows[i].series], own.rows[i].from_us,
                  own.rows[i].length_seconds, own.rows[i].quantity);
    return true;
}

bool pooled_usage(struct session *session, const struct contract *contract,
                  const struct period *period, uint64_t size, struct rating_usage *out,
                  struct error *err)
{
    struct tenant *tenants;
    size_t count;
    usage_init(out, &session->arena);
    if (!pooled_tenants(session, contract, period, &tenants, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!add_member(session, &tenants[i], size, period, out, err))
            return error_prefix(err, "'%s': ", tenants[i].id);
    return true;
}

static bool rate_pool(struct session *session, const struct agreement *agreement,
                      const struct period *period, uint64_t size, struct rating *out,
                      struct error *err)
{
    struct rating_usage CLEANUP(usage_release) usage = {0};
    return pooled_usage(session, &agreement->contract, period, size, &usage, err) &&
           rate(&agreement->contract, agreement->plans.plans, agreement->plans.count, period,
                &usage, &session->arena, out, err);
}

/* The pool's rating as of a size; the session's. */
static bool pool_at(struct session *session, const struct agreement *agreement,
                    const struct period *period, uint64_t size, const struct rating **out,
                    struct error *err)
{
    const struct contract *contract = &agreement->contract;
    struct pool_memo *memo = session->pools;
    while (memo != NULL && (!digest_equals(&memo->contract, &contract->hash) ||
                            memo->from_us != period->from_us || memo->size != size))
        memo = memo->next;
    if (memo == NULL) {
        memo = arena_alloc(&session->arena, sizeof(*memo));
        *memo = (struct pool_memo){session->pools, contract->hash, period->from_us, size, {0}};
        if (!rate_pool(session, agreement, period, size, &memo->rating, err))
            return false;
        session->pools = memo;
    }
    *out = &memo->rating;
    return true;
}

static bool rate_alone(struct session *session, const struct tenant *tenant,
                       const struct agreement *agreement, const struct period *period,
                       uint64_t size, struct rating *out, struct error *err)
{
    struct rating_usage CLEANUP(usage_release) usage = {0};
    return known_usage_of(session, tenant, size, period, agreement, &usage, err) &&
           rate(&agreement->contract, agreement->plans.plans, agreement->plans.count, period,
                &usage, &session->arena, out, err);
}

bool pooled_rate(struct session *session, const struct tenant *tenant,
                 const struct agreement *agreement, const struct period *period, uint64_t size,
                 struct rating *out, const struct rating **out_pool, struct error *err)
{
    *out_pool = NULL;
    if (agreement->contract.member_count == 0)
        return rate_alone(session, tenant, agreement, period, size, out, err);
    return pool_at(session, agreement, period, size, out_pool, err) &&
           pool_rating_of(&agreement->contract, *out_pool, tenant->id, &session->arena, out, err);
}

/* ------------------------------------------------------------------------------------ late usage
 */

struct arrival {
    uint64_t index;
    uint64_t tenant;
};

struct arrivals {
    const struct period *period;
    size_t count;
    size_t capacity;
    struct arrival *items;
};

static void arrivals_release(struct arrivals *arrivals)
{
    free(arrivals->items);
}

static bool add_arrival(void *context, const struct entry_row *row, struct error *err)
{
    struct arrivals *arrivals = context;
    const struct entry *entry = &row->entry;
    (void)err;
    if (entry->kind == ENTRY_EXCLUSION || entry->usage.from_us < arrivals->period->from_us ||
        entry->usage.from_us >= arrivals->period->to_us)
        return true;
    arrivals->items = memory_grow(arrivals->items, &arrivals->capacity, arrivals->count + 1,
                                  sizeof(*arrivals->items));
    arrivals->items[arrivals->count++] = (struct arrival){row->index, entry->tenant};
    return true;
}

static int by_index(const void *a, const void *b)
{
    const struct arrival *x = a, *y = b;
    return (x->index > y->index) - (x->index < y->index);
}

static bool read_arrivals(struct session *session, const struct contract *contract,
                          uint64_t known_size, uint64_t size, struct arrivals *arrivals,
                          struct error *err)
{
    struct store *store = session->store;
    int log = session->log.log;
    struct tenant *tenants;
    size_t count;
    if (!pooled_tenants(session, contract, arrivals->period, &tenants, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        uint64_t from, to;
        if (!usage_next_seq(store, log, tenants[i].number, known_size, &from, err) ||
            !usage_next_seq(store, log, tenants[i].number, size, &to, err) ||
            !entries_each_of_stream(store, log, tenants[i].number, STREAM_USAGE, from, to,
                                    add_arrival, arrivals, err))
            return false;
    }
    if (arrivals->count > 0)
        qsort(arrivals->items, arrivals->count, sizeof(*arrivals->items), by_index);
    return true;
}

/* A tenant's entries that follow each other are one step. */
static bool add_steps(struct session *session, const struct tenant *tenant,
                      const struct agreement *agreement, const struct arrivals *arrivals,
                      uint64_t known_size, struct rating *then, struct rating *now,
                      struct error *err)
{
    uint64_t known = known_size;
    for (size_t i = 0, end = 0; i < arrivals->count; i = end) {
        const struct rating *before, *after;
        for (end = i + 1;
             end < arrivals->count && arrivals->items[end].tenant == arrivals->items[i].tenant;)
            end++;
        uint64_t next = arrivals->items[end - 1].index + 1;
        if (arrivals->items[i].tenant == tenant->number) {
            if (!pool_at(session, agreement, arrivals->period, known, &before, err) ||
                !pool_at(session, agreement, arrivals->period, next, &after, err))
                return false;
            rating_add_charges(then, before, &session->arena);
            rating_add_charges(now, after, &session->arena);
        }
        known = next;
    }
    return true;
}

bool pooled_difference(struct session *session, const struct tenant *tenant,
                       const struct agreement *agreement, const struct period *period,
                       uint64_t known_size, uint64_t size, struct rating_difference *out,
                       struct error *err)
{
    const struct contract *contract = &agreement->contract;
    struct arrivals CLEANUP(arrivals_release) arrivals = {.period = period};
    struct rating then = {
        .currency = contract->currency, .exponent = contract->exponent, .period = *period};
    struct rating now = then;
    const struct rating *pool;
    if (!read_arrivals(session, contract, known_size, size, &arrivals, err) ||
        !add_steps(session, tenant, agreement, &arrivals, known_size, &then, &now, err) ||
        !rating_difference(&now, &then, &session->arena, out, err) ||
        !pool_at(session, agreement, period, size, &pool, err))
        return false;
    out->now = pool; /* where its amounts lie in time */
    return true;
}
