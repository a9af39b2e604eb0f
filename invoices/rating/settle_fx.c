/*
 * Rounded money in another currency, never prices: each (category, rate)'s net and tax is converted
 * and rounded once; totals are sums of these. An adjustment's part takes its original's rate.
 */
#include <string.h>

#include "base/instant.h"
#include "core/canonical.h"
#include "rating/fragment.h"
#include "rating/schedule.h"
#include "rating/settle.h"

/* Sums in the other currency, at its decimals. */
struct converted {
    int128 net;
    int128 tax;
};

static const struct fx_rate *rate_of_day(const struct fx *fx, int64_t day)
{
    const struct fx_rate *found = NULL;

    for (size_t i = 0; i < fx->rate_count && fx->rates[i].day <= day; i++)
        found = &fx->rates[i];
    return found;
}

/* The local day of the period's last second, which its close knows already. */
static int64_t last_day(const struct settlement *settlement)
{
    struct civil local =
        zone_local(settlement->input->contract->zone, settlement->own->period.to_us - SECOND_US);

    return civil_days(local.year, local.month, local.day);
}

static bool convert(const struct settlement *settlement, int128 minor, struct decimal rate,
                    int128 *out, struct error *err)
{
    const struct fx *fx = settlement->input->contract->money.fx;
    mpq_t amount;
    mpq_t factor;

    mpq_inits(amount, factor, NULL);
    ratio_set(amount, minor, number_power10(settlement->own->exponent));
    ratio_set_decimal(factor, rate);
    mpq_mul(amount, amount, factor);
    bool done = ratio_round(amount, fx->decimals, "fx", out, err);
    mpq_clears(amount, factor, NULL);
    return done;
}

static bool add_converted(const struct settlement *settlement, int128 net, int128 tax,
                          struct decimal rate, struct converted *sum, struct error *err)
{
    struct converted part;

    if (!convert(settlement, net, rate, &part.net, err) ||
        !convert(settlement, tax, rate, &part.tax, err))
        return false;
    sum->net += part.net;
    sum->tax += part.tax;
    return true;
}

/* The rate that an earlier document states; its own where it stated one of this currency. */
static bool original_rate(const struct settlement *settlement, const struct settle_section *section,
                          struct decimal *rate, struct error *err)
{
    const struct fx *fx = settlement->input->contract->money.fx;
    const json_t *document = settlement->input->history->documents[section->period].json;
    const json_t *stated = json_object_get(json_object_get(document, "settlement"), "fx");
    const char *currency = json_string_value(json_object_get(stated, "currency"));
    const char *text = json_string_value(json_object_get(stated, "rate"));

    if (!currency || !text || strcmp(currency, fx->currency) != 0)
        return true;
    return decimal_parse(text, strlen(text), "rate", rate, err);
}

static bool convert_all(const struct settlement *settlement, struct decimal rate,
                        struct converted *sum, struct error *err)
{
    struct rating_totals own;

    if (!rating_totals(settlement->own, NULL, 0, settlement->input->arena, &own, err))
        return false;
    for (size_t i = 0; i < own.tax_count; i++)
        if (!add_converted(settlement, own.taxes[i].net_minor, own.taxes[i].tax_minor, rate, sum,
                           err))
            return false;
    for (size_t s = 0; s < settlement->section_count; s++) {
        const struct rating_difference *difference = settlement->sections[s].adjustment->difference;
        struct decimal original = rate;

        if (!original_rate(settlement, &settlement->sections[s], &original, err))
            return false;
        for (size_t i = 0; i < difference->tax_count; i++)
            if (!add_converted(settlement, difference->taxes[i].net_minor,
                               difference->taxes[i].tax_minor, original, sum, err))
                return false;
    }
    return true;
}

static void set_amount(json_t *object, const char *name, int128 amount, unsigned decimals)
{
    char text[DECIMAL_TEXT_SIZE];

    json_set_text(object, name, decimal_format(amount, decimals, text));
}

bool settle_fx_json(const struct settlement *settlement, const struct rating_totals *totals,
                    json_t *out, struct error *err)
{
    const struct fx *fx = settlement->input->contract->money.fx;
    struct converted sum = {0};
    int128 paid = 0;
    char text[DECIMAL_TEXT_SIZE];
    char date[16];

    (void)totals;
    if (!fx)
        return true;
    const struct fx_rate *rate = rate_of_day(fx, last_day(settlement));
    if (!rate)
        return error_set(
            err, ERROR_INPUT,
            "contract %s: /fx/rates: there is none at or before the last day of the period",
            settlement->input->contract->id);
    if (!convert_all(settlement, rate->rate, &sum, err) ||
        !convert(settlement, settlement->paid_minor, rate->rate, &paid, err))
        return false;
    json_t *object = json_object();
    struct civil day = civil_of_days(rate->day);
    snprintf(date, sizeof date, "%04u-%02u-%02u", (unsigned)day.year % 10000u,
             (unsigned)day.month % 100u, (unsigned)day.day % 100u);
    json_set_text(object, "currency", fx->currency);
    json_set_text(object, "source", fx->source);
    json_set_text(object, "date", date);
    json_set_text(object, "rate", decimal_format_short(rate->rate, text));
    json_object_set_new(object, "decimals", json_integer((json_int_t)fx->decimals));
    set_amount(object, "net", sum.net, fx->decimals);
    set_amount(object, "tax", sum.tax, fx->decimals);
    set_amount(object, "total", sum.net + sum.tax, fx->decimals);
    set_amount(object, "payable", sum.net + sum.tax - paid, fx->decimals);
    json_object_set_new(out, "fx", object);
    return true;
}
