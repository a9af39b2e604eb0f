/*
 * Commitments, credits, service levels and other currencies: read from a contract.
 */
#include "rating/contract_money.h"

#include <string.h>

#include "base/instant.h"
#include "core/money.h"
#include "rating/contract.h"
#include "rating/field.h"

#define ZERO ((struct decimal){0, 0})
#define ONE ((struct decimal){1, 0})
#define MINUTES_OF_DAY (24 * 60)

static void read_scope(const struct reader *reader, struct money_scope *out)
{
    out->ids = reader_texts(reader, "charges", &out->count);
}

/* ------------------------------------------------------------------------------- commitments */

static bool read_interval(const struct reader *reader, struct commitment *out, struct error *err)
{
    const char *word = reader_text(reader, "interval", NULL);
    struct reader interval = reader_member(reader, "interval");
    struct reader time = word ? *reader : reader_member(&interval, "time_of_day");

    out->period_count = 1;
    if (word)
        out->interval = strcmp(word, "contract") == 0 ? INTERVAL_CONTRACT : INTERVAL_PERIODS;
    else if (reader_integer(&interval, "months", 0) > 0)
        out->period_count = (unsigned)reader_integer(&interval, "months", 1);
    else if (reader_integer(&interval, "hours", 0) > 0) {
        out->interval = INTERVAL_HOURS;
        out->length_us = reader_integer(&interval, "hours", 1) * HOUR_US;
    } else {
        out->interval = INTERVAL_TIME_OF_DAY;
        return reader_minute(&time, "from", &out->from_minute, err) &&
               reader_minute(&time, "to", &out->to_minute, err);
    }
    return true;
}

static bool read_steps(const struct reader *reader, struct commitment *out, struct error *err)
{
    out->step_count = reader_count(reader, "steps");
    out->steps = arena_array(reader->arena, out->step_count, sizeof *out->steps);
    for (size_t i = 0; i < out->step_count; i++) {
        struct reader item = reader_item(reader, "steps", i);

        if (!reader_instant(&item, "from", 0, &out->steps[i].from_us, err) ||
            !reader_amount(&item, "amount", ZERO, &out->steps[i].amount, err))
            return false;
    }
    return true;
}

static bool read_commitment(const struct reader *reader, struct commitment *out, struct error *err)
{
    struct reader rollover = reader_member(reader, "rollover");

    out->id = reader_text(reader, "id", "");
    out->name = reader_text(reader, "name", out->id);
    out->is_quantity = reader_text(reader, "quantity", NULL) != NULL;
    out->true_up = reader_flag(reader, "true_up", true);
    out->every = reader_flag(reader, "every", true);
    out->settle_at_step = reader_flag(reader, "settle_at_step", false);
    out->rollover_intervals = (unsigned)reader_integer(&rollover, "intervals", 0);
    out->tax_category = reader_text(reader, "tax_category", "standard");
    read_scope(reader, &out->scope);
    return read_interval(reader, out, err) &&
           reader_amount(reader, out->is_quantity ? "quantity" : "amount", ZERO, &out->amount,
                         err) &&
           reader_amount(reader, "unit_price", ZERO, &out->unit_price, err) &&
           reader_amount(reader, "overage_factor", ONE, &out->overage_factor, err) &&
           reader_instant(reader, "from", 0, &out->from_us, err) &&
           reader_instant(reader, "to", INSTANT_MAX, &out->to_us, err) &&
           read_steps(reader, out, err);
}

static bool read_commitments(const struct reader *reader, struct contract_money *money,
                             struct error *err)
{
    size_t count = reader_count(reader, "commitments");

    money->commitments = arena_array(reader->arena, count, sizeof *money->commitments);
    money->commitment_count = count;
    for (size_t i = 0; i < count; i++) {
        struct reader item = reader_item(reader, "commitments", i);

        if (!read_commitment(&item, &money->commitments[i], err))
            return false;
    }
    return true;
}

/* ------------------------------------------------------------------------------------ credits */

static bool read_minor(const struct reader *reader, const char *name, unsigned exponent,
                       int128 *out, struct error *err)
{
    struct decimal amount;

    if (!reader_amount(reader, name, ZERO, &amount, err))
        return false;
    int128 minor = amount.coefficient * number_power10(exponent);
    int128 power = number_power10(amount.scale);
    if (minor % power != 0)
        return reader_refuse(reader, name, err, "a credit has at most %u decimals", exponent);
    if (minor / power > number_power10(FLAT_MINOR_MAX_POWER))
        return reader_refuse(reader, name, err, "a credit is at most 10^%d minor units",
                             FLAT_MINOR_MAX_POWER);
    *out = minor / power;
    return *out > 0 || reader_refuse(reader, name, err, "a credit is more than nothing");
}

static bool read_grant(const struct reader *reader, unsigned exponent, struct credit_grant *out,
                       struct error *err)
{
    out->id = reader_text(reader, "id", "");
    out->name = reader_text(reader, "name", out->id);
    out->priority = (int)reader_integer(reader, "priority", 0);
    out->is_promotional = strcmp(reader_text(reader, "kind", ""), "promotional") == 0;
    out->is_after_tax = strcmp(reader_text(reader, "apply", ""), "after_tax") == 0;
    read_scope(reader, &out->scope);
    return read_minor(reader, "amount", exponent, &out->amount_minor, err) &&
           reader_instant(reader, "from", 0, &out->from_us, err) &&
           reader_instant(reader, "expires", INSTANT_MAX, &out->expires_us, err);
}

static bool read_grants(const struct reader *reader, struct contract *contract, struct error *err)
{
    struct contract_money *money = &contract->money;
    size_t count = reader_count(reader, "credits");
    unsigned exponent = 0;

    if (count > 0 && !money_exponent(contract->currency, &exponent, err))
        return error_prefix(err, "%s: /currency: ", reader->what);
    money->grants = arena_array(reader->arena, count, sizeof *money->grants);
    money->grant_count = count;
    for (size_t i = 0; i < count; i++) {
        struct reader item = reader_item(reader, "credits", i);

        if (!read_grant(&item, exponent, &money->grants[i], err))
            return false;
    }
    return true;
}

/* ----------------------------------------------------------------------------- service levels */

static bool read_sla(const struct reader *reader, struct sla *out, struct error *err)
{
    out->id = reader_text(reader, "id", "");
    out->name = reader_text(reader, "name", out->id);
    read_scope(reader, &out->scope);
    out->band_count = reader_count(reader, "bands");
    out->bands = arena_array(reader->arena, out->band_count, sizeof *out->bands);
    out->measure_count = reader_count(reader, "measured");
    out->measures = arena_array(reader->arena, out->measure_count, sizeof *out->measures);
    for (size_t i = 0; i < out->band_count; i++) {
        struct reader item = reader_item(reader, "bands", i);

        if (!reader_amount(&item, "below", ZERO, &out->bands[i].below, err) ||
            !reader_amount(&item, "percent", ZERO, &out->bands[i].percent, err))
            return false;
    }
    for (size_t i = 0; i < out->measure_count; i++) {
        struct reader item = reader_item(reader, "measured", i);

        out->measures[i].month = reader_text(&item, "month", "");
        out->measures[i].region = reader_text(&item, "region", NULL);
        if (!reader_amount(&item, "availability", ZERO, &out->measures[i].availability, err))
            return false;
    }
    return true;
}

static bool read_slas(const struct reader *reader, struct contract_money *money, struct error *err)
{
    size_t count = reader_count(reader, "sla");

    money->slas = arena_array(reader->arena, count, sizeof *money->slas);
    money->sla_count = count;
    for (size_t i = 0; i < count; i++) {
        struct reader item = reader_item(reader, "sla", i);

        if (!read_sla(&item, &money->slas[i], err))
            return false;
    }
    return true;
}

/* ----------------------------------------------------------------------------- other currency */

static bool read_fx_rates(const struct reader *reader, struct fx *fx, struct error *err)
{
    fx->rate_count = reader_count(reader, "rates");
    fx->rates = arena_array(reader->arena, fx->rate_count, sizeof *fx->rates);
    for (size_t i = 0; i < fx->rate_count; i++) {
        struct reader item = reader_item(reader, "rates", i);
        struct civil day;

        if (!civil_parse_date(reader_text(&item, "date", ""), "date", &day, err) ||
            !reader_amount(&item, "rate", ZERO, &fx->rates[i].rate, err))
            return error_prefix(err, "%s: %s: ", reader->what, item.path);
        fx->rates[i].day = civil_days(day.year, day.month, day.day);
        if (fx->rates[i].rate.coefficient == 0)
            return reader_refuse(&item, "rate", err, "a rate is above zero");
        if (i > 0 && fx->rates[i].day <= fx->rates[i - 1].day)
            return reader_refuse(&item, "date", err, "rates stand in the order of their days");
    }
    return true;
}

static bool read_fx(const struct reader *reader, struct contract_money *money, struct error *err)
{
    struct reader member = reader_member(reader, "fx");

    if (!member.object)
        return true;
    struct fx *fx = arena_alloc(reader->arena, sizeof *fx);
    *fx = (struct fx){.currency = reader_text(&member, "currency", ""),
                      .source = reader_text(&member, "source", ""),
                      .decimals = (unsigned)reader_integer(&member, "decimals", 2)};
    money->fx = fx;
    return read_fx_rates(&member, fx, err);
}

bool contract_money_read(const struct reader *reader, struct contract *contract, struct error *err)
{
    return read_commitments(reader, &contract->money, err) && read_grants(reader, contract, err) &&
           read_slas(reader, &contract->money, err) && read_fx(reader, &contract->money, err);
}

bool contract_has_money(const struct contract *contract)
{
    const struct contract_money *money = &contract->money;

    return money->commitment_count > 0 || money->grant_count > 0 || money->sla_count > 0 ||
           money->fx != NULL;
}

bool scope_holds(const struct money_scope *scope, const char *charge)
{
    for (size_t i = 0; i < scope->count; i++)
        if (strcmp(scope->ids[i], charge) == 0)
            return true;
    return scope->count == 0;
}

/* ------------------------------------------------------------------------- intervals and cuts */

bool commitment_is_short(const struct commitment *commitment)
{
    return commitment->interval == INTERVAL_HOURS || commitment->interval == INTERVAL_TIME_OF_DAY;
}

/* The window of the local day that is so many days after the one that holds the instant. */
static void window_of_day(const struct commitment *commitment, int64_t at_us, int days_after,
                          int64_t *out_from_us, int64_t *out_to_us)
{
    struct civil local = zone_local(commitment->zone, at_us);
    int64_t day = civil_days(local.year, local.month, local.day) + days_after;
    int from = commitment->from_minute;
    int to = commitment->to_minute;
    struct civil begin = civil_of_days(day);
    struct civil end = civil_of_days(day + (to <= from));

    begin.hour = from / 60;
    begin.minute = from % 60;
    end.hour = to / 60;
    end.minute = to % 60;
    *out_from_us = zone_instant(commitment->zone, begin);
    *out_to_us = zone_instant(commitment->zone, end);
}

static void short_interval(const struct commitment *commitment, int64_t at_us, int64_t *out_from_us,
                           int64_t *out_to_us)
{
    if (commitment->interval == INTERVAL_HOURS) {
        int64_t n = (at_us - commitment->from_us) / commitment->length_us;

        *out_from_us = commitment->from_us + n * commitment->length_us;
        *out_to_us = *out_from_us + commitment->length_us;
        return;
    }
    for (int days_after = -1; days_after <= 1; days_after++) {
        window_of_day(commitment, at_us, days_after, out_from_us, out_to_us);
        if (*out_to_us > at_us)
            return;
    }
}

bool commitment_short_interval(const struct commitment *commitment, int64_t at_us,
                               int64_t *out_from_us, int64_t *out_to_us)
{
    int64_t from_us;
    int64_t to_us;

    if (at_us < commitment->from_us)
        at_us = commitment->from_us;
    if (at_us >= commitment->to_us)
        return false;
    short_interval(commitment, at_us, &from_us, &to_us);
    if (from_us >= commitment->to_us)
        return false;
    *out_from_us = from_us < commitment->from_us ? commitment->from_us : from_us;
    *out_to_us = to_us > commitment->to_us ? commitment->to_us : to_us;
    return true;
}

static void take_earlier(int64_t border_us, int64_t after_us, int64_t *next_us)
{
    if (border_us > after_us && border_us < *next_us)
        *next_us = border_us;
}

int64_t contract_money_cut(const struct contract *contract, int64_t after_us)
{
    const struct contract_money *money = &contract->money;
    int64_t next_us = INSTANT_MAX;

    for (size_t i = 0; i < money->grant_count; i++) {
        take_earlier(money->grants[i].from_us, after_us, &next_us);
        take_earlier(money->grants[i].expires_us, after_us, &next_us);
    }
    for (size_t i = 0; i < money->commitment_count; i++) {
        int64_t from_us;
        int64_t to_us;

        if (!commitment_is_short(&money->commitments[i]) ||
            !commitment_short_interval(&money->commitments[i], after_us, &from_us, &to_us))
            continue;
        take_earlier(from_us, after_us, &next_us);
        take_earlier(to_us, after_us, &next_us);
    }
    return next_us;
}
