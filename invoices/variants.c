#include "invoices/variants.h"

#include <stdio.h>
#include <string.h>

#include "invoices/usage.h"

/* -------------------------------------------------------------------------------------- months */

static bool parse_month(const char *text, size_t size, int *out)
{
    static const char form[] = "0000-00";
    if (size != sizeof(form) - 1)
        return false;
    for (size_t i = 0; i < size; i++)
        if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return false;
    int year =
        (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + text[3] - '0';
    int month = (text[5] - '0') * 10 + text[6] - '0';
    *out = year * 12 + month - 1;
    return year > 0 && month >= 1 && month <= 12;
}

bool months_parse(const char *text, struct month_range *out, struct error *err)
{
    const char *dots = strstr(text, "..");
    size_t size = dots != NULL ? (size_t)(dots - text) : strlen(text);
    const char *last = dots != NULL ? dots + 2 : text;
    struct month_range range;
    if (!parse_month(text, size, &range.first) || !parse_month(last, strlen(last), &range.last) ||
        range.last < range.first)
        return error_set(err, ERROR_INPUT, "period '%s': say months, as in 2026-07..2026-09", text);
    if (range.last - range.first >= MONTHS_MAX)
        return error_set(err, ERROR_INPUT, "period '%s': at most %d months at once", text,
                         MONTHS_MAX);
    *out = range;
    return true;
}

static void month_label(int month, char out[PERIOD_LABEL_SIZE])
{
    snprintf(out, PERIOD_LABEL_SIZE, "%04u-%02u", (unsigned)month / 12 % 10000,
             (unsigned)month % 12 + 1);
}

/* ---------------------------------------------------------------------------------------- usage */

/* The usage of the period that was read last. */
struct last_usage {
    bool is_read;
    int64_t from_us;
    int64_t to_us;
    struct rating_usage usage;
};

static void last_usage_release(struct last_usage *last)
{
    if (last->is_read)
        usage_release(&last->usage);
    last->is_read = false;
}

static bool read_usage(struct session *session, const struct tenant *tenant, uint64_t size,
                       const struct period *period, struct last_usage *last, struct error *err)
{
    if (last->is_read && last->from_us == period->from_us && last->to_us == period->to_us)
        return true;
    last_usage_release(last);
    if (!store_begin_snapshot(session->store, err))
        return false;
    last->is_read = known_usage(session, tenant, size, period, &last->usage, err);
    store_rollback(session->store);
    last->from_us = period->from_us;
    last->to_us = period->to_us;
    return last->is_read;
}

/* --------------------------------------------------------------------------------------- rating */

struct pass {
    struct session *session;
    const struct tenant *tenant;
    uint64_t size;
    struct last_usage last;
    variant_visitor *visit;
    void *context;
};

static void pass_release(struct pass *pass)
{
    last_usage_release(&pass->last);
}

/* In an arena of its own: a rating is looked at once. */
static bool rate_part(struct pass *pass, size_t variant, const struct variant_terms *terms,
                      const struct period *period, struct error *err)
{
    struct arena CLEANUP(arena_release) arena;
    struct rating rating;
    arena_init(&arena);
    return (read_usage(pass->session, pass->tenant, pass->size, period, &pass->last, err) &&
            rate(terms->contract, terms->plans, terms->plan_count, period, &pass->last.usage,
                 &arena, &rating, err) &&
            pass->visit(pass->context, variant, &rating, err)) ||
           error_prefix(err, "contract %s, period %s: ", terms->contract->id, period->label);
}

static bool rate_month(struct pass *pass, const char *label, size_t at,
                       const struct variant *variant, struct error *err)
{
    for (size_t i = 0; i < variant->count; i++) {
        struct period period;
        const struct variant_terms *terms = &variant->terms[i];
        if (!contract_period(terms->contract, label, &period, err)) {
            if (err->code != ERROR_NOT_FOUND)
                return false;
        } else if (!rate_part(pass, at, terms, &period, err)) {
            return false;
        }
    }
    return true;
}

bool variants_rate(struct session *session, const struct tenant *tenant, uint64_t size,
                   const struct month_range *months, const struct variant *variants, size_t count,
                   variant_visitor *visit, void *context, struct error *err)
{
    struct pass CLEANUP(pass_release) pass = {
        .session = session, .tenant = tenant, .size = size, .visit = visit, .context = context};
    char label[PERIOD_LABEL_SIZE];
    for (int month = months->first; month <= months->last; month++) {
        month_label(month, label);
        for (size_t i = 0; i < count; i++)
            if (!rate_month(&pass, label, i, &variants[i], err))
                return false;
    }
    return true;
}
