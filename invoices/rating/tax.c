/*
 * Tax: once per document and (category, rate).
 */
#include <stdlib.h>
#include <string.h>

#include "rating/difference.h"
#include "rating/fragment.h"

/* A (category, rate) of the document, while differences are added. */
struct bucket {
    const char *category;
    struct decimal rate;
    int128 net;   /* of all */
    int128 base;  /* of all that is taxed as a sum: without what differences emptied */
    int128 tax;   /* so far */
    int128 taxed; /* of `base` */
};

struct buckets {
    size_t count;
    struct bucket *items;
};

static struct bucket *bucket_of(struct buckets *buckets, const char *category, struct decimal rate)
{
    for (size_t i = 0; i < buckets->count; i++)
        if (strcmp(buckets->items[i].category, category) == 0 &&
            decimal_compare(buckets->items[i].rate, rate) == 0)
            return &buckets->items[i];
    buckets->items[buckets->count] = (struct bucket){.category = category, .rate = rate};
    return &buckets->items[buckets->count++];
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

/* Adds a net to the sum that is taxed; *out_step is the tax that it makes. */
static bool tax_more(struct bucket *bucket, int128 net, int128 *out_step, struct error *err)
{
    int128 taxed = 0;

    if (!number_add(bucket->base, net, &bucket->base) ||
        !tax_on(bucket->base, bucket->rate, &taxed, err))
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
        struct bucket *bucket = bucket_of(buckets, tax->category, tax->rate);
        const struct rating_taxed *taxed = tax->emptied ? find_taxed(adjustment, tax) : NULL;

        if (taxed)
            tax->tax_minor = -taxed->tax_minor;
        else if (!tax_more(bucket, tax->net_minor, &tax->tax_minor, err))
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
        struct bucket *bucket = bucket_of(buckets, charge->tax_category, charge->tax_rate);
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
    struct buckets buckets = {0};
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
