/*
 * Fragments of a charge.
 */
#include "rating/rated.h"

#include "base/instant.h"

static struct why why_of(const struct phase *phase, const struct by *key, struct arena *arena)
{
    struct why why = {.plan = phase->plan->id,
                      .version = phase->plan->version,
                      .from_us = phase->from_us,
                      .to_us = phase->to_us,
                      .is_override = phase->is_override};

    if (key) {
        why.key_count = key->count;
        why.key_names = key->names;
        why.key_values = by_texts(key, arena);
    }
    return why;
}

struct fragment *rated_add(const struct rated *rated, const struct place *place,
                           enum part_kind kind)
{
    const struct phase *phase = &rated->charge->phases[place->phase];
    const struct fragment fragment = {
        .source = rated->source,
        .by = place->line,
        .tax_category = phase->charge->tax_category,
        .tax_rate = place->slot->rate,
        .tax_parts = place->slot->parts,
        .kind = kind,
        .at_us = place->slot->from_us,
        .phase = place->phase,
        .divisor = phase->charge->divisor,
        .multiple = phase->charge->multiple,
        .why = why_of(phase, place->key, rated->job->arena),
    };

    return fragments_add(&rated->job->fragments, &fragment);
}

struct by rated_plain_line(const struct rated *rated, size_t phase)
{
    return by_of(&rated->charge->phases[phase].charge->line_by, NULL, rated->job->arena);
}

bool rated_moment(const struct rated *rated, const char *tax_category, bool in_advance,
                  struct rate_slot *out, struct error *err)
{
    const struct period *period = rated->job->period;
    int64_t from_us = in_advance ? period->from_us : period->to_us - SECOND_US;
    struct rate_slot *slots = NULL;
    size_t count = 0;

    if (!schedule_rates(rated->job->contract, tax_category, from_us, from_us + SECOND_US,
                        rated->job->arena, &slots, &count, err))
        return error_prefix(err, "charge %s: ", rated->charge->charge);
    *out = slots[in_advance ? 0 : count - 1];
    return true;
}
