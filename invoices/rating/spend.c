/*
 * Spend plans, one after the other, each cell by cell.
 */
#include "rating/spend.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "rating/coverage.h"
#include "rating/coverage_order.h"
#include "rating/share.h"
#include "rating/spend_cost.h"
#include "rating/spend_offer.h"

/* An offer that a plan may take. */
struct candidate {
    size_t offer;
    size_t price; /* of the turn's prices */
    size_t cell;
};

/* One plan's turn. */
struct turn {
    struct job *job;
    const struct spend_plan *plan;
    struct spend_offers *offers;
    struct spend_prices prices;
    size_t cell_count;
    struct coverage_row *cells;
    size_t candidate_count;
    struct candidate *candidates; /* by cell, then as they are taken */
    mpq_ptr room;                 /* of the cell: money */
    mpq_ptr over;                 /* of the cell: what the rest would have cost */
};

static const struct lot *lot_of(const struct turn *turn, const struct candidate *candidate)
{
    return &turn->job->lots[turn->offers->items[candidate->offer].lot];
}

/* -------------------------------------------------------------------------------- candidates */

static void make_cells(struct turn *turn, int64_t from_us, int64_t to_us)
{
    size_t most = (size_t)((to_us - from_us) / HOUR_US) + turn->job->schedule.border_count + 2;

    turn->cells = arena_array(turn->job->arena, most, sizeof *turn->cells);
    for (int64_t at_us = from_us; at_us < to_us;) {
        int64_t end_us = coverage_cell_end(&turn->job->schedule, at_us, to_us);

        turn->cells[turn->cell_count++] = (struct coverage_row){.from_us = at_us, .to_us = end_us};
        at_us = end_us;
    }
}

/* The cell that a lot begins in; cell_count when none. */
static size_t cell_of(const struct turn *turn, const struct lot *lot)
{
    size_t low = 0;
    size_t high = turn->cell_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (turn->cells[middle].to_us <= lot->from_us)
            low = middle + 1;
        else
            high = middle;
    }
    return low < turn->cell_count && turn->cells[low].from_us <= lot->from_us ? low
                                                                              : turn->cell_count;
}

static bool check_window(const struct turn *turn, const struct lot *lot, size_t cell,
                         struct error *err)
{
    char text[INSTANT_TEXT_SIZE];

    return lot->to_us <= turn->cells[cell].to_us ||
           error_set(err, ERROR_INPUT,
                     "spend plan %s: a window of %s from %s passes the end of its cell of "
                     "coverage; windows lie inside a UTC hour and cross no border of a plan",
                     turn->plan->id, series_text(job_series(turn->job, lot), turn->job->arena),
                     instant_format(lot->from_us, text));
}

static bool find_candidates(struct turn *turn, struct error *err)
{
    turn->candidates = memory_alloc(turn->offers->count * sizeof *turn->candidates + 1);
    for (size_t i = 0; i < turn->offers->count; i++) {
        struct candidate candidate = {.offer = i};
        const struct lot *lot = lot_of(turn, &candidate);

        candidate.cell = cell_of(turn, lot);
        if (turn->offers->items[i].left == 0 || candidate.cell == turn->cell_count)
            continue;
        candidate.price = spend_price_of(&turn->prices, &turn->offers->items[i]);
        if (candidate.price == SPEND_NO_PRICE)
            continue;
        if (!check_window(turn, lot, candidate.cell, err))
            return false;
        turn->candidates[turn->candidate_count++] = candidate;
    }
    spend_prices_rank(&turn->prices);
    return true;
}

static int compare_sizes(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

/* Cell, then rank; offers stand in series key order. */
static int by_turn(const void *left, const void *right, void *context)
{
    const struct turn *turn = context;
    const struct candidate *a = left;
    const struct candidate *b = right;
    const struct spend_price *prices = turn->prices.items;
    int order = compare_sizes(a->cell, b->cell);

    if (order == 0)
        order = compare_sizes(prices[a->price].rank, prices[b->price].rank);
    return order != 0 ? order : compare_sizes(a->offer, b->offer);
}

/* Windows of one series for one charge, at one price: bought together. */
static bool is_same_group(const struct turn *turn, const struct candidate *a,
                          const struct candidate *b)
{
    return a->cell == b->cell && a->price == b->price &&
           lot_of(turn, a)->series == lot_of(turn, b)->series &&
           turn->offers->items[a->offer].charge == turn->offers->items[b->offer].charge;
}

/* ------------------------------------------------------------------------------------ buying */

static void buy(struct turn *turn, const struct candidate *candidate, int128 quantity)
{
    struct spend_offer *offer = &turn->offers->items[candidate->offer];
    const struct covered covered = {.lot = offer->lot,
                                    .source = turn->prices.items[candidate->price].source,
                                    .charge = offer->charge,
                                    .quantity = quantity};

    assert(quantity >= 0 && quantity <= offer->left);
    offer->left -= quantity;
    if (quantity > 0)
        job_add_covered(turn->job, &covered);
}

/* Shares `total` base units over the windows of one series. */
static void buy_windows(struct turn *turn, const struct candidate *candidates, size_t count,
                        int128 total)
{
    int128 *weights = memory_alloc(2 * count * sizeof *weights);

    for (size_t i = 0; i < count; i++)
        weights[i] = turn->offers->items[candidates[i].offer].left;
    share_whole(total, weights, count, weights + count);
    for (size_t i = 0; i < count; i++)
        buy(turn, &candidates[i], weights[count + i]);
    free(weights);
}

/* Whole base units that the room buys at this price, of so many. */
static int128 affordable(mpq_srcptr room, mpq_srcptr price, int128 use)
{
    mpq_t units;
    mpq_t most;

    if (mpq_sgn(price) == 0)
        return use;
    mpq_inits(units, most, NULL);
    ratio_set(most, use, 1);
    mpq_div(units, room, price);
    int128 bought = mpq_cmp(units, most) >= 0 ? use : ratio_floor(units);
    mpq_clears(units, most, NULL);
    return bought;
}

static void buy_group(struct turn *turn, const struct candidate *candidates, size_t count)
{
    const struct spend_price *price = &turn->prices.items[candidates->price];
    mpq_srcptr money = turn->plan->counts_on_demand ? price->on_demand : price->rate;
    int128 use = 0;
    mpq_t term;

    for (size_t i = 0; i < count; i++)
        use += turn->offers->items[candidates[i].offer].left;
    int128 bought = affordable(turn->room, money, use);
    buy_windows(turn, candidates, count, bought);
    mpq_init(term);
    ratio_set(term, bought, 1);
    mpq_mul(term, term, money);
    mpq_sub(turn->room, turn->room, term);
    ratio_set(term, use - bought, 1);
    ratio_add_product(turn->over, term, money);
    mpq_clear(term);
}

/* The cell's row: whole 10^-10, so that covered and unused are the capacity. */
static bool close_cell(struct turn *turn, struct coverage_row *row, mpq_srcptr capacity,
                       struct error *err)
{
    const char *what = turn->plan->id;
    mpq_t used;

    mpq_init(used);
    mpq_sub(used, capacity, turn->room);
    ratio_scale(used, number_power10(PART_DECIMALS), 1);
    row->covered = ratio_floor(used);
    mpq_clear(used);
    bool fits = ratio_round(capacity, PART_DECIMALS, what, &row->capacity, err) &&
                ratio_round(turn->over, PART_DECIMALS, what, &row->overage, err);
    row->unused = row->capacity - row->covered;
    assert(!fits || (row->covered >= 0 && row->unused >= 0));
    return fits;
}

static bool spend_cell(struct turn *turn, size_t cell, size_t first, size_t end, struct error *err)
{
    struct coverage_row *row = &turn->cells[cell];
    mpq_ptr capacity = ratio_new(&turn->job->pool);

    ratio_set_decimal(capacity, turn->plan->per_hour);
    ratio_scale(capacity, row->to_us - row->from_us, HOUR_US);
    mpq_set(turn->room, capacity);
    ratio_set(turn->over, 0, 1);
    for (size_t i = first, next = 0; i < end; i = next) {
        for (next = i + 1;
             next < end && is_same_group(turn, &turn->candidates[i], &turn->candidates[next]);)
            next++;
        buy_group(turn, &turn->candidates[i], next - i);
    }
    return close_cell(turn, row, capacity, err);
}

static bool spend_cells(struct turn *turn, struct error *err)
{
    size_t at = 0;

    for (size_t cell = 0; cell < turn->cell_count; cell++) {
        size_t first = at;

        while (at < turn->candidate_count && turn->candidates[at].cell == cell)
            at++;
        if (!spend_cell(turn, cell, first, at, err))
            return false;
    }
    return true;
}

/* -------------------------------------------------------------------------------------- turns */

static bool take_turn(struct turn *turn, struct error *err)
{
    const struct period *period = turn->job->period;

    make_cells(turn, instant_later(turn->plan->from_us, period->from_us),
               instant_earlier(turn->plan->to_us, period->to_us));
    if (!find_candidates(turn, err))
        return false;
    qsort_r(turn->candidates, turn->candidate_count, sizeof *turn->candidates, by_turn, turn);
    return spend_cells(turn, err);
}

static struct rating_reservation result_of(const struct turn *turn)
{
    struct rating_reservation result = {.id = turn->plan->id,
                                        .unit = turn->job->contract->currency,
                                        .scale = PART_DECIMALS,
                                        .row_count = turn->cell_count,
                                        .rows = turn->cells};

    for (size_t i = 0; i < turn->cell_count; i++) {
        result.capacity += turn->cells[i].capacity;
        result.covered += turn->cells[i].covered;
        result.unused += turn->cells[i].unused;
        result.overage += turn->cells[i].overage;
    }
    return result;
}

static bool run_turn(struct job *job, const struct spend_plan *plan, struct spend_offers *offers,
                     struct rating_reservation *out, struct error *err)
{
    struct turn turn = {.job = job,
                        .plan = plan,
                        .offers = offers,
                        .prices = {.job = job, .plan = plan},
                        .room = ratio_new(&job->pool),
                        .over = ratio_new(&job->pool)};
    bool done = take_turn(&turn, err);

    free(turn.candidates);
    free(turn.prices.items);
    *out = result_of(&turn);
    return done;
}

static bool touches(const struct spend_plan *plan, const struct period *period)
{
    return plan->from_us < period->to_us && plan->to_us > period->from_us;
}

static bool run_turns(struct job *job, struct rating_reservation *results, struct error *err)
{
    const struct contract *contract = job->contract;
    size_t *order = arena_array(job->arena, contract->spend_plan_count, sizeof *order);
    struct spend_offers offers;
    size_t turns = 0;
    bool done = true;

    for (size_t i = 0; i < contract->spend_plan_count; i++)
        if (touches(&contract->spend_plans[i], job->period))
            order[turns++] = i;
    if (turns == 0)
        return true;
    spend_order(contract, order, turns);
    spend_offers_collect(job, &offers);
    for (size_t i = 0; done && i < turns; i++)
        done = run_turn(job, &contract->spend_plans[order[i]], &offers, &results[order[i]], err);
    free(offers.items);
    return done;
}

bool spend_apply(struct job *job, struct rating_reservation **out_plans, size_t *out_count,
                 struct error *err)
{
    size_t count = job->contract->spend_plan_count;
    struct rating_reservation *results = arena_array(job->arena, count, sizeof *results);
    size_t kept = 0;

    if (!run_turns(job, results, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!results[i].id)
            continue;
        if (!spend_cost(job, i, &results[i], err))
            return false;
        results[kept++] = results[i];
    }
    job_sort_covered(job);
    *out_plans = results;
    *out_count = kept;
    return true;
}

/* ------------------------------------------------------------------------- what charges see */

static void move_left(struct job *job, size_t charge, int sign)
{
    if (job->contract->spend_plan_count == 0)
        return;
    for (size_t i = 0; i < job->covered_count; i++)
        if (job->covered[i].charge == charge)
            job->lots[job->covered[i].lot].left += sign * job->covered[i].quantity;
}

void spend_take(struct job *job, size_t charge)
{
    move_left(job, charge, -1);
}

void spend_give_back(struct job *job, size_t charge)
{
    move_left(job, charge, 1);
}
