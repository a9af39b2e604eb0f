/*
 * Coverage, cell by cell.
 *
 * Quantities of a reservation are whole numbers of 10^-scale normalised unit-seconds: the meter's
 * own scale and as many decimals as units, size and factors need. covered + unused = capacity.
 */
#include "rating/coverage.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "rating/conditions.h"
#include "rating/coverage_cost.h"
#include "rating/coverage_order.h"
#include "rating/share.h"
#include "rating/sort.h"
#include "rating/throughput.h"

#define SCALE_MAX 30 /* of normalised quantities */

/* A lot that a reservation may cover, with its factor in 10^-decimals. */
struct candidate {
    size_t lot;
    bool is_sharer; /* usage of the owner comes first */
    int128 factor;
};

/* One reservation's turn. */
struct turn {
    struct job *job;
    size_t at; /* position in the contract */
    const struct reservation *reservation;
    unsigned decimals; /* of units × size and factors */
    int128 per_second; /* capacity, in 10^-scale unit-seconds */
    size_t candidate_count;
    struct candidate *candidates; /* by time, then factor, then series key */
    size_t next;                  /* the first candidate that no cell has had */
    struct rating_reservation result;
    struct coverage_cost cost;
};

/* -------------------------------------------------------------------------------- candidates */

bool coverage_is_owner(const struct reservation *reservation, const struct series *series)
{
    return !reservation->owner ||
           slice_equals(series_dimension(series, POOL_TENANT), reservation->owner);
}

bool coverage_in_scope(const struct reservation *reservation, const struct series *series)
{
    return conditions_match(reservation->meter, &reservation->where, series) &&
           (reservation->is_shared || coverage_is_owner(reservation, series));
}

static struct decimal factor_of(const struct reservation *reservation, const struct series *series)
{
    for (size_t i = 0; i < reservation->factor_count; i++)
        if (conditions_match(reservation->meter, &reservation->factors[i].where, series))
            return reservation->factors[i].factor;
    return reservation->size;
}

static unsigned decimals_of(const struct reservation *reservation)
{
    unsigned decimals = reservation->units.scale + reservation->size.scale;

    for (size_t i = 0; i < reservation->factor_count; i++)
        if (reservation->factors[i].factor.scale > decimals)
            decimals = reservation->factors[i].factor.scale;
    return decimals;
}

static bool counts_seconds(const struct series *series)
{
    struct slice unit = series->unit;

    return unit.size > 2 && memcmp(unit.data + unit.size - 2, ".s", 2) == 0;
}

static bool check_meter(const struct reservation *reservation, const struct series *series,
                        struct error *err)
{
    return counts_seconds(series) ||
           error_set(err, ERROR_INPUT,
                     "reservation %s: meter %s counts %.*s; only a meter whose unit ends in '.s' "
                     "has units × seconds to reserve",
                     reservation->id, reservation->meter, (int)series->unit.size,
                     series->unit.data);
}

/* Lots of series in scope. A series' match is asked once: its lots lie together. */
static bool find_candidates(struct turn *turn, struct error *err)
{
    struct job *job = turn->job;
    const struct reservation *reservation = turn->reservation;
    bool matches = false;
    int128 factor = 0;

    turn->candidates = memory_alloc(job->lot_count * sizeof *turn->candidates + 1);
    for (size_t i = 0; i < job->lot_count; i++) {
        const struct series *series = job_series(job, &job->lots[i]);

        if (i == 0 || job->lots[i].series != job->lots[i - 1].series) {
            matches = coverage_in_scope(reservation, series);
            if (matches && !check_meter(reservation, series, err))
                return false;
            struct decimal number = factor_of(reservation, series);
            if (matches && !number_multiply(number.coefficient,
                                            number_power10(turn->decimals - number.scale), &factor))
                return error_set(err, ERROR_INPUT,
                                 "reservation %s: its factors do not fit 128 bits; use units, size "
                                 "and factors with fewer digits",
                                 reservation->id);
        }
        if (!matches)
            continue;
        if (turn->candidate_count > 0 && turn->result.scale != turn->decimals + series->scale)
            return error_set(err, ERROR_INPUT, "meter %s has series of two scales",
                             reservation->meter);
        turn->result.scale = turn->decimals + series->scale;
        turn->candidates[turn->candidate_count++] = (struct candidate){
            .lot = i, .is_sharer = !coverage_is_owner(reservation, series), .factor = factor};
    }
    return true;
}

static int by_time(const void *left, const void *right, void *context)
{
    const struct lot *lots = context;
    const struct candidate *a = left;
    const struct candidate *b = right;
    int64_t a_hour = instant_floor(lots[a->lot].from_us, HOUR_US);
    int64_t b_hour = instant_floor(lots[b->lot].from_us, HOUR_US);

    if (a_hour != b_hour)
        return a_hour < b_hour ? -1 : 1;
    return (a->lot > b->lot) - (a->lot < b->lot);
}

static int64_t hour_of(const void *item, const void *context)
{
    const struct candidate *candidate = item;
    const struct lot *lots = context;

    return instant_floor(lots[candidate->lot].from_us, HOUR_US) / HOUR_US;
}

static int by_factor(const void *left, const void *right)
{
    const struct candidate *a = left;
    const struct candidate *b = right;

    if (a->is_sharer != b->is_sharer)
        return a->is_sharer ? 1 : -1;
    if (a->factor != b->factor)
        return a->factor < b->factor ? -1 : 1;
    return (a->lot > b->lot) - (a->lot < b->lot);
}

/* ------------------------------------------------------------------------------------- cells */

int64_t coverage_cell_end(const struct schedule *schedule, int64_t from_us, int64_t to_us)
{
    int64_t end_us = instant_earlier(instant_floor(from_us, HOUR_US) + HOUR_US, to_us);

    for (size_t i = 0; i < schedule->border_count; i++)
        if (schedule->borders_us[i] > from_us)
            return instant_earlier(end_us, schedule->borders_us[i]);
    return end_us;
}

static void cover(struct turn *turn, size_t lot, int128 quantity)
{
    struct job *job = turn->job;

    if (quantity == 0)
        return;
    assert(quantity > 0 && quantity <= job->lots[lot].left);
    job->lots[lot].left -= quantity;
    job_add_covered(
        job, &(struct covered){
                 .lot = lot, .source = turn->at, .charge = EVERY_CHARGE, .quantity = quantity});
}

static bool is_same_series(const struct job *job, const struct candidate *a,
                           const struct candidate *b)
{
    return job->lots[a->lot].series == job->lots[b->lot].series;
}

static int128 left_of(const struct job *job, const struct candidate *candidates, size_t count)
{
    int128 sum = 0;

    for (size_t i = 0; i < count; i++)
        sum += job->lots[candidates[i].lot].left;
    return sum;
}

/* Shares `total` base units over the windows of one series. */
static void cover_series(struct turn *turn, const struct candidate *candidates, size_t count,
                         int128 total)
{
    int128 *weights = memory_alloc(2 * count * sizeof *weights);

    for (size_t i = 0; i < count; i++)
        weights[i] = turn->job->lots[candidates[i].lot].left;
    share_whole(total, weights, count, weights + count);
    for (size_t i = 0; i < count; i++)
        cover(turn, candidates[i].lot, weights[count + i]);
    free(weights);
}

/* Shares `total` base units over candidates of one factor: over series, then their windows. */
static void cover_group(struct turn *turn, const struct candidate *candidates, size_t count,
                        int128 total)
{
    size_t *starts = memory_alloc((count + 1) * sizeof *starts);
    int128 *weights = memory_alloc(2 * count * sizeof *weights);
    size_t series_count = 0;

    for (size_t i = 0; i < count; i++)
        if (i == 0 || !is_same_series(turn->job, &candidates[i - 1], &candidates[i]))
            starts[series_count++] = i;
    starts[series_count] = count;
    for (size_t i = 0; i < series_count; i++)
        weights[i] = left_of(turn->job, &candidates[starts[i]], starts[i + 1] - starts[i]);
    share_whole(total, weights, series_count, weights + count);
    for (size_t i = 0; i < series_count; i++)
        cover_series(turn, &candidates[starts[i]], starts[i + 1] - starts[i], weights[count + i]);
    free(weights);
    free(starts);
}

/* All of a factor's usage, or as many whole base units as there is room for. */
static bool cover_factor(struct turn *turn, const struct candidate *candidates, size_t count,
                         struct coverage_row *row, struct error *err)
{
    int128 factor = candidates[0].factor;
    int128 use = left_of(turn->job, candidates, count);
    int128 need = 0;

    if (!number_multiply(use, factor, &need))
        return error_set(err, ERROR_INPUT,
                         "reservation %s: normalised usage does not fit 128 bits; use factors with "
                         "fewer digits",
                         turn->reservation->id);
    int128 covered = need <= row->unused ? use : row->unused / factor;
    cover_group(turn, candidates, count, covered);
    row->covered += covered * factor;
    row->unused -= covered * factor;
    row->overage += need - covered * factor;
    return true;
}

static bool check_windows(const struct turn *turn, const struct candidate *candidates, size_t count,
                          const struct coverage_row *row, struct error *err)
{
    char text[INSTANT_TEXT_SIZE];

    for (size_t i = 0; i < count; i++) {
        const struct lot *lot = &turn->job->lots[candidates[i].lot];

        if (lot->to_us > row->to_us)
            return error_set(
                err, ERROR_INPUT,
                "reservation %s: a window of %s from %s passes the end of its cell of "
                "coverage; windows lie inside a UTC hour and cross no border of a plan",
                turn->reservation->id, series_text(job_series(turn->job, lot), turn->job->arena),
                instant_format(lot->from_us, text));
    }
    return true;
}

/* The candidates of a cell: the owner's, then the sharers', of these the smallest factor first. */
static bool cover_cell(struct turn *turn, struct candidate *candidates, size_t count,
                       struct coverage_row *row, struct error *err)
{
    if (!check_windows(turn, candidates, count, row, err))
        return false;
    if (count > 0)
        qsort(candidates, count, sizeof *candidates, by_factor);
    for (size_t i = 0, end = 0; i < count; i = end) {
        for (end = i + 1; end < count && candidates[end].is_sharer == candidates[i].is_sharer &&
                          candidates[end].factor == candidates[i].factor;)
            end++;
        if (!cover_factor(turn, &candidates[i], end - i, row, err))
            return false;
    }
    assert(row->covered >= 0 && row->covered + row->unused == row->capacity);
    return true;
}

/* How many of the next candidates begin before an instant. They stand by hour; a cell that is
 * only part of an hour takes those of its own part, which a sort brings forward. */
static size_t take_until(struct turn *turn, int64_t end_us)
{
    size_t count = 0;

    for (size_t i = turn->next; i < turn->candidate_count; i++) {
        const struct lot *lot = &turn->job->lots[turn->candidates[i].lot];

        if (instant_floor(lot->from_us, HOUR_US) >= end_us)
            break;
        if (lot->from_us >= end_us)
            continue;
        struct candidate taken = turn->candidates[i];
        turn->candidates[i] = turn->candidates[turn->next + count];
        turn->candidates[turn->next + count++] = taken;
    }
    return count;
}

static void add_row(struct rating_reservation *result, const struct coverage_row *row)
{
    result->rows[result->row_count++] = *row;
    result->capacity += row->capacity;
    result->covered += row->covered;
    result->unused += row->unused;
    result->overage += row->overage;
}

static bool cover_cells(struct turn *turn, int64_t from_us, int64_t to_us, struct error *err)
{
    int64_t next_us = 0;

    turn->next += take_until(turn, from_us);
    for (int64_t at_us = from_us; at_us < to_us; at_us = next_us) {
        next_us = coverage_cell_end(&turn->job->schedule, at_us, to_us);
        int128 seconds = (next_us - at_us) / SECOND_US;
        struct coverage_row row = {.from_us = at_us, .to_us = next_us};
        size_t count = take_until(turn, next_us);

        row.capacity = turn->per_second * seconds;
        row.unused = row.capacity;
        if (!cover_cell(turn, &turn->candidates[turn->next], count, &row, err))
            return false;
        turn->next += count;
        add_row(&turn->result, &row);
        coverage_cost_add(&turn->cost, &row);
    }
    return true;
}

/* -------------------------------------------------------------------------------------- turns */

/* Capacity of one second: units × size, in 10^-scale. A month of it must fit too. */
static bool set_capacity(struct turn *turn, struct error *err)
{
    const struct reservation *reservation = turn->reservation;
    struct decimal units = reservation->units;
    struct decimal size = reservation->size;
    unsigned up = turn->result.scale - units.scale - size.scale;
    int128 ignored;

    if (turn->result.scale <= SCALE_MAX &&
        number_multiply(units.coefficient, size.coefficient, &turn->per_second) &&
        number_multiply(turn->per_second, number_power10(up), &turn->per_second) &&
        number_multiply(turn->per_second, 366 * DAY_US / SECOND_US, &ignored))
        return true;
    return error_set(err, ERROR_INPUT,
                     "reservation %s: its capacity does not fit 128 bits; use units, size and "
                     "factors with fewer digits",
                     reservation->id);
}

static bool take_turn(struct turn *turn, struct error *err)
{
    const struct reservation *reservation = turn->reservation;
    const struct period *period = turn->job->period;
    int64_t from_us =
        reservation->from_us > period->from_us ? reservation->from_us : period->from_us;
    int64_t to_us = instant_earlier(reservation->to_us, period->to_us);
    size_t cells_max = (size_t)((to_us - from_us) / HOUR_US) + turn->job->schedule.border_count + 2;

    turn->decimals = decimals_of(reservation);
    turn->result = (struct rating_reservation){
        .id = reservation->id, .unit = "unit-second", .scale = turn->decimals};
    if (!find_candidates(turn, err) || !set_capacity(turn, err))
        return false;
    sort_by_number(turn->candidates, turn->candidate_count, sizeof *turn->candidates, hour_of,
                   by_time, turn->job->lots);
    turn->result.rows = arena_array(turn->job->arena, cells_max, sizeof *turn->result.rows);
    return coverage_cost_open(&turn->cost, turn->job, turn->at, turn->result.scale, from_us, to_us,
                              err) &&
           cover_cells(turn, from_us, to_us, err);
}

static bool touches(const struct reservation *reservation, const struct period *period)
{
    return reservation->from_us < period->to_us && reservation->to_us > period->from_us;
}

/* One reservation's turn; its result and cost stay where the contract lists it. */
static bool run_turn(struct job *job, size_t at, struct rating_reservation *out_result,
                     struct coverage_cost *out_cost, struct error *err)
{
    struct turn turn = {.job = job, .at = at, .reservation = &job->contract->reservations[at]};

    if (turn.reservation->kind == RESERVATION_THROUGHPUT)
        return throughput_apply(job, at, out_result, out_cost, err);
    bool done = take_turn(&turn, err);

    free(turn.candidates);
    *out_result = turn.result;
    *out_cost = turn.cost;
    return done;
}

bool coverage_apply(struct job *job, struct rating_reservation **out_reservations,
                    size_t *out_count, struct error *err)
{
    size_t count = job->contract->reservation_count;
    struct rating_reservation *results = arena_array(job->arena, count, sizeof *results);
    struct coverage_cost *costs = arena_array(job->arena, count, sizeof *costs);
    size_t *order = arena_array(job->arena, count, sizeof *order);
    size_t turns = 0;
    size_t kept = 0;

    for (size_t i = 0; i < count; i++)
        job_add_source(job,
                       &(struct covered_source){.reservation = job->contract->reservations[i].id});
    for (size_t i = 0; i < count; i++)
        if (touches(&job->contract->reservations[i], job->period))
            order[turns++] = i;
    coverage_order(job->contract, order, turns);
    for (size_t i = 0; i < turns; i++)
        if (!run_turn(job, order[i], &results[order[i]], &costs[order[i]], err))
            return false;
    for (size_t i = 0; i < count; i++)
        if (results[i].id) {
            coverage_cost_finish(&costs[i], job);
            results[kept++] = results[i];
        }
    *out_reservations = results;
    *out_count = kept;
    return true;
}
