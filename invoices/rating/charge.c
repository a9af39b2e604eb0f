/*
 * The table of charge models, and what all charges have.
 */
#include "rating/charge.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct charge_model_row models[] = {
    {CHARGE_PER_UNIT, "per_unit", tier_compile_per_unit, tier_price},
    {CHARGE_GRADUATED, "graduated", tier_compile_tiers, tier_price},
    {CHARGE_VOLUME, "volume", tier_compile_tiers, tier_price_volume},
    {CHARGE_PACKAGE, "package", tier_compile_package, tier_price},
};

const struct charge_model_row *charge_model_of(enum charge_model model)
{
    for (size_t i = 0; i < COUNT_OF(models); i++)
        if (models[i].model == model)
            return &models[i];
    return NULL;
}

const struct charge_model_row *charge_model_by_word(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(models); i++)
        if (strcmp(models[i].word, word) == 0)
            return &models[i];
    return NULL;
}

struct step *steps_add(struct steps *steps, enum part_kind kind, size_t tier)
{
    if (steps->count == steps->capacity) {
        size_t capacity = steps->capacity ? 2 * steps->capacity : 8;
        struct step *items = arena_array(steps->arena, capacity, sizeof *items);

        if (steps->count > 0)
            memcpy(items, steps->items, steps->count * sizeof *items);
        steps->items = items;
        steps->capacity = capacity;
    }
    struct step *step = &steps->items[steps->count++];
    *step = (struct step){.kind = kind, .tier = tier};
    step->units = ratio_new(steps->pool);
    step->money = ratio_new(steps->pool);
    return step;
}

static int by_name(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

static struct dimension_names read_names(const struct reader *reader, const char *name)
{
    struct dimension_names names;

    names.names = reader_texts(reader, name, &names.count);
    qsort(names.names, names.count, sizeof *names.names, by_name);
    return names;
}

static bool read_price_unit(const struct reader *reader, struct charge *charge, struct error *err)
{
    struct reader unit = reader_member(reader, "price_unit");
    const char *divisor = reader_text(&unit, "divisor", "");

    charge->unit = reader_text(&unit, "name", "");
    return number_parse_int128(divisor, strlen(divisor), "divisor", &charge->divisor, err);
}

/* flat × 10^exponent ≤ 10^15. */
static bool check_flat(const struct reader *reader, size_t tier, struct decimal flat,
                       unsigned exponent, struct error *err)
{
    int128 limit = number_power10(FLAT_MINOR_MAX_POWER - exponent + flat.scale);
    const char *name = arena_printf(reader->arena, "tiers/%zu/flat", tier);

    return flat.coefficient <= limit ||
           reader_refuse(reader, name, err, "a flat amount is at most 10^%d minor units",
                         FLAT_MINOR_MAX_POWER);
}

static void read_common(const struct reader *reader, struct charge *charge)
{
    charge->id = reader_text(reader, "charge", "");
    charge->name = reader_text(reader, "name", charge->id);
    charge->meter = reader_text(reader, "meter", "");
    charge->key_by = read_names(reader, "key_by");
    charge->line_by = read_names(reader, "line_by");
    charge->flat_at_zero = reader_flag(reader, "flat_at_zero", true);
    charge->print_zero = reader_flag(reader, "print_zero", false);
    charge->tax_category = reader_text(reader, "tax_category", "standard");
    reader_conditions(reader, "where", &charge->where);
}

bool charge_compile(const struct reader *reader, unsigned exponent, struct charge *out,
                    struct error *err)
{
    const char *word = reader_text(reader, "model", "");
    const struct charge_model_row *row = charge_model_by_word(word);
    struct charge charge = {0};

    if (!row)
        return reader_refuse(reader, "model", err, "'%s' is not built", word);
    charge.model = row->model;
    read_common(reader, &charge);
    if (!read_price_unit(reader, &charge, err) ||
        !reader_amount(reader, "free", (struct decimal){0, 0}, &charge.free, err) ||
        !row->compile(reader, &charge, err))
        return false;
    for (size_t i = 0; i < charge.tier_count; i++)
        if (!check_flat(reader, i, charge.tiers[i].flat, exponent, err))
            return false;
    *out = charge;
    return true;
}
