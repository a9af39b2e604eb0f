/*
 * A charge from its lots to its fragments.
 */
#include "rating/charge_rate.h"

#include "rating/charge.h"
#include "rating/counter.h"
#include "rating/rated.h"
#include "rating/terms.h"

static bool find_rates(struct rated *rated, struct error *err)
{
    const struct scheduled_charge *charge = rated->charge;
    struct job *job = rated->job;

    rated->rates = arena_array(job->arena, charge->phase_count, sizeof *rated->rates);
    for (size_t p = 0; p < charge->phase_count; p++)
        if (!schedule_rates(job->contract, charge->phases[p].charge->tax_category,
                            charge->phases[p].from_us, charge->phases[p].to_us, job->arena,
                            &rated->rates[p].slots, &rated->rates[p].count, err))
            return error_prefix(err, "charge %s: ", charge->charge);
    return rated_moment(rated, rated->last->charge->tax_category, false, &rated->end, err);
}

static struct fragment_source *make_source(const struct rated *rated)
{
    const struct charge *charge = rated->last->charge;
    struct fragment_source *source = arena_alloc(rated->job->arena, sizeof *source);

    *source = (struct fragment_source){.order = rated->at,
                                       .kind = LINE_CHARGE,
                                       .plan = rated->last->plan->id,
                                       .charge = charge->id,
                                       .description = charge->name,
                                       .unit = charge->unit,
                                       .divisor = charge->divisor,
                                       .multiple = charge->multiple,
                                       .print_zero = charge->print_zero};
    return source;
}

static bool counts_meter(const struct charge *charge)
{
    return *charge->meter != '\0';
}

static bool bill_whole(const struct rated *rated, struct error *err)
{
    for (size_t p = 0; p < rated->charge->phase_count; p++) {
        const struct charge *charge = rated->charge->phases[p].charge;

        if (!counts_meter(charge) && !charge_model_of(charge->model)->bill(rated, p, err))
            return false;
    }
    return true;
}

/* A line that says zero, for a plan that wants to see it. */
static void add_zero_line(const struct rated *rated)
{
    size_t phase = rated->charge->phase_count - 1;
    const struct place place = {
        .phase = phase, .line = rated_plain_line(rated, phase), .slot = &rated->end};
    bool is_counted = counts_meter(rated->last->charge);

    rated_add(rated, &place, is_counted ? PART_TIER : PART_FEE)->why.unit =
        rated->last->charge->unit;
}

bool charge_rate(struct job *job, size_t at, struct error *err)
{
    const struct scheduled_charge *charge = &job->schedule.charges[at];
    struct rated rated = {.job = job, .charge = charge, .at = at};
    size_t first = job->fragments.count;

    rated.last = &charge->phases[charge->phase_count - 1];
    if (!find_rates(&rated, err))
        return false;
    rated.source = make_source(&rated);
    if (!counters_rate(&rated, err) || !bill_whole(&rated, err) || !terms_apply(&rated, first, err))
        return false;
    if (job->fragments.count == first && rated.source->print_zero)
        add_zero_line(&rated);
    return true;
}
