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

/* hundredths */
static struct decimal of_hundred(struct decimal percent)
{
    return (struct decimal){percent.coefficient, percent.scale + 2};
}

/* The one open tier of a model that has one price. */
static bool read_price(const struct reader *reader, const char *name, struct charge *charge,
                       struct error *err)
{
    struct tier *tier = arena_array(reader->arena, 1, sizeof *tier);

    if (!json_object_get(reader->object, name))
        return reader_refuse(reader, name, err, "%s needs a %s", model_word(charge), name);
    tier->open = true;
    charge->tiers = tier;
    charge->tier_count = 1;
    return reader_amount(reader, name, NONE, &tier->price, err);
}

bool tier_compile_per_unit(const struct reader *reader, struct charge *charge, struct error *err)
{
    return read_price(reader, "price", charge, err);
}

bool tier_compile_percentage(const struct reader *reader, struct charge *charge, struct error *err)
{
    charge->is_percent = true;
    if (!read_price(reader, "percent", charge, err))
        return false;
    charge->tiers[0].price = of_hundred(charge->tiers[0].price);
    return true;
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
    return read_price(reader, "price", charge, err) &&
           read_block(reader, "size", &charge->tiers[0].block, err);
}

/* Below 10^18 × 10^12 each. */
bool decimal_is_below(struct decimal a, struct decimal b)
{
    return a.coefficient * number_power10(b.scale) < b.coefficient * number_power10(a.scale);
}

/* A tier is priced by the unit or in percent, as the model is. */
static bool check_price(const struct reader *reader, const struct charge *charge, struct error *err)
{
    const char *other = charge->is_percent ? "price" : "percent";
    const char *word = charge->is_percent ? "percent" : "price";

    if (json_object_get(reader->object, other))
        return reader_refuse(reader, other, err, "a tier of %s has a %s", model_word(charge), word);
    if (charge->is_percent && json_object_get(reader->object, "block"))
        return reader_refuse(reader, "block", err, "is not for %s; leave it out",
                             model_word(charge));
    return json_object_get(reader->object, word) || charge->model == CHARGE_PEAK ||
           reader_refuse(reader, word, err, "a tier of %s needs a %s", model_word(charge), word);
}

static bool read_tier(const struct reader *reader, const struct charge *charge, struct tier *tier,
                      struct error *err)
{
    tier->open = !json_object_get(reader->object, "up_to");
    if (!check_price(reader, charge, err) ||
        !reader_amount(reader, "up_to", NONE, &tier->up_to, err) ||
        !reader_amount(reader, charge->is_percent ? "percent" : "price", NONE, &tier->price, err) ||
        !read_block(reader, "block", &tier->block, err) ||
        !reader_amount(reader, "flat", NONE, &tier->flat, err))
        return false;
    if (charge->is_percent)
        tier->price = of_hundred(tier->price);
    return true;
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
    if (!tiers[i].open && !decimal_is_below(below, tiers[i].up_to))
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

    charge->is_percent = charge->model == CHARGE_GRADUATED_PERCENTAGE;
    if (count == 0)
        return reader_refuse(reader, "tiers", err, "%s needs tiers", model_word(charge));
    for (size_t i = 0; i < count; i++) {
        struct reader tier = reader_item(reader, "tiers", i);

        if (!read_tier(&tier, charge, &tiers[i], err) || !check_tier(&tier, tiers, i, count, err))
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
    charge_base_units(charge, top);
}

/* Where the pricing of a move stands. */
struct pricing {
    size_t tier;
    mpq_t bottom;  /* of the tier: exclusive */
    mpq_t from;    /* what is priced so far */
    bool is_first; /* nothing was billed before, in this version or an earlier one */
};

/* Blocks that `units` of a tier begin, or that they fill. */
static int128 blocks_in(const struct charge *charge, size_t tier, mpq_srcptr units, bool begun)
{
    mpq_t size;
    mpq_t blocks;

    mpq_inits(size, blocks, NULL);
    ratio_set_decimal(size, charge->tiers[tier].block);
    charge_base_units(charge, size);
    mpq_div(blocks, units, size);
    int128 whole = ratio_floor(blocks);
    if (begun && mpz_cmp_ui(mpq_denref(blocks), 1) != 0)
        whole++;
    mpq_clears(size, blocks, NULL);
    return whole;
}

/* Blocks that begin (or, rounded down, are filled) between two places of a tier: a block that an
 * earlier version billed is not billed again, one that covered units began is. */
static int128 blocks_between(const struct charge *charge, const struct pricing *at, mpq_srcptr to)
{
    mpq_t units;

    mpq_init(units);
    mpq_sub(units, to, at->bottom);
    int128 blocks = blocks_in(charge, at->tier, units, !charge->blocks_down);
    mpq_sub(units, at->from, at->bottom);
    blocks -= blocks_in(charge, at->tier, units, !charge->blocks_down && !at->is_first);
    mpq_clear(units);
    return blocks;
}

static void explain(struct step *step, const struct charge *charge, size_t number,
                    struct arena *arena)
{
    const struct tier *tier = &charge->tiers[number];
    struct why *why = &step->why;

    why->price = step->kind == PART_FLAT ? tier->flat : tier->price;
    why->unit = step->kind == PART_FLAT ? NULL : charge->unit;
    why->is_percent = charge->is_percent && step->kind != PART_FLAT;
    if (tier->block.coefficient > 0 && step->kind != PART_FLAT)
        why->block = why_decimal(tier->block, arena);
    if (charge->tier_count == 1)
        return;
    why->tier = (unsigned)number + 1;
    why->tier_from = number > 0 ? why_decimal(tier[-1].up_to, arena) : "0";
    why->tier_up_to = tier->open ? NULL : why_decimal(tier->up_to, arena);
}

/* The units from where the pricing stands up to another place of the same tier. */
static void add_units(struct steps *steps, const struct charge *charge, const struct pricing *at,
                      mpq_srcptr to)
{
    struct step *step = steps_add(steps, PART_TIER);

    explain(step, charge, at->tier, steps->arena);
    mpq_sub(step->units, to, at->from);
    ratio_set_decimal(step->money, charge->tiers[at->tier].price);
    if (charge->tiers[at->tier].block.coefficient > 0) {
        ratio_scale(step->money, blocks_between(charge, at, to), 1);
        return;
    }
    charge_price_units(charge, step->money);
    mpq_mul(step->money, step->money, step->units);
}

static void add_fee(struct steps *steps, const struct charge *charge, size_t tier)
{
    if (charge->tiers[tier].flat.coefficient == 0)
        return;
    struct step *step = steps_add(steps, PART_FLAT);
    explain(step, charge, tier, steps->arena);
    ratio_set_decimal(step->money, charge->tiers[tier].flat);
}

void tier_price_nothing(const struct charge *charge, struct steps *steps)
{
    if (charge->flat_at_zero && charge->tier_count > 0)
        add_fee(steps, charge, 0);
}

/* Whether nothing of the tier was billed before: the pricing stands where it begins, or where all
 * billing begins. */
static bool enters(const struct pricing *at)
{
    return at->is_first || mpq_cmp(at->from, at->bottom) == 0;
}

void tier_price(const struct charge *charge, const struct counter_move *move, struct steps *steps)
{
    struct pricing at = {.is_first = move->before == move->first};
    mpq_t top; /* of the tier, inclusive; not above the end */
    mpq_t end;

    assert(move->units > 0 && move->before >= move->first && move->first >= 0);
    mpq_inits(at.bottom, at.from, top, end, NULL);
    ratio_set(at.from, move->before, 1);
    ratio_set(end, move->before + move->units, 1);
    for (; at.tier < charge->tier_count && mpq_cmp(at.from, end) < 0; at.tier++) {
        tier_top(top, charge, at.tier, move->before + move->units);
        if (mpq_cmp(top, end) > 0)
            mpq_set(top, end);
        if (mpq_cmp(top, at.from) > 0) {
            if (enters(&at))
                add_fee(steps, charge, at.tier);
            add_units(steps, charge, &at, top);
            mpq_set(at.from, top);
            at.is_first = false;
        }
        mpq_set(at.bottom, top);
    }
    mpq_clears(at.bottom, at.from, top, end, NULL);
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
    struct pricing at = {.tier = tier_of_total(charge, move->total),
                         .is_first = move->before == move->first};
    mpq_t to;

    assert(move->units > 0 && move->before >= move->first &&
           move->before + move->units <= move->total);
    mpq_inits(at.bottom, at.from, to, NULL);
    ratio_set(at.from, move->before, 1);
    ratio_set(to, move->before + move->units, 1);
    if (at.is_first)
        add_fee(steps, charge, at.tier);
    add_units(steps, charge, &at, to);
    mpq_clears(at.bottom, at.from, to, NULL);
}
