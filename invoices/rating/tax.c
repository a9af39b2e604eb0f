/*
 * Tax: once per document and (category, rate).
 */
#include <stdlib.h>
#include <string.h>

#include "rating/difference.h"
#include "rating/fragment.h"
#include "rating/share.h"

/* A (category, rate) of the document, while differences are added. */
struct bucket {
    const char *category;
    struct decimal rate;
    int128 net;   /* of all */
    int128 base;  /* of all that is taxed as a sum: without what differences emptied */
    int128 tax;   /* so far */
    int128 taxed; /* of `base` */
    const struct tax_parts *parts;
    int128 *parts_tax; /* of each part, so far */
};

struct buckets {
    struct arena *arena;
    size_t count;
    struct bucket *items;
};

static struct bucket *find_bucket(struct buckets *buckets, const char *category,
                                  struct decimal rate)
{
    for (size_t i = 0; i < buckets->count; i++)
        if (strcmp(buckets->items[i].category, category) == 0 &&
            decimal_compare(buckets->items[i].rate, rate) == 0)
            return &buckets->items[i];
    return NULL;
}

static struct bucket *bucket_of(struct buckets *buckets, const char *category, struct decimal rate,
                                const struct tax_parts *parts)
{
    struct bucket *bucket = find_bucket(buckets, category, rate);

    if (!bucket) {
        bucket = &buckets->items[buckets->count++];
        *bucket = (struct bucket){.category = category, .rate = rate, .parts = parts};
        if (parts)
            bucket->parts_tax = arena_array(buckets->arena, parts->count, sizeof(int128));
    }
    return bucket;
}

/* net × rate % in minor units, half away from zero. */
static bool tax_on(int128 net, struct decimal rate, int128 *out, struct error *err)
{
    int128 product = 0;

    if (!number_multiply(net, rate.coefficient, &product))
        return error_set(err, ERROR_INPUT, "a net amount of more than 10^28 cannot be taxed");
    *out = number_divide_round(product, number_power10(rate.scale + 2));
    return true;
}

/* Several taxes, each rounded on the whole base; their sum. Each takes its own step. */
static bool tax_parts_on(struct bucket *bucket, int128 before, int128 *out, struct error *err)
{
    int128 sum = 0;

    for (size_t i = 0; i < bucket->parts->count; i++) {
        struct decimal rate = bucket->parts->items[i].rate;
        int128 old = 0;
        int128 now = 0;

        if (!tax_on(before, rate, &old, err) || !tax_on(bucket->base, rate, &now, err))
            return false;
        bucket->parts_tax[i] += now - old;
        sum += now;
    }
    *out = sum;
    return true;
}

/* What an emptied original gives back, over its taxes in proportion to their rates. */
static void give_back(struct bucket *bucket, int128 taxed)
{
    size_t count = bucket->parts->count;
    int128 *weights = memory_alloc(2 * count * sizeof *weights);
    int128 magnitude = taxed < 0 ? -taxed : taxed;

    for (size_t i = 0; i < count; i++)
        weights[i] = bucket->parts->items[i].rate.coefficient *
                     number_power10(DECIMAL_SCALE_MAX - bucket->parts->items[i].rate.scale);
    share_whole(magnitude, weights, count, weights + count);
    for (size_t i = 0; i < count; i++)
        bucket->parts_tax[i] -= taxed < 0 ? -weights[count + i] : weights[count + i];
    free(weights);
}

/* Adds a net to the sum that is taxed; *out_step is the tax that it makes. */
static bool tax_more(struct bucket *bucket, int128 net, int128 *out_step, struct error *err)
{
    int128 before = bucket->base;
    int128 taxed = 0;

    if (!number_add(bucket->base, net, &bucket->base) ||
        !(bucket->parts ? tax_parts_on(bucket, before, &taxed, err)
                        : tax_on(bucket->base, bucket->rate, &taxed, err)))
        return false;
    *out_step = taxed - bucket->taxed;
    bucket->taxed = taxed;
    return true;
}

static const struct rating_taxed *find_taxed(const struct rating_adjustment *adjustment,
                                             const struct difference_tax *tax)
{
    for (size_t i = 0; i < adjustment->taxed_count; i++)
        if (strcmp(adjustment->taxed[i].category, tax->category) == 0 &&
            decimal_compare(adjustment->taxed[i].rate, tax->rate) == 0)
            return &adjustment->taxed[i];
    return NULL;
}

static bool add_difference(struct buckets *buckets, const struct rating_adjustment *adjustment,
                           struct error *err)
{
    for (size_t i = 0; i < adjustment->difference->tax_count; i++) {
        struct difference_tax *tax = &adjustment->difference->taxes[i];
        struct bucket *bucket = bucket_of(buckets, tax->category, tax->rate, tax->parts);
        const struct rating_taxed *taxed = tax->emptied ? find_taxed(adjustment, tax) : NULL;

        if (taxed)
            tax->tax_minor = -taxed->tax_minor;
        if (taxed && bucket->parts)
            give_back(bucket, taxed->tax_minor);
        if (!taxed && !tax_more(bucket, tax->net_minor, &tax->tax_minor, err))
            return false;
        bucket->net += tax->net_minor;
        bucket->tax += tax->tax_minor;
    }
    return true;
}

static bool add_own(struct buckets *buckets, const struct rating *own, struct error *err)
{
    for (size_t i = 0; i < own->charge_count; i++) {
        const struct rating_charge *charge = &own->charges[i];
        struct bucket *bucket =
            bucket_of(buckets, charge->tax_category, charge->tax_rate, charge->tax_parts);
        int128 step = 0;

        if (!tax_more(bucket, charge->amount_minor, &step, err))
            return false;
        bucket->net += charge->amount_minor;
        bucket->tax += step;
    }
    return true;
}

static int by_category(const void *left, const void *right)
{
    const struct rating_tax *a = left;
    const struct rating_tax *b = right;
    int order = strcmp(a->category, b->category);

    return order != 0 ? order : decimal_compare(a->rate, b->rate);
}

static void sum_up(const struct buckets *buckets, struct arena *arena, struct rating_totals *totals)
{
    totals->taxes = arena_array(arena, buckets->count, sizeof *totals->taxes);
    for (size_t i = 0; i < buckets->count; i++) {
        const struct bucket *bucket = &buckets->items[i];

        if (bucket->net == 0 && bucket->tax == 0)
            continue;
        totals->taxes[totals->tax_count++] = (struct rating_tax){.category = bucket->category,
                                                                 .rate = bucket->rate,
                                                                 .parts = bucket->parts,
                                                                 .parts_minor = bucket->parts_tax,
                                                                 .net_minor = bucket->net,
                                                                 .tax_minor = bucket->tax};
        totals->net_minor += bucket->net;
        totals->tax_minor += bucket->tax;
    }
    totals->total_minor = totals->net_minor + totals->tax_minor;
    qsort(totals->taxes, totals->tax_count, sizeof *totals->taxes, by_category);
}

bool rating_totals(const struct rating *own, struct rating_adjustment *adjustments, size_t count,
                   struct arena *arena, struct rating_totals *out, struct error *err)
{
    struct buckets buckets = {.arena = arena};
    struct rating_totals totals = {0};
    size_t most = own ? own->charge_count : 0;

    for (size_t i = 0; i < count; i++)
        most += adjustments[i].difference->tax_count;
    buckets.items = arena_array(arena, most, sizeof *buckets.items);
    if (own && !add_own(&buckets, own, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!add_difference(&buckets, &adjustments[i], err))
            return false;
    sum_up(&buckets, arena, &totals);
    *out = totals;
    return true;
}
