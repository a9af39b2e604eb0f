/*
 * peak: the window with the highest sum of a counter is what is billed (counter.c chooses it), at a
 * price or by tiers as volume does. Or the peaks of several meters: the smallest tier that holds
 * each of them has its fee.
 */
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "rating/charge.h"
#include "rating/conditions.h"
#include "rating/rated.h"

#define NONE ((struct decimal){0, 0})

/* ------------------------------------------------------------------------------------ compile */

static bool read_meter(const struct reader *item, const struct charge *charge, size_t at,
                       struct error *err)
{
    struct peak_meter *out = &charge->peak_meters[at];
    const char *divisor = reader_text(item, "divisor", "1");

    out->name = reader_text(item, "name", "");
    out->meter = reader_text(item, "meter", "");
    reader_conditions(item, "where", &out->where);
    for (size_t i = 0; i < at; i++)
        if (strcmp(charge->peak_meters[i].name, out->name) == 0)
            return reader_refuse(item, "name", err, "'%s' is used twice", out->name);
    return number_parse_int128(divisor, strlen(divisor), "divisor", &out->divisor, err);
}

/* A closed tier has a border for each meter, none below the tier before. */
static bool read_borders(const struct reader *item, struct charge *charge, size_t at,
                         struct error *err)
{
    struct reader borders = reader_member(item, "up_to");
    struct peak_tier *tier = &charge->peak_tiers[at];
    bool rises = at == 0;

    tier->up_to = arena_array(item->arena, charge->peak_meter_count, sizeof *tier->up_to);
    for (size_t m = 0; m < charge->peak_meter_count; m++) {
        const char *name = charge->peak_meters[m].name;

        if (!json_object_get(borders.object, name))
            return reader_refuse(&borders, name, err, "a tier has a border for each of peaks");
        if (!reader_amount(&borders, name, NONE, &tier->up_to[m], err))
            return false;
        if (at > 0 && decimal_is_below(tier->up_to[m], tier[-1].up_to[m]))
            return reader_refuse(&borders, name, err,
                                 "is below the tier before; tiers stand in rising order");
        rises |= at > 0 && decimal_is_below(tier[-1].up_to[m], tier->up_to[m]);
    }
    if (json_object_size(borders.object) != charge->peak_meter_count)
        return reader_refuse(item, "up_to", err, "names what is not in peaks");
    return rises || reader_refuse(item, "up_to", err, "holds no more than the tier before");
}

static bool read_tier(const struct reader *item, struct charge *charge, size_t at,
                      struct error *err)
{
    bool is_last = at == charge->peak_tier_count - 1;
    json_t *borders = json_object_get(item->object, "up_to");

    if (is_last == (borders != NULL))
        return reader_refuse(item, "up_to", err,
                             is_last ? "the last tier must be open; leave up_to out or add a tier"
                                     : "only the last tier is open; give this one its borders");
    if (borders && !json_is_object(borders))
        return reader_refuse(item, "up_to", err, "has a border for each of peaks, by its name");
    if (json_object_get(item->object, "price") || json_object_get(item->object, "block"))
        return reader_refuse(item, "", err, "a tier of several peaks has only a flat fee");
    return (!borders || read_borders(item, charge, at, err)) &&
           reader_amount(item, "flat", NONE, &charge->peak_tiers[at].flat, err);
}

static bool compile_several(const struct reader *reader, struct charge *charge, struct error *err)
{
    charge->peak_meter_count = reader_count(reader, "peaks");
    charge->peak_meters =
        arena_array(reader->arena, charge->peak_meter_count, sizeof *charge->peak_meters);
    charge->peak_tier_count = reader_count(reader, "tiers");
    charge->peak_tiers =
        arena_array(reader->arena, charge->peak_tier_count, sizeof *charge->peak_tiers);
    if (json_object_get(reader->object, "price"))
        return reader_refuse(reader, "price", err, "several peaks have tiers; leave it out");
    if (charge->peak_tier_count == 0)
        return reader_refuse(reader, "tiers", err, "several peaks need tiers");
    for (size_t i = 0; i < charge->peak_meter_count; i++) {
        struct reader item = reader_item(reader, "peaks", i);

        if (!read_meter(&item, charge, i, err))
            return false;
    }
    for (size_t i = 0; i < charge->peak_tier_count; i++) {
        struct reader item = reader_item(reader, "tiers", i);

        if (!read_tier(&item, charge, i, err))
            return false;
    }
    return true;
}

bool peak_compile(const struct reader *reader, struct charge *charge, struct error *err)
{
    if (json_object_get(reader->object, "peaks"))
        return compile_several(reader, charge, err);
    if (charge->counts_covered || charge->per_window)
        return reader_refuse(reader, charge->per_window ? "per_window" : "counts_covered", err,
                             "is not for peak; leave it out");
    if (!json_object_get(reader->object, "tiers"))
        return tier_compile_per_unit(reader, charge, err);
    return json_object_get(reader->object, "price")
               ? reader_refuse(reader, "price", err, "peak has a price or tiers, not both")
               : tier_compile_tiers(reader, charge, err);
}

/* ------------------------------------------------------------------------------ several meters */

struct use {
    int64_t window_us;
    int128 units;
};

static int by_window(const void *left, const void *right)
{
    const struct use *a = left;
    const struct use *b = right;

    return (a->window_us > b->window_us) - (a->window_us < b->window_us);
}

/* Whether the lot begins in a version that bills several peaks. */
static bool is_asked(const struct rated *rated, const struct lot *lot)
{
    for (size_t p = 0; p < rated->charge->phase_count; p++) {
        const struct phase *phase = &rated->charge->phases[p];

        if (phase->charge->peak_meter_count > 0 && lot->from_us >= phase->from_us &&
            lot->from_us < phase->to_us)
            return true;
    }
    return false;
}

/* The highest sum of a window over all series of the meter, in the whole period. */
static int128 peak_of(const struct rated *rated, const struct peak_meter *meter)
{
    struct job *job = rated->job;
    struct use *uses = memory_alloc((job->lot_count + 1) * sizeof *uses);
    size_t count = 0;
    int128 highest = 0;
    int128 sum = 0;

    for (size_t i = 0; i < job->lot_count; i++) {
        struct lot *lot = &job->lots[i];

        if (!conditions_match(meter->meter, &meter->where, job_series(job, lot)) ||
            !is_asked(rated, lot))
            continue;
        lot->is_rated = true;
        uses[count++] = (struct use){lot->from_us, lot->left};
    }
    qsort(uses, count, sizeof *uses, by_window);
    for (size_t i = 0; i < count; i++) {
        sum = i > 0 && uses[i].window_us == uses[i - 1].window_us ? sum + uses[i].units
                                                                  : uses[i].units;
        if (sum > highest)
            highest = sum;
    }
    free(uses);
    return highest;
}

/* peak ≤ up_to × divisor */
static bool tier_holds(const struct peak_tier *tier, const struct charge *charge,
                       const int128 *peaks)
{
    mpq_t border;
    mpq_t peak;
    bool holds = true;

    mpq_inits(border, peak, NULL);
    for (size_t m = 0; tier->up_to && m < charge->peak_meter_count; m++) {
        ratio_set_decimal(border, tier->up_to[m]);
        ratio_scale(border, charge->peak_meters[m].divisor, 1);
        ratio_set(peak, peaks[m], 1);
        holds &= mpq_cmp(peak, border) <= 0;
    }
    mpq_clears(border, peak, NULL);
    return holds;
}

static const char *rule_of(const struct charge *charge, const int128 *peaks,
                           const struct peak_tier *tier, struct arena *arena)
{
    const char *text = "";

    for (size_t m = 0; m < charge->peak_meter_count; m++)
        text = arena_printf(arena, "%s%s%s %s of %s", text, m > 0 ? ", " : "",
                            charge->peak_meters[m].name,
                            quantity_text(peaks[m], 1, charge->peak_meters[m].divisor, arena),
                            tier->up_to ? why_decimal(tier->up_to[m], arena) : "any");
    return text;
}

static bool add_fee(const struct rated *rated, size_t at, const int128 *peaks, struct error *err)
{
    const struct charge *charge = rated->charge->phases[at].charge;
    struct rate_slot moment;
    struct place place = {.phase = at, .line = rated_plain_line(rated, at), .slot = &moment};
    size_t tier = 0;

    while (!tier_holds(&charge->peak_tiers[tier], charge, peaks))
        tier++;
    if (!rated_moment(rated, charge->tax_category, false, &moment, err))
        return false;
    struct fragment *fee = rated_add(rated, &place, PART_FLAT);
    fee->why.tier = (unsigned)tier + 1;
    fee->why.price = charge->peak_tiers[tier].flat;
    fee->why.rule = rule_of(charge, peaks, &charge->peak_tiers[tier], rated->job->arena);
    ratio_set_decimal(fee->money, charge->peak_tiers[tier].flat);
    return true;
}

bool peak_bill(const struct rated *rated, size_t at, struct error *err)
{
    const struct charge *charge = rated->charge->phases[at].charge;
    bool is_due = charge->flat_at_zero;

    for (size_t p = at + 1; p < rated->charge->phase_count; p++)
        if (rated->charge->phases[p].charge->peak_meter_count > 0)
            return true; /* the last version that states peaks bills the period's */
    int128 *peaks = memory_alloc(charge->peak_meter_count * sizeof *peaks);
    for (size_t m = 0; m < charge->peak_meter_count; m++) {
        peaks[m] = peak_of(rated, &charge->peak_meters[m]);
        is_due |= peaks[m] > 0;
    }
    bool done = !is_due || add_fee(rated, at, peaks, err);
    free(peaks);
    return done;
}
