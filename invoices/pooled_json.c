/* What the members of a pool are told of it, and each the same. */
#include <stdlib.h>
#include <string.h>

#include "core/canonical.h"
#include "core/money.h"
#include "invoices/pooled.h"
#include "invoices/usage.h"
#include "store/usage.h"

/* By meter and unit. */
struct total {
    struct slice meter;
    struct slice unit;
    int128 quantity;
};

struct totals {
    struct rating_usage usage; /* to know the series */
    size_t count;
    size_t capacity;
    struct total *items;
};

static void totals_release(struct totals *totals)
{
    usage_release(&totals->usage);
    free(totals->items);
}

static bool know_series(void *context, const struct digest *series, struct slice descriptor,
                        struct error *err)
{
    struct totals *totals = context;
    uint32_t position;
    (void)series;
    return usage_add_series(&totals->usage, descriptor.data, descriptor.size, &position, err);
}

static struct total *slot_of(struct totals *totals, const struct series *series)
{
    for (size_t i = 0; i < totals->count; i++)
        if (slice_compare(totals->items[i].meter, series->meter) == 0 &&
            slice_compare(totals->items[i].unit, series->unit) == 0)
            return &totals->items[i];
    totals->items =
        memory_grow(totals->items, &totals->capacity, totals->count + 1, sizeof(*totals->items));
    totals->items[totals->count] = (struct total){.meter = series->meter, .unit = series->unit};
    return &totals->items[totals->count++];
}

static bool add_sum(void *context, const struct usage_sum *sum, struct error *err)
{
    struct totals *totals = context;
    uint32_t series;
    if (!usage_find_series(&totals->usage, &sum->series, &series))
        return error_set(err, ERROR_CONFLICT, "a series of an entry is not spelled out");
    struct total *total = slot_of(totals, totals->usage.series[series].series);
    return number_add(total->quantity, sum->quantity, &total->quantity) ||
           error_set(err, ERROR_CONFLICT, "a pool's total does not fit 128 bits");
}

static int by_meter(const void *a, const void *b)
{
    const struct total *x = a, *y = b;
    int order = slice_compare(x->meter, y->meter);
    return order != 0 ? order : slice_compare(x->unit, y->unit);
}

static json_t *totals_json(struct totals *totals)
{
    json_t *array = json_array();
    if (totals->count > 0)
        qsort(totals->items, totals->count, sizeof(*totals->items), by_meter);
    for (size_t i = 0; i < totals->count; i++) {
        const struct total *total = &totals->items[i];
        char quantity[INT128_TEXT_SIZE];
        json_array_append_new(array, json_pack("{s:s%,s:s%,s:s}", "meter", total->meter.data,
                                               total->meter.size, "unit", total->unit.data,
                                               total->unit.size, "quantity",
                                               number_format(total->quantity, quantity)));
    }
    return array;
}

bool pooled_totals_json(struct session *session, const struct contract *contract,
                        const struct period *period, uint64_t size, json_t **out, struct error *err)
{
    struct totals CLEANUP(totals_release) totals = {0};
    struct store *store = session->store;
    int log = session->log.log;
    struct tenant *tenants;
    size_t count;
    usage_init(&totals.usage, &session->arena);
    if (!pooled_tenants(session, contract, period, &tenants, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!usage_each_series(store, log, tenants[i].number, size, period->from_us, period->to_us,
                               know_series, &totals, err) ||
            !usage_each_sum(store, log, tenants[i].number, size, period->from_us, period->to_us,
                            NULL, 0, add_sum, &totals, err))
            return error_prefix(err, "'%s': ", tenants[i].id);
    *out = json_pack("{s:s,s:I,s:o}", "payer", contract->tenant, "members", (json_int_t)count,
                     "totals", totals_json(&totals));
    return true;
}

static void set_number(json_t *object, const char *name, int128 number)
{
    char text[INT128_TEXT_SIZE];
    json_set_text(object, name, number_format(number, text));
}

/* What of a charge is the tenant's, exact. */
static const char *share_of(const struct rating *pool, const struct rating_charge *charge,
                            const char *tenant)
{
    for (size_t i = 0; i < pool->share_count; i++)
        if (rating_is_same_charge(&pool->shares[i], charge) &&
            strcmp(pool->shares[i].member, tenant) == 0)
            return pool->shares[i].exact;
    return "0";
}

/* What has no usage is the payer's alone, and told nobody else. */
static json_t *charges_json(const struct rating *pool, const char *tenant)
{
    json_t *array = json_array();
    char text[DECIMAL_TEXT_SIZE];
    for (size_t i = 0; i < pool->charge_count; i++) {
        const struct rating_charge *charge = &pool->charges[i];
        if (charge->kind != LINE_CHARGE || charge->unit == NULL)
            continue;
        json_t *object = json_object();
        json_set_text(object, "plan", charge->plan);
        json_set_text(object, "charge", charge->charge);
        json_set_text(object, "tax_category", charge->tax_category);
        json_set_text(object, "rate", decimal_format_short(charge->tax_rate, text));
        set_number(object, "base_quantity", charge->base_quantity);
        json_set_text(object, "exact", charge->exact);
        json_set_text(object, "share", share_of(pool, charge, tenant));
        json_set_text(object, "amount", money_format(charge->amount_minor, pool->exponent, text));
        json_array_append_new(array, object);
    }
    return array;
}

bool pooled_json(struct session *session, const struct tenant *tenant,
                 const struct agreement *agreement, const struct period *period, uint64_t size,
                 const struct rating *pool, json_t **out, struct error *err)
{
    if (!pooled_totals_json(session, &agreement->contract, period, size, out, err))
        return false;
    json_object_set_new(*out, "charges", charges_json(pool, tenant->id));
    return true;
}
