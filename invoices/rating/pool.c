/*
 * Members of pools.
 */
#include "rating/pool.h"

#include <string.h>

#include "base/instant.h"
#include "rating/usage.h"

/* ------------------------------------------------------------------------------- the contract */

/* A member's id, or an object that says from when on and how long. */
static bool read_member(const struct reader *pool, size_t at, const struct contract *contract,
                        struct pool_member *out, struct error *err)
{
    const json_t *item = json_array_get(json_object_get(pool->object, "members"), at);
    struct reader member = reader_item(pool, "members", at);

    *out = (struct pool_member){.from_us = contract->from_us, .to_us = contract->to_us};
    if (json_is_string(item)) {
        out->tenant = arena_text(pool->arena, json_string_value(item));
        return true;
    }
    out->tenant = reader_text(&member, "tenant", "");
    return reader_instant(&member, "from", contract->from_us, &out->from_us, err) &&
           reader_instant(&member, "to", contract->to_us, &out->to_us, err);
}

bool pool_read(const struct reader *reader, struct contract *contract, struct error *err)
{
    struct reader pool = reader_member(reader, "pool");

    if (!pool.object)
        return true;
    size_t count = reader_count(&pool, "members");
    contract->members = arena_array(reader->arena, count + 1, sizeof *contract->members);
    contract->members[0] =
        (struct pool_member){contract->tenant, contract->from_us, contract->to_us};
    for (size_t i = 0; i < count; i++)
        if (!read_member(&pool, i, contract, &contract->members[i + 1], err))
            return false;
    contract->member_count = count + 1;
    return true;
}

/* A period belongs to a pool or not; a member never uses the half of one. */
static bool check_border(const struct contract_check *check, const struct reader *reader,
                         const char *name, int64_t at_us, struct error *err)
{
    const struct contract *contract = check->contract;
    struct period period;
    char texts[3][INSTANT_TEXT_SIZE];

    if (at_us == contract->from_us || at_us == contract->to_us)
        return true;
    if (!contract_period_at(contract, at_us, &period, err))
        return false;
    return period.from_us == at_us ||
           reader_refuse(reader, name, err,
                         "%s is inside period %s; members come and go where a period begins, at %s "
                         "or %s",
                         instant_format(at_us, texts[0]), period.label,
                         instant_format(period.from_us, texts[1]),
                         instant_format(period.to_us, texts[2]));
}

static bool check_member(const struct contract_check *check, const struct reader *pool, size_t at,
                         struct error *err)
{
    const struct contract *contract = check->contract;
    const struct pool_member *member = &contract->members[at];
    struct reader item = reader_item(pool, "members", at - 1);

    if (strcmp(member->tenant, contract->tenant) == 0)
        return reader_refuse(pool, "members", err, "the payer is in the pool by itself");
    for (size_t i = 1; i < at; i++)
        if (strcmp(contract->members[i].tenant, member->tenant) == 0)
            return reader_refuse(pool, "members", err, "'%s' is in it twice", member->tenant);
    return contract_check_span(check, &item, member->from_us, member->to_us, err) &&
           check_border(check, &item, "from", member->from_us, err) &&
           check_border(check, &item, "to", member->to_us, err);
}

bool pool_check(const struct contract_check *check, struct error *err)
{
    const struct contract *contract = check->contract;
    struct reader pool = reader_member(check->reader, "pool");

    if (!pool.object)
        return true;
    if (strcmp(reader_text(&pool, "payer", ""), contract->tenant) != 0)
        return reader_refuse(&pool, "payer", err, "the payer is the contract's tenant, '%s'",
                             contract->tenant);
    for (size_t i = 1; i < contract->member_count; i++)
        if (!check_member(check, &pool, i, err))
            return false;
    return true;
}

bool pool_tenure(const struct contract *contract, const char *tenant, int64_t *out_from_us,
                 int64_t *out_to_us)
{
    *out_from_us = contract->from_us;
    *out_to_us = contract->to_us;
    if (contract->member_count == 0)
        return strcmp(contract->tenant, tenant) == 0;
    for (size_t i = 0; i < contract->member_count; i++)
        if (strcmp(contract->members[i].tenant, tenant) == 0) {
            *out_from_us = contract->members[i].from_us;
            *out_to_us = contract->members[i].to_us;
            return true;
        }
    return false;
}

bool pool_has(const struct pool_member *member, const struct period *period)
{
    return member->from_us <= period->from_us && period->from_us < member->to_us;
}

/* ------------------------------------------------------------------------------- one's rating */

static void take_shares(const struct rating *pool, const char *member, struct arena *arena,
                        struct rating *out)
{
    out->charges = arena_array(arena, pool->share_count, sizeof *out->charges);
    for (size_t i = 0; i < pool->share_count; i++) {
        if (strcmp(pool->shares[i].member, member) != 0)
            continue;
        out->charges[out->charge_count] = pool->shares[i];
        out->charges[out->charge_count++].member = NULL;
    }
}

/* A document is one tenant's, and its lines do not say whose they are. */
static void take_lines(const struct rating *pool, const char *member, struct arena *arena,
                       struct rating *out)
{
    out->lines = arena_array(arena, pool->line_count, sizeof *out->lines);
    for (size_t i = 0; i < pool->line_count; i++) {
        if (strcmp(pool->lines[i].member, member) != 0)
            continue;
        out->lines[out->line_count] = pool->lines[i];
        out->lines[out->line_count++].member = NULL;
    }
}

/* The series as the member's own entries name it. */
static bool set_unrated(const struct rating_unrated *pooled, struct arena *arena,
                        struct rating_unrated *out, struct error *err)
{
    struct series series = *pooled->descriptor;
    struct text bytes;
    size_t kept = 0;

    for (size_t i = 0; i < series.dimension_count; i++)
        if (!slice_equals(series.dimensions[i].name, POOL_TENANT))
            series.dimensions[kept++] = series.dimensions[i];
    series.dimension_count = kept;
    text_init(&bytes);
    bool done = series_encode(&series, &bytes, err);
    *out = *pooled;
    out->series = digest_of(bytes.data, bytes.size);
    out->descriptor = arena_copy(arena, &series, sizeof series);
    text_release(&bytes);
    return done;
}

static bool take_unrated(const struct rating *pool, const char *member, struct arena *arena,
                         struct rating *out, struct error *err)
{
    out->unrated = arena_array(arena, pool->unrated_count, sizeof *out->unrated);
    for (size_t i = 0; i < pool->unrated_count; i++) {
        const struct rating_unrated *item = &pool->unrated[i];

        if (slice_equals(series_dimension(item->descriptor, POOL_TENANT), member) &&
            !set_unrated(item, arena, &out->unrated[out->unrated_count++], err))
            return false;
    }
    return true;
}

bool pool_rating_of(const struct contract *contract, const struct rating *pool, const char *member,
                    struct arena *arena, struct rating *out, struct error *err)
{
    struct rating own = {
        .currency = pool->currency, .exponent = pool->exponent, .period = pool->period};
    struct rating_totals totals;

    take_shares(pool, member, arena, &own);
    take_lines(pool, member, arena, &own);
    if (!take_unrated(pool, member, arena, &own, err) ||
        !rating_totals(&own, NULL, 0, arena, &totals, err))
        return false;
    own.tax_count = totals.tax_count;
    own.taxes = totals.taxes;
    own.net_minor = totals.net_minor;
    own.tax_minor = totals.tax_minor;
    own.total_minor = totals.total_minor;
    if (strcmp(member, contract->tenant) == 0) {
        own.reservation_count = pool->reservation_count;
        own.reservations = pool->reservations;
        own.spend_plan_count = pool->spend_plan_count;
        own.spend_plans = pool->spend_plans;
    }
    *out = own;
    return true;
}
