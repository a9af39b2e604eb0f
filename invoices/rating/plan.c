/*
 * Plans: schema, then sense.
 */
#include "rating/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "core/canonical.h"
#include "core/money.h"
#include "core/schema.h"
#include "rating/charge.h"
#include "rating/conditions.h"
#include "rating/field.h"
#include "rating_schemas.h"

const struct charge *plan_charge(const struct plan *plan, const char *id)
{
    for (size_t i = 0; i < plan->charge_count; i++)
        if (strcmp(plan->charges[i].id, id) == 0)
            return &plan->charges[i];
    return NULL;
}

static bool rounds(const struct charge *charge)
{
    return charge->session.is_set || charge->conversion.is_set;
}

/* A unit has one quantity: what one charge rounds no other may count. */
static bool check_rounding(const struct reader *reader, const struct plan *plan, struct error *err)
{
    for (size_t i = 0; i < plan->charge_count; i++)
        for (size_t k = 0; k < i; k++) {
            const struct charge *a = &plan->charges[k];
            const struct charge *b = &plan->charges[i];
            struct reader item = reader_item(reader, "charges", i);

            if (*a->meter != '\0' && strcmp(a->meter, b->meter) == 0 && (rounds(a) || rounds(b)) &&
                conditions_may_meet(&a->where, &b->where))
                return reader_refuse(&item, "where", err,
                                     "'%s' may count usage of '%s' too, and '%s' rounds it; make "
                                     "their where disjoint, or give one a meter of its own",
                                     b->id, a->id, rounds(a) ? a->id : b->id);
        }
    return true;
}

static const char *text_of(const json_t *json, struct arena *arena)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
    const char *kept = arena_text(arena, text);

    free(text);
    return kept;
}

static bool read_month_hours(const struct reader *reader, struct plan *plan, struct error *err)
{
    const char *text = reader_text(reader, "hours_per_month", "0");
    uint64_t hours = 0;

    if (!number_parse_u64(text, strlen(text), "hours_per_month", &hours, err))
        return false;
    plan->month_hours = (uint32_t)hours;
    return true;
}

static bool compile_charges(const struct reader *reader, struct plan *plan, struct error *err)
{
    size_t count = reader_count(reader, "charges");

    plan->charges = arena_array(reader->arena, count, sizeof *plan->charges);
    for (plan->charge_count = 0; plan->charge_count < count; plan->charge_count++) {
        struct reader item = reader_item(reader, "charges", plan->charge_count);
        struct charge charge;

        if (!charge_compile(&item, plan->exponent, &charge, err))
            return false;
        charge.json = text_of(item.object, reader->arena);
        if (plan_charge(plan, charge.id))
            return reader_refuse(&item, "charge", err,
                                 "'%s' is used twice; ids are unique in a plan", charge.id);
        plan->charges[plan->charge_count] = charge;
    }
    return check_rounding(reader, plan, err);
}

bool plan_compile(const json_t *json, const char *what, uint32_t version, struct arena *arena,
                  struct plan *out, struct error *err)
{
    struct reader reader = {.what = what, .path = "", .object = json, .arena = arena};
    struct plan plan = {.version = version};

    if (!schema_check_kept(schema_plan, json, what, err) ||
        !canonical_digest(json, &plan.hash, err))
        return false;
    plan.id = reader_text(&reader, "plan", "");
    plan.currency = reader_text(&reader, "currency", "");
    if (!money_exponent(plan.currency, &plan.exponent, err))
        return error_prefix(err, "%s: /currency: ", what);
    if (!reader_instant(&reader, "effective_from", INSTANT_MIN, &plan.effective_from_us, err) ||
        !read_month_hours(&reader, &plan, err) || !compile_charges(&reader, &plan, err))
        return false;
    *out = plan;
    return true;
}

bool plan_parse(const char *bytes, size_t size, const char *what, uint32_t version,
                struct arena *arena, struct plan *out, struct error *err)
{
    CLEANUP(json_release) json_t *json = NULL;

    return canonical_parse(bytes, size, what, &json, err) &&
           plan_compile(json, what, version, arena, out, err);
}
