/*
 * Overrides and discounts of a contract.
 */
#include "rating/contract_terms.h"

#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "core/canonical.h"
#include "core/schema.h"
#include "rating/charge.h"
#include "rating/schedule.h"
#include "rating_schemas.h"

#define PERCENT_MAX ((struct decimal){100, 0})

/* --------------------------------------------------------------------------------------- read */

static bool read_discount(const struct reader *item, struct contract_discount *out,
                          struct error *err)
{
    const struct decimal none = {0, 0};

    out->name = reader_text(item, "name", NULL);
    out->charges = reader_texts(item, "charges", &out->charge_count);
    return reader_amount(item, "percent", none, &out->percent, err) &&
           reader_instant(item, "from", INSTANT_MIN, &out->from_us, err) &&
           reader_instant(item, "to", INSTANT_MAX, &out->to_us, err);
}

/* The members that replace: all but those that say which charge and when. */
static const char *replacing(const json_t *override, struct arena *arena)
{
    static const char *const own[] = {"plan", "charge", "from", "to"};
    json_t *members = json_object();
    const char *name;
    json_t *value;

    json_object_foreach ((json_t *)(uintptr_t) override, name, value)
        json_object_set(members, name, value);
    for (size_t i = 0; i < COUNT_OF(own); i++)
        json_object_del(members, own[i]);
    char *text = json_dumps(members, JSON_COMPACT | JSON_SORT_KEYS);
    const char *kept = arena_text(arena, text);
    free(text);
    json_decref(members);
    return kept;
}

static bool read_override(const struct reader *item, struct contract_override *out,
                          struct error *err)
{
    out->plan = reader_text(item, "plan", "");
    out->charge = reader_text(item, "charge", "");
    out->json = replacing(item->object, item->arena);
    return reader_instant(item, "from", INSTANT_MIN, &out->from_us, err) &&
           reader_instant(item, "to", INSTANT_MAX, &out->to_us, err);
}

bool contract_read_terms(const struct reader *reader, struct contract *contract, struct error *err)
{
    struct arena *arena = reader->arena;

    contract->discount_count = reader_count(reader, "discounts");
    contract->override_count = reader_count(reader, "overrides");
    contract->discounts = arena_array(arena, contract->discount_count, sizeof *contract->discounts);
    contract->overrides = arena_array(arena, contract->override_count, sizeof *contract->overrides);
    for (size_t i = 0; i < contract->discount_count; i++) {
        struct reader item = reader_item(reader, "discounts", i);

        if (!read_discount(&item, &contract->discounts[i], err))
            return false;
    }
    for (size_t i = 0; i < contract->override_count; i++) {
        struct reader item = reader_item(reader, "overrides", i);

        if (!read_override(&item, &contract->overrides[i], err))
            return false;
    }
    return true;
}

/* -------------------------------------------------------------------------------------- check */

/* [from, to) is not empty and on the grid; the ends of time are not stated. */
static bool check_span(const struct reader *item, uint32_t grid_seconds, int64_t from_us,
                       int64_t to_us, struct error *err)
{
    const char *what = arena_printf(item->arena, "%s: %s", item->what, item->path);

    if (from_us >= to_us)
        return reader_refuse(item, "to", err, "is not after from");
    return (from_us == INSTANT_MIN || calendar_check_grid(from_us, grid_seconds, what, err)) &&
           (to_us == INSTANT_MAX || calendar_check_grid(to_us, grid_seconds, what, err));
}

static bool check_override(const struct reader *item, const struct contract *contract, size_t at,
                           struct error *err)
{
    const struct contract_override *all = contract->overrides;

    for (size_t i = 0; i < at; i++)
        if (strcmp(all[i].plan, all[at].plan) == 0 && strcmp(all[i].charge, all[at].charge) == 0 &&
            all[i].from_us < all[at].to_us && all[at].from_us < all[i].to_us)
            return reader_refuse(item, "from", err,
                                 "overlaps /overrides/%zu; end that one where this one begins", i);
    return check_span(item, contract->grid_seconds, all[at].from_us, all[at].to_us, err);
}

static bool check_discount(const struct reader *item, const struct contract *contract, size_t at,
                           struct error *err)
{
    const struct contract_discount *discount = &contract->discounts[at];

    if (decimal_is_below(PERCENT_MAX, discount->percent))
        return reader_refuse(item, "percent", err, "a discount is at most 100 percent");
    return check_span(item, contract->grid_seconds, discount->from_us, discount->to_us, err);
}

bool contract_check_terms(const struct reader *reader, const struct contract *contract,
                          struct error *err)
{
    for (size_t i = 0; i < contract->override_count; i++) {
        struct reader item = reader_item(reader, "overrides", i);

        if (!check_override(&item, contract, i, err))
            return false;
    }
    for (size_t i = 0; i < contract->discount_count; i++) {
        struct reader item = reader_item(reader, "discounts", i);

        if (!check_discount(&item, contract, i, err))
            return false;
    }
    return true;
}

int64_t contract_terms_cut(const struct contract *contract, int64_t after_us)
{
    int64_t next_us = INSTANT_MAX;

    for (size_t i = 0; i < contract->discount_count; i++) {
        const struct contract_discount *discount = &contract->discounts[i];

        if (discount->from_us > after_us && discount->from_us < next_us)
            next_us = discount->from_us;
        if (discount->to_us > after_us && discount->to_us < next_us)
            next_us = discount->to_us;
    }
    return next_us;
}

/* ----------------------------------------------------------------------------------- override */

/* A plan of one charge: what the schema of plans can look at. */
static json_t *one_charge_plan(const struct plan *plan, json_t *charge)
{
    return json_pack("{s:s, s:s, s:[o]}", "plan", plan->id, "currency", plan->currency, "charges",
                     charge);
}

static bool compile_merged(const json_t *merged, const char *what, unsigned exponent,
                           struct arena *arena, struct charge *out, struct error *err)
{
    struct reader reader = {.what = what, .path = "", .object = merged, .arena = arena};
    struct reader charge = reader_item(&reader, "charges", 0);

    return schema_check_kept(schema_plan, merged, what, err) &&
           charge_compile(&charge, exponent, out, err);
}

/* The plan's charge with the contract's members; those of a model go with it. */
static bool merge(const struct contract_override *override, const struct charge *charge,
                  const char *what, json_t **out, struct error *err)
{
    CLEANUP(json_release) json_t *members = NULL;
    json_t *merged = NULL;

    if (!canonical_parse(override->json, strlen(override->json), what, &members, err) ||
        !canonical_parse(charge->json, strlen(charge->json), what, &merged, err))
        return false;
    if (json_object_get(members, "model"))
        charge_drop_model(merged);
    json_object_update(merged, members);
    *out = merged;
    return true;
}

static bool check_family(const struct contract_override *override, const struct charge *before,
                         const struct charge *after, const char *what, struct error *err)
{
    if (strcmp(before->meter, after->meter) != 0)
        return error_set(err, ERROR_INPUT, "%s replaces the meter of charge %s", what,
                         override->charge);
    if (strcmp(charge_model_of(before->model)->family, charge_model_of(after->model)->family) != 0)
        return error_set(err, ERROR_INPUT,
                         "%s makes %s of a charge that is %s; an override stays in the family of "
                         "models, another charge needs another plan",
                         what, charge_model_of(after->model)->word,
                         charge_model_of(before->model)->word);
    return true;
}

bool override_compile(const struct contract_override *override, const struct plan *plan,
                      const struct charge *charge, struct arena *arena, const struct charge **out,
                      struct error *err)
{
    const char *what = arena_printf(arena, "override of %s/%s", override->plan, override->charge);
    struct charge *compiled = arena_alloc(arena, sizeof *compiled);
    json_t *merged = NULL;

    if (!merge(override, charge, what, &merged, err))
        return false;
    CLEANUP(json_release) json_t *json = one_charge_plan(plan, merged);
    if (!compile_merged(json, what, plan->exponent, arena, compiled, err) ||
        !check_family(override, charge, compiled, what, err))
        return false;
    *out = compiled;
    return true;
}
