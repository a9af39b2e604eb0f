/*
 * Credits for months of low availability: on the document after the measured month is known.
 */
#include <string.h>

#include "base/instant.h"
#include "rating/fragment.h"
#include "rating/settle.h"

static size_t find_month(const struct history *history, const char *month)
{
    size_t at = 0;

    while (at < history->count && strcmp(history->documents[at].period.label, month) != 0)
        at++;
    return at;
}

static bool is_same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool states_it(const json_t *document, const struct sla *sla,
                      const struct sla_measure *measure)
{
    const json_t *row;
    size_t i;

    json_array_foreach (json_object_get(json_object_get(document, "settlement"), "sla"), i, row)
        if (is_same(json_string_value(json_object_get(row, "id")), sla->id) &&
            is_same(json_string_value(json_object_get(row, "month")), measure->month) &&
            is_same(json_string_value(json_object_get(row, "region")), measure->region))
            return true;
    return false;
}

/* Each measure is credited once, also where the credit was nothing. */
static bool was_credited(const struct history *history, const struct sla *sla,
                         const struct sla_measure *measure)
{
    for (size_t i = 0; i < history->count; i++)
        if (states_it(history->documents[i].json, sla, measure))
            return true;
    return false;
}

/* The lowest band that the availability is below; 0 % when it is below none. */
static struct decimal percent_of(const struct sla *sla, struct decimal availability)
{
    const struct sla_band *found = NULL;

    for (size_t i = 0; i < sla->band_count; i++)
        if (decimal_compare(availability, sla->bands[i].below) < 0 &&
            (!found || decimal_compare(sla->bands[i].below, found->below) < 0))
            found = &sla->bands[i];
    return found ? found->percent : (struct decimal){0, 0};
}

/* ------------------------------------------------------------------------------------- amounts */

static bool counts(const struct settled_sla *row, const struct fact *fact, size_t month)
{
    return fact->period == month && fact->kind < LINE_COMMITMENT &&
           scope_holds(&row->sla->scope, fact->charge) &&
           (!row->measure->region || is_same(fact->region, row->measure->region));
}

/* A month's lines must tell regions apart where its measure does. */
static bool check_regions(const struct history *history, const struct settled_sla *row,
                          size_t month, struct error *err)
{
    for (size_t i = 0; row->measure->region && i < history->fact_count; i++) {
        const struct fact *fact = &history->facts[i];

        if (fact->period == month && fact->kind < LINE_COMMITMENT && !fact->region &&
            fact->amount_minor != 0 && scope_holds(&row->sla->scope, fact->charge))
            return error_set(err, ERROR_INPUT,
                             "sla %s: lines of charge '%s' of %s do not say their region; have "
                             "them with line_by region, or measure all regions together",
                             row->sla->id, fact->charge, row->measure->month);
    }
    return true;
}

static bool is_first(const struct history *history, const struct settled_sla *row, size_t at,
                     size_t month)
{
    for (size_t i = 0; i < at; i++)
        if (counts(row, &history->facts[i], month) &&
            strcmp(history->facts[i].category, history->facts[at].category) == 0 &&
            decimal_compare(history->facts[i].rate, history->facts[at].rate) == 0)
            return false;
    return true;
}

/* −percent of the nets of one (category, rate) without upfronts, rounded once. */
static bool set_amount(const struct history *history, struct settled_sla *row, size_t month,
                       mpq_ptr exact, struct error *err)
{
    int128 upfront = 0;
    mpq_t part;

    for (size_t i = 0; i < history->fact_count; i++) {
        const struct fact *fact = &history->facts[i];

        if (!counts(row, fact, month) || strcmp(fact->category, row->category) != 0 ||
            decimal_compare(fact->rate, row->rate) != 0)
            continue;
        row->net_minor += fact->amount_minor;
        upfront += fact->upfront;
    }
    mpq_init(part);
    ratio_set(exact, row->net_minor, number_power10(history->exponent));
    ratio_set(part, upfront, number_power10(PART_DECIMALS));
    mpq_sub(exact, exact, part);
    ratio_set_decimal(part, row->percent);
    mpq_mul(exact, exact, part);
    ratio_scale(exact, -1, 100);
    mpq_clear(part);
    return ratio_round(exact, history->exponent, row->sla->id, &row->amount_minor, err);
}

static bool credit_rate(struct settlement *settlement, size_t at, struct settled_sla row,
                        size_t month, struct error *err)
{
    struct arena *arena = settlement->input->arena;
    const struct period *period = &settlement->input->history->documents[month].period;
    mpq_t exact;

    mpq_init(exact);
    bool done = set_amount(settlement->input->history, &row, month, exact, err);
    const struct rating_part part = {
        .kind = PART_SLA,
        .amount = row.amount_minor * number_power10(PART_DECIMALS - settlement->own->exponent),
        .why = {.from_us = period->from_us,
                .to_us = period->to_us,
                .price = row.percent,
                .exact = ratio_text(exact, arena)},
    };
    const struct rating_charge charge = {
        .kind = LINE_SLA,
        .order = ORDER_SLA + at,
        .charge = row.sla->id,
        .description = row.sla->name,
        .tax_category = row.category,
        .tax_rate = row.rate,
        .tax_parts = contract_tax_parts(settlement->input->contract, row.category,
                                        period->to_us - SECOND_US, arena),
        .exact = part.why.exact,
        .amount_minor = row.amount_minor,
        .divisor = 1,
        .multiple = 1,
    };
    mpq_clear(exact);
    if (!done)
        return false;
    settle_append(settlement->own, &charge, &part, 1, arena);
    settlement->slas[settlement->sla_count++] = row;
    return true;
}

static bool credit_month(struct settlement *settlement, size_t at,
                         const struct sla_measure *measure, struct error *err)
{
    const struct history *history = settlement->input->history;
    const struct sla *sla = &settlement->input->contract->money.slas[at];
    size_t month = find_month(history, measure->month);
    struct settled_sla row = {
        .sla = sla, .measure = measure, .percent = percent_of(sla, measure->availability)};

    if (month == history->count || was_credited(history, sla, measure))
        return true;
    if (!check_regions(history, &row, month, err))
        return false;
    for (size_t i = 0; i < history->fact_count; i++) {
        if (!counts(&row, &history->facts[i], month) || !is_first(history, &row, i, month))
            continue;
        row.category = history->facts[i].category;
        row.rate = history->facts[i].rate;
        if (!credit_rate(settlement, at, row, month, err))
            return false;
    }
    return true;
}

static size_t most_rows(const struct settlement *settlement)
{
    const struct contract_money *money = &settlement->input->contract->money;
    size_t most = 0;

    for (size_t i = 0; i < money->sla_count; i++)
        most += money->slas[i].measure_count;
    return most * (settlement->input->contract->tax_count + 1);
}

bool settle_slas(struct settlement *settlement, struct error *err)
{
    const struct contract_money *money = &settlement->input->contract->money;

    settlement->slas =
        arena_array(settlement->input->arena, most_rows(settlement), sizeof *settlement->slas);
    for (size_t i = 0; i < money->sla_count; i++)
        for (size_t k = 0; k < money->slas[i].measure_count; k++)
            if (!credit_month(settlement, i, &money->slas[i].measures[k], err))
                return false;
    return true;
}
