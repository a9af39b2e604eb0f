#include "rating/throughput.h"

#include "base/instant.h"
#include "rating/coverage.h"

#define SECONDS_MAX (366 * DAY_US / SECOND_US) /* of a period */

/* The cells, empty; their units × seconds go to the cost. */
static void make_cells(struct job *job, const struct reservation *reservation, int64_t from_us,
                       int64_t to_us, struct rating_reservation *result, struct coverage_cost *cost)
{
    size_t most = (size_t)((to_us - from_us) / HOUR_US) + job->schedule.border_count + 2;

    result->rows = arena_array(job->arena, most, sizeof *result->rows);
    for (int64_t at_us = from_us; at_us < to_us;) {
        int64_t end_us = coverage_cell_end(&job->schedule, at_us, to_us);
        const struct coverage_row paid = {.from_us = at_us,
                                          .to_us = end_us,
                                          .capacity = reservation->units.coefficient *
                                                      ((end_us - at_us) / SECOND_US)};

        result->rows[result->row_count++] =
            (struct coverage_row){.from_us = at_us, .to_us = end_us};
        coverage_cost_add(cost, &paid);
        at_us = end_us;
    }
}

/* The cell that a lot begins in; NULL when none. */
static struct coverage_row *find_row(const struct rating_reservation *result, int64_t from_us)
{
    size_t low = 0;
    size_t high = result->row_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (result->rows[middle].to_us <= from_us)
            low = middle + 1;
        else
            high = middle;
    }
    return low < result->row_count && result->rows[low].from_us <= from_us ? &result->rows[low]
                                                                           : NULL;
}

static bool is_served(const struct reservation *reservation, const struct series *series)
{
    return coverage_in_scope(reservation, series) &&
           slice_equals(series_dimension(series, "capacity"), "provisioned");
}

static void serve(struct job *job, size_t at, struct rating_reservation *result)
{
    const struct reservation *reservation = &job->contract->reservations[at];
    bool matches = false;

    for (size_t i = 0; i < job->lot_count; i++) {
        struct lot *lot = &job->lots[i];

        if (i == 0 || lot->series != lot[-1].series)
            matches = is_served(reservation, job_series(job, lot));
        struct coverage_row *row = matches ? find_row(result, lot->from_us) : NULL;
        if (!row || lot->left == 0)
            continue;
        row->covered += lot->left;
        result->covered += lot->left;
        job_add_covered(job,
                        &(struct covered){
                            .lot = i, .source = at, .charge = EVERY_CHARGE, .quantity = lot->left});
        lot->left = 0;
    }
}

bool throughput_apply(struct job *job, size_t at, struct rating_reservation *out_result,
                      struct coverage_cost *out_cost, struct error *err)
{
    const struct reservation *reservation = &job->contract->reservations[at];
    int64_t from_us = instant_later(reservation->from_us, job->period->from_us);
    int64_t to_us = instant_earlier(reservation->to_us, job->period->to_us);
    struct rating_reservation result = {
        .id = reservation->id, .unit = reservation->meter, .is_unlimited = true};
    int128 ignored;

    if (!number_multiply(reservation->units.coefficient, SECONDS_MAX, &ignored))
        return error_set(err, ERROR_INPUT,
                         "reservation %s: its units do not fit 128 bits; use fewer digits",
                         reservation->id);
    if (!coverage_cost_open(out_cost, job, at, reservation->units.scale, from_us, to_us, err))
        return false;
    make_cells(job, reservation, from_us, to_us, &result, out_cost);
    serve(job, at, &result);
    *out_result = result;
    return true;
}
