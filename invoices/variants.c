#include "invoices/variants.h"

#include <stdio.h>
#include <string.h>

#include "invoices/balances.h"
#include "invoices/pooled.h"
#include "invoices/usage.h"
#include "rating/pool.h"
#include "rating/windows.h"

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
    const struct contract *contract; /* that it was read for: whose usage it is */
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

/* --------------------------------------------------------------------------------------- rating */

/* The documents that a contract would have had before the first month, oldest first. */
struct opening {
    const char *contract; /* id */
    int64_t to_us;
    json_t *documents;
};

struct pass {
    struct session *session;
    const struct tenant *tenant;
    uint64_t size;
    struct last_usage last;
    size_t variant_count;
    const struct variant *variants;
    struct balances **balances; /* of each variant's terms */
    struct opening opening;     /* that was asked for last */
    variant_visitor *visit;
    void *context;
};

static void pass_release(struct pass *pass)
{
    last_usage_release(&pass->last);
    json_decref(pass->opening.documents);
    for (size_t i = 0; pass->balances != NULL && i < pass->variant_count; i++)
        for (size_t j = 0; j < pass->variants[i].count; j++)
            balances_release(&pass->balances[i][j]);
}

static void make_balances(struct pass *pass)
{
    struct arena *arena = &pass->session->arena;
    pass->balances = arena_array(arena, pass->variant_count, sizeof(*pass->balances));
    for (size_t i = 0; i < pass->variant_count; i++)
        pass->balances[i] =
            arena_array(arena, pass->variants[i].count + 1, sizeof(struct balances));
}

/* Whether any variant, whose contract may have other periods, asks when something was used. */
static bool need_windows(const struct pass *pass, const struct period *period)
{
    for (size_t i = 0; i < pass->variant_count; i++)
        for (size_t j = 0; j < pass->variants[i].count; j++) {
            const struct variant_terms *terms = &pass->variants[i].terms[j];
            if (rate_needs_windows(terms->contract, terms->plans, terms->plan_count, period))
                return true;
        }
    return false;
}

/* Whether both are of the tenant alone, or of the same pool. */
static bool same_members(const struct contract *a, const struct contract *b)
{
    for (size_t i = 0; a->member_count == b->member_count && i < a->member_count; i++)
        if (strcmp(a->members[i].tenant, b->members[i].tenant) != 0 ||
            a->members[i].from_us != b->members[i].from_us ||
            a->members[i].to_us != b->members[i].to_us)
            return false;
    return a->member_count == b->member_count;
}

static bool read_known(struct pass *pass, const struct contract *contract,
                       const struct period *period, struct error *err)
{
    struct session *session = pass->session;
    struct rating_usage *usage = &pass->last.usage;
    if (contract->member_count > 0)
        return pooled_usage(session, contract, period, pass->size, usage, err);
    if (need_windows(pass, period))
        return known_usage(session, pass->tenant, pass->size, period, usage, err);
    return known_sums(session, pass->tenant, pass->size, period, usage, err);
}

/* In one snapshot. */
static bool read_usage(struct pass *pass, const struct contract *contract,
                       const struct period *period, struct error *err)
{
    struct session *session = pass->session;
    struct last_usage *last = &pass->last;
    if (last->is_read && last->from_us == period->from_us && last->to_us == period->to_us &&
        same_members(last->contract, contract))
        return true;
    last_usage_release(last);
    if (!store_begin_snapshot(session->store, err))
        return false;
    last->is_read = read_known(pass, contract, period, err);
    store_rollback(session->store);
    last->contract = contract;
    last->from_us = period->from_us;
    last->to_us = period->to_us;
    return last->is_read;
}

static bool rate_terms(struct pass *pass, const struct variant_terms *terms,
                       const struct period *period, struct arena *arena, struct rating *out,
                       struct error *err)
{
    return read_usage(pass, terms->contract, period, err) &&
           rate(terms->contract, terms->plans, terms->plan_count, period, &pass->last.usage, arena,
                out, err);
}

/* The contract as it is; what is new has no other past than its own. */
static const struct variant_terms *terms_before(const struct pass *pass,
                                                const struct variant_terms *terms)
{
    const struct variant *as_is = &pass->variants[0];
    for (size_t i = 0; i < as_is->count; i++)
        if (strcmp(as_is->terms[i].contract->id, terms->contract->id) == 0)
            return &as_is->terms[i];
    return terms;
}

static bool add_earlier(struct pass *pass, const struct variant_terms *terms,
                        const struct period *period, struct balances *balances, struct error *err)
{
    struct arena CLEANUP(arena_release) arena;
    struct rating rating;
    json_t *document;
    arena_init(&arena);
    if (!rate_terms(pass, terms, period, &arena, &rating, err) ||
        !balances_settle(balances, terms, pass->tenant->id, &arena, &rating, &document, err))
        return error_prefix(err, "period %s: ", period->label);
    json_array_append_new(pass->opening.documents, document);
    return true;
}

static bool make_opening(struct pass *pass, const struct variant_terms *terms, int64_t to_us,
                         struct error *err)
{
    struct balances CLEANUP(balances_release) balances = {0};
    struct opening *opening = &pass->opening;
    struct period period;
    if (opening->contract != NULL && opening->to_us == to_us &&
        strcmp(opening->contract, terms->contract->id) == 0)
        return true;
    json_decref(opening->documents);
    *opening = (struct opening){.to_us = to_us, .documents = json_array()};
    for (int64_t at_us = terms->contract->from_us; at_us < to_us; at_us = period.to_us)
        if (!contract_period_at(terms->contract, at_us, &period, err) ||
            (!balances.is_open && !balances_open(&balances, terms->contract, &period, NULL,
                                                 &pass->session->arena, err)) ||
            !add_earlier(pass, terms, &period, &balances, err))
            return false;
    opening->contract = terms->contract->id;
    return true;
}

/* Before the month itself is read, whose usage is what was read last. */
static bool open_balances(struct pass *pass, const struct variant_terms *terms,
                          const struct period *period, struct balances *balances, struct error *err)
{
    return balances->is_open || !contract_has_money(terms->contract) ||
           (make_opening(pass, terms_before(pass, terms), period->from_us, err) &&
            balances_open(balances, terms->contract, period, pass->opening.documents,
                          &pass->session->arena, err));
}

/* In an arena of its own: a rating is looked at once. */
static bool rate_part(struct pass *pass, size_t variant, size_t at, const struct period *period,
                      struct error *err)
{
    const struct variant_terms *terms = &pass->variants[variant].terms[at];
    struct balances *balances = &pass->balances[variant][at];
    struct arena CLEANUP(arena_release) arena;
    struct rating rating;
    arena_init(&arena);
    return (open_balances(pass, terms, period, balances, err) &&
            rate_terms(pass, terms, period, &arena, &rating, err) &&
            (!balances->is_open ||
             balances_settle(balances, terms, pass->tenant->id, &arena, &rating, NULL, err)) &&
            pass->visit(pass->context, variant, &rating, err)) ||
           error_prefix(err, "contract %s, period %s: ", terms->contract->id, period->label);
}

/* Of a pool the payer's rating is all members'. */
static bool is_rated_there(const struct pass *pass, const struct variant *variant,
                           const struct contract *contract, const struct period *period)
{
    if (contract->member_count > 0)
        return strcmp(contract->tenant, pass->tenant->id) != 0;
    for (size_t i = 1; variant->pool != NULL && i < variant->pool->member_count; i++)
        if (strcmp(variant->pool->members[i].tenant, pass->tenant->id) == 0 &&
            pool_has(&variant->pool->members[i], period))
            return true;
    return false;
}

static bool rate_month(struct pass *pass, const char *label, size_t variant, struct error *err)
{
    for (size_t i = 0; i < pass->variants[variant].count; i++) {
        struct period period;
        const struct contract *contract = pass->variants[variant].terms[i].contract;
        if (!contract_period(contract, label, &period, err)) {
            if (err->code != ERROR_NOT_FOUND)
                return false;
        } else if (!is_rated_there(pass, &pass->variants[variant], contract, &period) &&
                   !rate_part(pass, variant, i, &period, err)) {
            return false;
        }
    }
    return true;
}

bool variants_rate(struct session *session, const struct tenant *tenant, uint64_t size,
                   const struct month_range *months, const struct variant *variants, size_t count,
                   variant_visitor *visit, void *context, struct error *err)
{
    struct pass CLEANUP(pass_release) pass = {.session = session,
                                              .tenant = tenant,
                                              .size = size,
                                              .variant_count = count,
                                              .variants = variants,
                                              .visit = visit,
                                              .context = context};
    char label[PERIOD_LABEL_SIZE];
    make_balances(&pass);
    for (int month = months->first; month <= months->last; month++) {
        month_label(month, label);
        for (size_t i = 0; i < count; i++)
            if (!rate_month(&pass, label, i, err))
                return false;
    }
    return true;
}
