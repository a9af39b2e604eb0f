/*
 * per_unit and graduated: each tier's units at its price, plus its flat fee when it is entered.
 * per_unit is graduated with one open tier.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "rating/charge.h"

#define NONE ((struct decimal){0, 0})

/* ---------------------------------------------------------------------------------- compile */

bool tier_compile_per_unit(const struct reader *reader, struct charge *charge, struct error *err)
{
    struct tier *tier = arena_array(reader->arena, 1, sizeof *tier);

    if (json_object_get(reader->object, "tiers"))
        return reader_refuse(reader, "tiers", err,
                             "per_unit has one price; use the model graduated, or leave tiers out");
    if (!json_object_get(reader->object, "price"))
        return reader_refuse(reader, "price", err, "per_unit needs a price");
    tier->open = true;
    charge->tiers = tier;
    charge->tier_count = 1;
    return reader_amount(reader, "price", NONE, &tier->price, err);
}

/* a < b, at whatever scales: below 10^18 × 10^12 each. */
static bool is_below(struct decimal a, struct decimal b)
{
    return a.coefficient * number_power10(b.scale) < b.coefficient * number_power10(a.scale);
}

static bool read_tier(const struct reader *reader, struct tier *tier, struct error *err)
{
    tier->open = !json_object_get(reader->object, "up_to");
    return reader_amount(reader, "up_to", NONE, &tier->up_to, err) &&
           reader_amount(reader, "price", NONE, &tier->price, err) &&
           reader_amount(reader, "flat", NONE, &tier->flat, err);
}

/* Borders rise from above zero and the last tier, and only it, is open. */
static bool check_tier(const struct reader *reader, const struct tier *tiers, size_t i,
                       size_t count, struct error *err)
{
    struct decimal below = i > 0 ? tiers[i - 1].up_to : NONE;
    char texts[2][DECIMAL_TEXT_SIZE];

    if (tiers[i].open != (i == count - 1))
        return tiers[i].open
                   ? reader_refuse(reader, "up_to", err,
                                   "only the last tier is open; give this one its upper border")
                   : reader_refuse(reader, "up_to", err,
                                   "the last tier must be open, or units above %s have no price; "
                                   "leave up_to out or add a tier",
                                   decimal_format_short(tiers[i].up_to, texts[0]));
    if (!tiers[i].open && !is_below(below, tiers[i].up_to))
        return reader_refuse(reader, "up_to", err,
                             "%s is not above %s, where the tier begins; tiers stand in rising "
                             "order, each with its inclusive upper border",
                             decimal_format_short(tiers[i].up_to, texts[0]),
                             decimal_format_short(below, texts[1]));
    return true;
}

bool tier_compile_graduated(const struct reader *reader, struct charge *charge, struct error *err)
{
    size_t count = reader_count(reader, "tiers");
    struct tier *tiers = arena_array(reader->arena, count, sizeof *tiers);

    if (json_object_get(reader->object, "price"))
        return reader_refuse(reader, "price", err,
                             "graduated has a price for each tier; leave this one out");
    if (count == 0)
        return reader_refuse(reader, "tiers", err, "graduated needs tiers");
    for (size_t i = 0; i < count; i++) {
        struct reader tier = reader_item(reader, "tiers", i);

        if (!read_tier(&tier, &tiers[i], err) || !check_tier(&tier, tiers, i, count, err))
            return false;
    }
    charge->tiers = tiers;
    charge->tier_count = count;
    return true;
}

/* ------------------------------------------------------------------------------------ price */

/* The tier's upper border in base units; the end of the move when it is open. */
static void tier_top(mpq_ptr top, const struct charge *charge, size_t tier, int128 end)
{
    if (charge->tiers[tier].open) {
        ratio_set(top, end, 1);
        return;
    }
    ratio_set_decimal(top, charge->tiers[tier].up_to);
    ratio_scale(top, charge->divisor, 1);
}

static void add_units(struct steps *steps, const struct charge *charge, size_t tier,
                      mpq_srcptr from, mpq_srcptr to)
{
    struct step *step = steps_add(steps, PART_TIER, tier);

    mpq_sub(step->units, to, from);
    ratio_set_decimal(step->money, charge->tiers[tier].price);
    ratio_scale(step->money, 1, charge->divisor);
    mpq_mul(step->money, step->money, step->units);
}

static void add_fee(struct steps *steps, const struct charge *charge, size_t tier)
{
    if (charge->tiers[tier].flat.coefficient == 0)
        return;
    ratio_set_decimal(steps_add(steps, PART_FLAT, tier)->money, charge->tiers[tier].flat);
}

void tier_price(const struct charge *charge, const struct counter_move *move, struct steps *steps)
{
    mpq_t bottom; /* of the tier: exclusive */
    mpq_t top;    /* inclusive */
    mpq_t at;     /* what is priced so far */
    mpq_t end;

    assert(move->units > 0 && move->before >= 0);
    mpq_inits(bottom, top, at, end, NULL);
    ratio_set(at, move->before, 1);
    ratio_set(end, move->before + move->units, 1);
    for (size_t i = 0; i < charge->tier_count && mpq_cmp(at, end) < 0; i++) {
        tier_top(top, charge, i, move->before + move->units);
        if (mpq_cmp(top, end) > 0)
            mpq_set(top, end);
        if (mpq_cmp(top, at) > 0) {
            if (mpq_cmp(at, bottom) == 0)
                add_fee(steps, charge, i);
            add_units(steps, charge, i, at, top);
            mpq_set(at, top);
        }
        mpq_set(bottom, top);
    }
    mpq_clears(bottom, top, at, end, NULL);
}
