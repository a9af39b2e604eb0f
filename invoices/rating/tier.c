/*
 * graduated: each tier's units at its price, plus its flat fee when it is entered. per_unit is
 * graduated with one open tier, package one whose units are billed in whole blocks.
 * volume: all units at the price of the tier that the total falls in.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "rating/charge.h"

#define NONE ((struct decimal){0, 0})

/* ---------------------------------------------------------------------------------- compile */

static const char *model_word(const struct charge *charge)
{
    return charge_model_of(charge->model)->word;
}

static bool leave_out(const struct reader *reader, const struct charge *charge, const char *name,
                      struct error *err)
{
    return !json_object_get(reader->object, name) ||
           reader_refuse(reader, name, err, "is not for %s; leave it out", model_word(charge));
}

/* The one open tier of a model that has one price. */
static bool read_price(const struct reader *reader, struct charge *charge, struct error *err)
{
    struct tier *tier = arena_array(reader->arena, 1, sizeof *tier);

    if (json_object_get(reader->object, "tiers"))
        return reader_refuse(reader, "tiers", err,
                             "%s has one price; use the model graduated, or leave tiers out",
                             model_word(charge));
    if (!json_object_get(reader->object, "price"))
        return reader_refuse(reader, "price", err, "%s needs a price", model_word(charge));
    tier->open = true;
    charge->tiers = tier;
    charge->tier_count = 1;
    return reader_amount(reader, "price", NONE, &tier->price, err);
}

bool tier_compile_per_unit(const struct reader *reader, struct charge *charge, struct error *err)
{
    return leave_out(reader, charge, "size", err) && leave_out(reader, charge, "round", err) &&
           read_price(reader, charge, err);
}

/* How many price units a block has: above zero where it is said. */
static bool read_block(const struct reader *reader, const char *name, struct decimal *out,
                       struct error *err)
{
    if (!reader_amount(reader, name, NONE, out, err))
        return false;
    return !json_object_get(reader->object, name) || out->coefficient > 0 ||
           reader_refuse(reader, name, err, "a block has more than 0 price units");
}

bool tier_compile_package(const struct reader *reader, struct charge *charge, struct error *err)
{
    if (!json_object_get(reader->object, "size"))
        return reader_refuse(reader, "size", err,
                             "package needs a size: how many price units are billed as one");
    charge->blocks_down = strcmp(reader_text(reader, "round", "up"), "down") == 0;
    return read_price(reader, charge, err) &&
           read_block(reader, "size", &charge->tiers[0].block, err);
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
           read_block(reader, "block", &tier->block, err) &&
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

bool tier_compile_tiers(const struct reader *reader, struct charge *charge, struct error *err)
{
    size_t count = reader_count(reader, "tiers");
    struct tier *tiers = arena_array(reader->arena, count, sizeof *tiers);

    if (json_object_get(reader->object, "price"))
        return reader_refuse(reader, "price", err,
                             "%s has a price for each tier; leave this one out",
                             model_word(charge));
    if (count == 0)
        return reader_refuse(reader, "tiers", err, "%s needs tiers", model_word(charge));
    if (!leave_out(reader, charge, "size", err) || !leave_out(reader, charge, "round", err))
        return false;
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

/* Blocks that are billed up to `units` of a tier. */
static int128 blocks_in(const struct charge *charge, size_t tier, mpq_srcptr units)
{
    mpq_t size;
    mpq_t blocks;

    mpq_inits(size, blocks, NULL);
    ratio_set_decimal(size, charge->tiers[tier].block);
    ratio_scale(size, charge->divisor, 1);
    mpq_div(blocks, units, size);
    int128 whole = ratio_floor(blocks);
    if (!charge->blocks_down && mpz_cmp_ui(mpq_denref(blocks), 1) != 0)
        whole++;
    mpq_clears(size, blocks, NULL);
    return whole;
}

/* Blocks that begin (or, rounded down, are filled) between two places of a tier: a block that an
 * earlier version billed is not billed again. */
static int128 blocks_between(const struct charge *charge, size_t tier, mpq_srcptr bottom,
                             mpq_srcptr from, mpq_srcptr to)
{
    mpq_t units;

    mpq_init(units);
    mpq_sub(units, to, bottom);
    int128 blocks = blocks_in(charge, tier, units);
    mpq_sub(units, from, bottom);
    blocks -= blocks_in(charge, tier, units);
    mpq_clear(units);
    return blocks;
}

/* The units between two places of a tier that begins at `bottom`. */
static void add_units(struct steps *steps, const struct charge *charge, size_t tier,
                      mpq_srcptr bottom, mpq_srcptr from, mpq_srcptr to)
{
    struct step *step = steps_add(steps, PART_TIER, tier);

    mpq_sub(step->units, to, from);
    ratio_set_decimal(step->money, charge->tiers[tier].price);
    if (charge->tiers[tier].block.coefficient > 0) {
        ratio_scale(step->money, blocks_between(charge, tier, bottom, from, to), 1);
        return;
    }
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
            add_units(steps, charge, i, bottom, at, top);
            mpq_set(at, top);
        }
        mpq_set(bottom, top);
    }
    mpq_clears(bottom, top, at, end, NULL);
}

/* The tier that a period's total falls in. */
static size_t tier_of_total(const struct charge *charge, int128 total)
{
    mpq_t top;
    mpq_t end;
    size_t tier = 0;

    mpq_inits(top, end, NULL);
    ratio_set(end, total, 1);
    for (; tier < charge->tier_count - 1; tier++) {
        tier_top(top, charge, tier, total);
        if (mpq_cmp(end, top) <= 0)
            break;
    }
    mpq_clears(top, end, NULL);
    return tier;
}

void tier_price_volume(const struct charge *charge, const struct counter_move *move,
                       struct steps *steps)
{
    size_t tier = tier_of_total(charge, move->total);
    mpq_t bottom;
    mpq_t from;
    mpq_t to;

    assert(move->units > 0 && move->before >= 0 && move->before + move->units <= move->total);
    mpq_inits(bottom, from, to, NULL);
    ratio_set(from, move->before, 1);
    ratio_set(to, move->before + move->units, 1);
    if (move->before == 0)
        add_fee(steps, charge, tier);
    add_units(steps, charge, tier, bottom, from, to);
    mpq_clears(bottom, from, to, NULL);
}
