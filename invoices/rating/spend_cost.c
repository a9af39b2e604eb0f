#include "rating/spend_cost.h"

#include "base/instant.h"

/* A plan's fragments at one tax rate. */
struct cost {
    struct job *job;
    const struct spend_plan *plan;
    const struct fragment_source *source;
};

static struct fragment *add_part(const struct cost *cost, const struct rate_slot *slot,
                                 enum part_kind kind, struct decimal price)
{
    const struct fragment fragment = {
        .source = cost->source,
        .tax_category = cost->plan->tax_category,
        .tax_rate = slot->rate,
        .kind = kind,
        .divisor = 1,
        .multiple = 1,
        .at_us = slot->from_us,
        .why = {.price = price,
                .unit = kind == PART_UPFRONT ? NULL : cost->source->unit,
                .spend_plan = cost->plan->id},
    };

    return fragments_add(&cost->job->fragments, &fragment);
}

static void add_upfront(const struct cost *cost, const struct rate_slot *slot)
{
    struct fragment *part = add_part(cost, slot, PART_UPFRONT, cost->plan->upfront);

    part->why.from_us = cost->plan->from_us;
    part->why.to_us = cost->plan->to_us;
    ratio_set_decimal(part->money, cost->plan->upfront);
}

/* The hours of the cells that begin in a slot. */
static void add_hours(const struct cost *cost, const struct rate_slot *slot,
                      const struct rating_reservation *cells)
{
    int64_t from_us = 0;
    int64_t to_us = 0;
    int64_t seconds = 0;

    for (size_t i = 0; i < cells->row_count; i++) {
        const struct coverage_row *row = &cells->rows[i];

        if (row->from_us < slot->from_us || row->from_us >= slot->to_us)
            continue;
        from_us = seconds == 0 ? row->from_us : from_us;
        to_us = row->to_us;
        seconds += (row->to_us - row->from_us) / SECOND_US;
    }
    if (seconds == 0)
        return;
    struct fragment *part = add_part(cost, slot, PART_CAPACITY, cost->plan->fee);
    part->why.from_us = from_us;
    part->why.to_us = to_us;
    ratio_set(part->units, seconds, HOUR_US / SECOND_US);
    ratio_set_decimal(part->money, cost->plan->fee);
    mpq_mul(part->money, part->money, part->units);
}

bool spend_cost(struct job *job, size_t at, const struct rating_reservation *cells,
                struct error *err)
{
    const struct spend_plan *plan = &job->contract->spend_plans[at];
    struct fragment_source *source = arena_alloc(job->arena, sizeof *source);
    struct cost cost = {.job = job, .plan = plan, .source = source};
    struct rate_slot *slots = NULL;
    size_t count = 0;

    *source = (struct fragment_source){.order = job->schedule.charge_count +
                                                job->contract->reservation_count + at,
                                       .kind = LINE_SPEND_PLAN,
                                       .charge = plan->id,
                                       .description = plan->name,
                                       .unit = "hour",
                                       .divisor = 1,
                                       .multiple = 1};
    if (!schedule_rates(job->contract, plan->tax_category, cells->rows[0].from_us,
                        cells->rows[cells->row_count - 1].to_us, job->arena, &slots, &count, err))
        return error_prefix(err, "spend plan %s: ", plan->id);
    if (plan->upfront.coefficient > 0 && plan->from_us >= job->period->from_us)
        add_upfront(&cost, &slots[0]);
    for (size_t i = 0; i < count; i++)
        add_hours(&cost, &slots[i], cells);
    return true;
}
