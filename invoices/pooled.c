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

bool pooled_add_member(struct session *session, const struct tenant *tenant, uint64_t size,
                       const struct period *period, bool as_sums, struct rating_usage *usage,
                       struct error *err)
{
    struct rating_usage CLEANUP(usage_release) own = {0};
    if (as_sums ? !known_sums(session, tenant, size, period, &own, err)
                : !known_usage(session, tenant, size, period, &own, err))
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
        if (!pooled_add_member(session, &tenants[i], size, period, false, out, err))
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

bool pooled_at(struct session *session, const struct agreement *agreement,
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
    return pooled_at(session, agreement, period, size, out_pool, err) &&
           pool_rating_of(&agreement->contract, *out_pool, tenant->id, &session->arena, out, err);
}
