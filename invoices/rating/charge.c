/*
 * The table of charge models, and what all charges have.
 */
#include "rating/charge.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct charge_model_row models[] = {
    {CHARGE_PER_UNIT, "per_unit", "tiers", " price ", tier_compile_per_unit, NULL, tier_price,
     NULL},
    {CHARGE_GRADUATED, "graduated", "tiers", " tiers ", tier_compile_tiers, NULL, tier_price, NULL},
    {CHARGE_VOLUME, "volume", "tiers", " tiers ", tier_compile_tiers, NULL, tier_price_volume,
     NULL},
    {CHARGE_PACKAGE, "package", "tiers", " price size round ", tier_compile_package, NULL,
     tier_price, NULL},
    {CHARGE_PERCENTAGE, "percentage", "percentage", " percent ", tier_compile_percentage, NULL,
     tier_price, NULL},
    {CHARGE_GRADUATED_PERCENTAGE, "graduated_percentage", "percentage", " tiers ",
     tier_compile_tiers, NULL, tier_price, NULL},
    {CHARGE_MATRIX, "matrix", "matrix", " by rows default ", matrix_compile, matrix_find,
     cell_price_units, NULL},
    {CHARGE_TIME_OF_USE, "time_of_use", "time_of_use", " windows holidays default ", week_compile,
     week_find, cell_price_units, NULL},
    {CHARGE_SERIES, "series", "series", " steps by ", spot_compile, spot_find, cell_price_units,
     NULL},
    {CHARGE_PEAK, "peak", "peak", " price tiers peaks ", peak_compile, NULL, tier_price_volume,
     peak_bill},
    {CHARGE_FLAT, "flat", "flat", " price due quantity once ", flat_compile, NULL, NULL, flat_bill},
};

/* Members that a charge has by its model. */
static const char *const model_members[] = {
    "price", "tiers", "size",     "round", "percent", "by",      "rows",     "steps",
    "peaks", "due",   "quantity", "once",  "default", "windows", "holidays",
};

/* Members of what counts a meter. */
static const char *const counter_members[] = {
    "meter",      "where",   "price_unit", "free",           "key_by",    "line_by",
    "per_window", "session", "convert",    "counts_covered", "on_demand", "flat_at_zero",
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

void charge_drop_model(json_t *charge)
{
    for (size_t i = 0; i < COUNT_OF(model_members); i++)
        json_object_del(charge, model_members[i]);
}

struct step *steps_add(struct steps *steps, enum part_kind kind)
{
    steps->items = arena_grow(steps->arena, steps->items, steps->count, &steps->capacity,
                              sizeof *steps->items);
    struct step *step = &steps->items[steps->count++];
    *step = (struct step){.kind = kind, .cell = CELL_NONE};
    step->units = ratio_new(steps->pool);
    step->money = ratio_new(steps->pool);
    return step;
}

/* ---------------------------------------------------------------------------- of all charges */

void charge_price_units(const struct charge *charge, mpq_ptr units)
{
    ratio_scale(units, charge->multiple, charge->divisor);
}

void charge_base_units(const struct charge *charge, mpq_ptr units)
{
    ratio_scale(units, charge->divisor, charge->multiple);
}

bool charge_unit_price(const struct charge *charge, const struct lot_place *lot,
                       struct decimal *out)
{
    const struct charge_model_row *row = charge_model_of(charge->model);
    struct error ignored;
    int64_t cell = CELL_NONE;

    if (row && row->find_cell) {
        if (!row->find_cell(charge, lot, &cell, &ignored))
            return false;
        *out = cell_price(&charge->table, cell);
        return true;
    }
    if (charge->tier_count != 1 || charge->tiers[0].block.coefficient > 0 ||
        charge->model == CHARGE_PEAK)
        return false;
    *out = charge->tiers[0].price;
    return true;
}

/* ------------------------------------------------------------------------------------ compile */

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
    const char *divisor = reader_text(&unit, "divisor", "1");

    charge->unit = reader_text(&unit, "name", NULL);
    charge->multiple = 1;
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
    charge->per_window = reader_flag(reader, "per_window", false);
    charge->counts_covered = reader_flag(reader, "counts_covered", false);
    charge->prorates = reader_flag(reader, "prorate", true);
    charge->print_zero = reader_flag(reader, "print_zero", false);
    charge->tax_category = reader_text(reader, "tax_category", "standard");
    reader_conditions(reader, "where", &charge->where);
}

static bool has(const struct reader *reader, const char *name)
{
    return json_object_get(reader->object, name) != NULL;
}

/* Whether a list of words, each between spaces, has this one. */
static bool has_word(const char *words, const char *word)
{
    size_t size = strlen(word);

    for (const char *at = strstr(words, word); at; at = strstr(at + 1, word))
        if (at[-1] == ' ' && at[size] == ' ')
            return true;
    return false;
}

/* Members of other models stand for a misunderstanding. */
static bool check_members(const struct reader *reader, const struct charge_model_row *row,
                          struct error *err)
{
    for (size_t i = 0; i < COUNT_OF(model_members); i++)
        if (has(reader, model_members[i]) && !has_word(row->members, model_members[i]))
            return reader_refuse(reader, model_members[i], err, "is not for %s; leave it out",
                                 row->word);
    return true;
}

/* A charge counts a meter, unless its model bills it as a whole. */
static bool check_meter(const struct reader *reader, const struct charge_model_row *row,
                        struct error *err)
{
    bool is_whole = row->bill && (!row->price || has(reader, "peaks"));

    if (!is_whole && !has(reader, "meter"))
        return reader_refuse(reader, "meter", err, "%s counts a meter; say which", row->word);
    if (!is_whole && !has(reader, "price_unit"))
        return reader_refuse(reader, "price_unit", err,
                             "say how many base units of the meter a price is for");
    for (size_t i = 0; is_whole && i < COUNT_OF(counter_members); i++)
        if (has(reader, counter_members[i]))
            return reader_refuse(reader, counter_members[i], err,
                                 "is of a charge that counts one meter; leave it out");
    return true;
}

static bool check_tiers(const struct reader *reader, const struct charge *charge, unsigned exponent,
                        struct error *err)
{
    for (size_t i = 0; i < charge->tier_count; i++)
        if (!check_flat(reader, i, charge->tiers[i].flat, exponent, err))
            return false;
    return true;
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
    if (!check_members(reader, row, err) || !check_meter(reader, row, err) ||
        !read_price_unit(reader, &charge, err) ||
        !reader_amount(reader, "free", (struct decimal){0, 0}, &charge.free, err) ||
        !charge_compile_terms(reader, exponent, &charge, err) ||
        !row->compile(reader, &charge, err) || !check_tiers(reader, &charge, exponent, err))
        return false;
    *out = charge;
    return true;
}
