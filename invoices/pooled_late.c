/*
 * Late usage of a pool, step by step: the entries of all members in the order in which they
 * arrived, a run of one tenant's as one step, and whose each step is.
 *
 * What was known is read once; then each run is added in memory and only the charges of its rating
 * are kept. Where no charge asks when something was used, usage is sums by series.
 */
#include <stdlib.h>
#include <string.h>

#include "invoices/pooled.h"
#include "invoices/usage.h"
#include "rating/windows.h"
#include "store/entries.h"
#include "store/usage.h"

/* ------------------------------------------------------------------------------ what arrived */

struct arrival {
    uint64_t index;
    uint64_t tenant;
    struct usage_body usage;
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
    arrivals->items[arrivals->count++] = (struct arrival){row->index, entry->tenant, entry->usage};
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

/* ------------------------------------------------------------------------------- whose series */

/* A tenant's series as the pool's usage names it. */
struct named_series {
    uint64_t tenant;
    struct digest hash;
    uint32_t series;
};

struct naming {
    struct rating_usage *usage;
    const struct tenant *tenant;
    size_t count;
    size_t capacity;
    struct named_series *items;
};

static void naming_release(struct naming *naming)
{
    free(naming->items);
}

static bool name_series(void *context, const struct digest *hash, struct slice descriptor,
                        struct error *err)
{
    struct naming *naming = context;
    uint32_t series;
    if (!usage_add_series_of(naming->usage, naming->tenant->id, descriptor.data, descriptor.size,
                             &series, err))
        return false;
    naming->items =
        memory_grow(naming->items, &naming->capacity, naming->count + 1, sizeof(*naming->items));
    naming->items[naming->count++] = (struct named_series){naming->tenant->number, *hash, series};
    return true;
}

static int by_series(const void *a, const void *b)
{
    const struct named_series *x = a, *y = b;
    int order = (x->tenant > y->tenant) - (x->tenant < y->tenant);
    return order != 0 ? order : memcmp(x->hash.bytes, y->hash.bytes, DIGEST_SIZE);
}

static const struct named_series *find_series(const struct naming *naming,
                                              const struct arrival *arrival)
{
    const struct named_series key = {.tenant = arrival->tenant, .hash = arrival->usage.series};
    return naming->count == 0 ? NULL
                              : bsearch(&key, naming->items, naming->count, sizeof(key), by_series);
}

/* ------------------------------------------------------------------------------ step by step */

#define BY_WINDOWS SIZE_MAX /* a place: the series' rows are windows */

struct steps {
    const struct agreement *agreement;
    const struct period *period;
    struct arena *arena;    /* of what is kept */
    struct arena arenas[2]; /* of the rating before a step and of the one after it */
    struct rating ratings[2];
    struct rating_usage usage; /* known so far */
    bool as_sums;
    struct naming naming;
    size_t *places; /* of each series the row that holds its sum, and 1 more; 0: it has no row */
};

static void steps_release(struct steps *steps)
{
    usage_release(&steps->usage);
    naming_release(&steps->naming);
    arena_release(&steps->arenas[0]);
    arena_release(&steps->arenas[1]);
}

static bool read_member(struct session *session, struct steps *steps, const struct tenant *tenant,
                        uint64_t known_size, uint64_t size, struct error *err)
{
    steps->naming.usage = &steps->usage;
    steps->naming.tenant = tenant;
    return pooled_add_member(session, tenant, known_size, steps->period, steps->as_sums,
                             &steps->usage, err) &&
           usage_each_series(session->store, session->log.log, tenant->number, size,
                             steps->period->from_us, steps->period->to_us, name_series,
                             &steps->naming, err);
}

static void find_places(struct steps *steps)
{
    int64_t whole = (steps->period->to_us - steps->period->from_us) / SECOND_US;
    steps->places =
        arena_array(steps->arena, steps->usage.series_count + 1, sizeof(*steps->places));
    for (size_t i = 0; i < steps->usage.row_count; i++)
        steps->places[steps->usage.rows[i].series] =
            steps->as_sums && steps->usage.rows[i].length_seconds == whole ? i + 1 : BY_WINDOWS;
}

static bool read_known(struct session *session, struct steps *steps, uint64_t known_size,
                       uint64_t size, struct error *err)
{
    const struct agreement *agreement = steps->agreement;
    struct tenant *tenants;
    size_t count;
    usage_init(&steps->usage, steps->arena);
    steps->as_sums = !rate_amounts_need_windows(&agreement->contract, agreement->plans.plans,
                                                agreement->plans.count, steps->period);
    if (!pooled_tenants(session, &agreement->contract, steps->period, &tenants, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!read_member(session, steps, &tenants[i], known_size, size, err))
            return error_prefix(err, "'%s': ", tenants[i].id);
    if (steps->naming.count > 0)
        qsort(steps->naming.items, steps->naming.count, sizeof(*steps->naming.items), by_series);
    find_places(steps);
    return true;
}

static bool add_late(struct steps *steps, const struct arrival *arrival, struct error *err)
{
    const struct named_series *named = find_series(&steps->naming, arrival);
    if (named == NULL)
        return error_set(err, ERROR_CONFLICT, "a series of an entry is not spelled out");
    size_t *place = &steps->places[named->series];
    if (*place == 0 && steps->as_sums) {
        *place = steps->usage.row_count + 1;
        usage_add(&steps->usage, named->series, steps->period->from_us,
                  (uint32_t)((steps->period->to_us - steps->period->from_us) / SECOND_US), 0);
    }
    if (*place != 0 && *place != BY_WINDOWS) {
        int128 *sum = &steps->usage.rows[*place - 1].quantity;
        return number_add(*sum, arrival->usage.quantity, sum) ||
               error_set(err, ERROR_CONFLICT, "a pool's sum does not fit 128 bits");
    }
    usage_add(&steps->usage, named->series, arrival->usage.from_us, arrival->usage.length_seconds,
              arrival->usage.quantity);
    return true;
}

static bool rate_step(struct steps *steps, size_t at, struct error *err)
{
    const struct agreement *agreement = steps->agreement;
    arena_release(&steps->arenas[at]);
    arena_init(&steps->arenas[at]);
    return rate(&agreement->contract, agreement->plans.plans, agreement->plans.count, steps->period,
                &steps->usage, &steps->arenas[at], &steps->ratings[at], err);
}

static const struct tax_parts *keep_parts(const struct tax_parts *parts, struct arena *arena)
{
    if (parts == NULL)
        return NULL;
    struct tax_parts *kept = arena_copy(arena, parts, sizeof(*kept));
    kept->items = arena_copy(arena, parts->items, parts->count * sizeof(*kept->items));
    for (size_t i = 0; i < kept->count; i++)
        kept->items[i].name = arena_text(arena, kept->items[i].name);
    return kept;
}

/* The rating goes; what names its charges stays. */
static void keep_charges(struct rating *sum, const struct rating *step, struct arena *arena)
{
    size_t before = sum->charge_count;
    rating_add_charges(sum, step, arena);
    for (size_t i = before; i < sum->charge_count; i++) {
        struct rating_charge *charge = &sum->charges[i];
        const char **texts[] = {&charge->plan,         &charge->charge, &charge->description,
                                &charge->tax_category, &charge->exact,  &charge->unit};
        for (size_t n = 0; n < COUNT_OF(texts); n++)
            *texts[n] = *texts[n] != NULL ? arena_text(arena, *texts[n]) : NULL;
        charge->tax_parts = keep_parts(charge->tax_parts, arena);
    }
}

/* Whose entries follow each other are one step. */
static bool add_steps(struct steps *steps, const struct arrivals *arrivals, uint64_t tenant,
                      struct rating *then, struct rating *now, struct error *err)
{
    size_t at = 0;
    bool is_rated = false; /* ratings[at] is of what is known so far */
    for (size_t i = 0, end = 0; i < arrivals->count; i = end) {
        uint64_t whose = arrivals->items[i].tenant;
        if (whose == tenant && !is_rated && !rate_step(steps, at, err))
            return false;
        for (end = i; end < arrivals->count && arrivals->items[end].tenant == whose; end++)
            if (!add_late(steps, &arrivals->items[end], err))
                return false;
        is_rated = whose == tenant;
        if (!is_rated)
            continue;
        if (!rate_step(steps, 1 - at, err))
            return false;
        keep_charges(then, &steps->ratings[at], steps->arena);
        at = 1 - at;
        keep_charges(now, &steps->ratings[at], steps->arena);
    }
    return true;
}

/* ------------------------------------------------------------------------------ read each time */

/* The greatest of a window is no sum that could be added to. */
static bool has_greatest(const struct steps *steps, const struct arrivals *arrivals)
{
    for (size_t i = 0; i < arrivals->count; i++) {
        const struct named_series *named = find_series(&steps->naming, &arrivals->items[i]);
        if (named != NULL &&
            steps->usage.series[named->series].series->aggregation == AGGREGATION_MAX)
            return true;
    }
    return false;
}

static bool read_steps(struct session *session, const struct steps *steps,
                       const struct arrivals *arrivals, uint64_t tenant, uint64_t known_size,
                       struct rating *then, struct rating *now, struct error *err)
{
    uint64_t known = known_size;
    for (size_t i = 0, end = 0; i < arrivals->count; i = end) {
        const struct rating *before, *after;
        uint64_t whose = arrivals->items[i].tenant;
        for (end = i + 1; end < arrivals->count && arrivals->items[end].tenant == whose;)
            end++;
        uint64_t next = arrivals->items[end - 1].index + 1;
        if (whose == tenant) {
            if (!pooled_at(session, steps->agreement, steps->period, known, &before, err) ||
                !pooled_at(session, steps->agreement, steps->period, next, &after, err))
                return false;
            rating_add_charges(then, before, &session->arena);
            rating_add_charges(now, after, &session->arena);
        }
        known = next;
    }
    return true;
}

static bool sum_steps(struct session *session, const struct tenant *tenant,
                      const struct agreement *agreement, const struct arrivals *arrivals,
                      uint64_t known_size, uint64_t size, struct rating *then, struct rating *now,
                      struct error *err)
{
    struct steps CLEANUP(steps_release)
        steps = {.agreement = agreement, .period = arrivals->period, .arena = &session->arena};
    arena_init(&steps.arenas[0]);
    arena_init(&steps.arenas[1]);
    return read_known(session, &steps, known_size, size, err) &&
           (has_greatest(&steps, arrivals)
                ? read_steps(session, &steps, arrivals, tenant->number, known_size, then, now, err)
                : add_steps(&steps, arrivals, tenant->number, then, now, err));
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
        !sum_steps(session, tenant, agreement, &arrivals, known_size, size, &then, &now, err) ||
        !rating_difference(&now, &then, &session->arena, out, err) ||
        !pooled_at(session, agreement, period, size, &pool, err))
        return false;
    out->now = pool; /* where its amounts lie in time */
    return true;
}
