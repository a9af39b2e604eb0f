/*
 * A reservation's own fragments.
 */
#include "rating/coverage_cost.h"

#include "base/instant.h"

#define UNIT_HOUR "unit-hour"

bool coverage_cost_open(struct coverage_cost *cost, struct job *job, size_t at, unsigned scale,
                        int64_t from_us, int64_t to_us, struct error *err)
{
    *cost = (struct coverage_cost){
        .reservation = &job->contract->reservations[at], .at = at, .scale = scale};
    if (!schedule_rates(job->contract, cost->reservation->tax_category, from_us, to_us, job->arena,
                        &cost->slots, &cost->slot_count, err))
        return error_prefix(err, "reservation %s: ", cost->reservation->id);
    cost->sums = arena_array(job->arena, cost->slot_count, sizeof *cost->sums);
    return true;
}

void coverage_cost_add(struct coverage_cost *cost, const struct coverage_row *row)
{
    size_t slot = schedule_slot(cost->slots, cost->slot_count, row->from_us);
    struct coverage_sum *sum = &cost->sums[slot];

    if (sum->capacity == 0)
        sum->from_us = row->from_us;
    sum->to_us = row->to_us;
    sum->capacity += row->capacity;
    sum->covered += row->covered;
}

/* unit-hours as reserved = normalised unit-seconds / size / 3600. */
static void set_hours(mpq_ptr hours, const struct coverage_cost *cost, int128 quantity)
{
    struct decimal size = cost->reservation->size;

    ratio_set(hours, quantity, number_power10(cost->scale));
    ratio_scale(hours, number_power10(size.scale), size.coefficient);
    ratio_scale(hours, 1, HOUR_US / SECOND_US);
}

static struct fragment *add_part(const struct coverage_cost *cost, struct job *job,
                                 const struct fragment_source *source, size_t slot,
                                 enum part_kind kind, struct decimal price)
{
    char units[DECIMAL_TEXT_SIZE];
    const struct fragment fragment = {
        .source = source,
        .tax_category = cost->reservation->tax_category,
        .tax_rate = cost->slots[slot].rate,
        .tax_parts = cost->slots[slot].parts,
        .kind = kind,
        .divisor = 1,
        .at_us = cost->slots[slot].from_us,
        .multiple = 1,
        .why = {.from_us = cost->sums[slot].from_us,
                .to_us = cost->sums[slot].to_us,
                .price = price,
                .unit = kind == PART_UPFRONT ? NULL : UNIT_HOUR,
                .reservation = cost->reservation->id,
                .units =
                    arena_text(job->arena, decimal_format_short(cost->reservation->units, units))},
    };

    return fragments_add(&job->fragments, &fragment);
}

static void add_hours(const struct coverage_cost *cost, struct job *job,
                      const struct fragment_source *source, size_t slot, enum part_kind kind,
                      int128 quantity, struct decimal price)
{
    struct fragment *part = add_part(cost, job, source, slot, kind, price);

    set_hours(part->units, cost, quantity);
    ratio_set_decimal(part->money, price);
    mpq_mul(part->money, part->money, part->units);
}

/* What is paid at `from`: the upfront, or a block's units × hours × price. */
static void add_upfront(const struct coverage_cost *cost, struct job *job,
                        const struct fragment_source *source)
{
    const struct reservation *reservation = cost->reservation;
    bool is_block = reservation->kind == RESERVATION_BLOCK;
    struct decimal price = is_block ? reservation->price : reservation->upfront;

    if (price.coefficient == 0)
        return;
    struct fragment *upfront = add_part(cost, job, source, 0, PART_UPFRONT, price);
    upfront->why.from_us = reservation->from_us;
    upfront->why.to_us = reservation->to_us;
    ratio_set_decimal(upfront->money, price);
    if (!is_block)
        return;
    upfront->why.unit = UNIT_HOUR;
    ratio_set_decimal(upfront->units, reservation->units);
    ratio_scale(upfront->units, reservation->to_us - reservation->from_us, HOUR_US);
    mpq_mul(upfront->money, upfront->money, upfront->units);
}

void coverage_cost_finish(const struct coverage_cost *cost, struct job *job)
{
    const struct reservation *reservation = cost->reservation;
    struct fragment_source *source = arena_alloc(job->arena, sizeof *source);

    *source = (struct fragment_source){.order = job->schedule.charge_count + cost->at,
                                       .kind = LINE_RESERVATION,
                                       .charge = reservation->id,
                                       .description = reservation->name,
                                       .unit = UNIT_HOUR,
                                       .divisor = 1,
                                       .multiple = 1};
    if (reservation->from_us >= job->period->from_us)
        add_upfront(cost, job, source);
    for (size_t slot = 0; slot < cost->slot_count; slot++) {
        const struct coverage_sum *sum = &cost->sums[slot];

        if (sum->capacity > 0 && reservation->kind != RESERVATION_BLOCK)
            add_hours(cost, job, source, slot, PART_CAPACITY, sum->capacity, reservation->rate);
        if (sum->covered > 0 && reservation->usage_rate.coefficient > 0)
            add_hours(cost, job, source, slot, PART_USAGE, sum->covered, reservation->usage_rate);
    }
}
