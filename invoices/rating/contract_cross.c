/*
 * Scopes that cross: some usage fits both, and neither holds the other.
 */
#include <stdlib.h>
#include <string.h>

#include "rating/conditions.h"
#include "rating/contract_capacity.h"

/* Of usage, for [from, to). */
struct scope {
    const char *what;
    const char *id;
    const char *meter; /* NULL: any */
    const struct conditions *where;
    int64_t from_us;
    int64_t to_us;
};

/* Whether everything that `inner` takes `outer` takes too. */
static bool lies_inside(const struct scope *inner, const struct scope *outer)
{
    return (inner->meter || !outer->meter) && conditions_lie_inside(inner->where, outer->where);
}

static bool cross(const struct scope *a, const struct scope *b)
{
    return (!a->meter || !b->meter || strcmp(a->meter, b->meter) == 0) && a->from_us < b->to_us &&
           b->from_us < a->to_us && conditions_may_meet(a->where, b->where) && !lies_inside(a, b) &&
           !lies_inside(b, a);
}

static void warn_crossing(const struct scope *scopes, size_t count, struct text *out)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = i + 1; j < count; j++)
            if (cross(&scopes[i], &scopes[j]))
                text_printf(out,
                            "%s %s and %s cross: some usage fits both and neither scope holds the "
                            "other; the narrower dimension decides\n",
                            scopes[i].what, scopes[i].id, scopes[j].id);
}

void contract_warn_capacity(const struct contract *contract, struct text *out)
{
    size_t most = contract->reservation_count + contract->spend_plan_count;
    struct scope *scopes = memory_alloc(most * sizeof *scopes + 1);

    for (size_t i = 0; i < contract->reservation_count; i++) {
        const struct reservation *item = &contract->reservations[i];

        scopes[i] = (struct scope){"reservations", item->id,      item->meter,
                                   &item->where,   item->from_us, item->to_us};
    }
    warn_crossing(scopes, contract->reservation_count, out);
    for (size_t i = 0; i < contract->spend_plan_count; i++) {
        const struct spend_plan *item = &contract->spend_plans[i];

        scopes[i] = (struct scope){"spend plans", item->id,      item->meter,
                                   &item->where,  item->from_us, item->to_us};
    }
    warn_crossing(scopes, contract->spend_plan_count, out);
    free(scopes);
}
