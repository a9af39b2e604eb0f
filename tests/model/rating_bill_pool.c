#include "model/rating_bill_pool.h"

#include <string.h>

#include "base/instant.h"
#include "core/canonical.h"
#include "rating/pool.h"
#include "rating/statement.h"
#include "rating/taxed.h"

/* A member's documents so far. */
struct books {
    struct rating_job *job;
    const struct rating_usage *usage;
    size_t count;
    struct history *own; /* by member, the payer first */
    struct history pool; /* the payer's, with the pool's facts */
    size_t n;            /* the document that is made, from 0 */
};

static size_t known_of(const struct books *books, size_t row)
{
    const json_t *usage = json_object_get(books->job->json, "usage");

    return (size_t)json_integer_value(json_object_get(json_array_get(usage, row), "known"));
}

static const char *tenant_of(const struct books *books, size_t row)
{
    return rating_job_text(json_array_get(json_object_get(books->job->json, "usage"), row),
                           "tenant");
}

static bool is_in(const struct usage_row *row, const struct period *period)
{
    return row->from_us >= period->from_us && row->from_us < period->to_us;
}

/* With what documents before this one knew, and of what comes with it the first `rows`. */
static bool rate_until(const struct books *books, const struct period *period, size_t rows,
                       struct rating *out, struct error *err)
{
    struct rating_job *job = books->job;
    struct rating_usage part = *books->usage;

    part.rows = arena_array(&job->arena, part.row_count + 1, sizeof *part.rows);
    part.row_count = 0;
    for (size_t i = 0; i < books->usage->row_count; i++)
        if (is_in(&books->usage->rows[i], period) &&
            (known_of(books, i) < books->n || (known_of(books, i) == books->n && i < rows)))
            part.rows[part.row_count++] = books->usage->rows[i];
    return rate(&job->contract, job->plans, job->plan_count, period, &part, &job->arena, out, err);
}

/* Steps of a member's late rows, as they arrived. */
static bool difference_of(const struct books *books, const char *tenant,
                          const struct period *period, struct rating_difference *out,
                          struct error *err)
{
    struct rating_job *job = books->job;
    struct rating then = {
        .currency = job->contract.currency, .exponent = job->contract.exponent, .period = *period};
    struct rating now = then;
    struct rating *pool = arena_alloc(&job->arena, sizeof *pool);

    for (size_t i = 0; i < books->usage->row_count; i++) {
        struct rating before;
        struct rating after;

        if (known_of(books, i) != books->n || !is_in(&books->usage->rows[i], period) ||
            strcmp(tenant_of(books, i), tenant) != 0)
            continue;
        if (!rate_until(books, period, i, &before, err) ||
            !rate_until(books, period, i + 1, &after, err))
            return false;
        rating_add_charges(&then, &before, &job->arena);
        rating_add_charges(&now, &after, &job->arena);
    }
    if (!rating_difference(&now, &then, &job->arena, out, err) ||
        !rate_until(books, period, books->usage->row_count, pool, err))
        return false;
    out->now = pool;
    return true;
}

static bool adjust(const struct books *books, size_t member, size_t earlier,
                   struct rating_adjustment *out, struct error *err)
{
    struct arena *arena = &books->job->arena;
    const struct history *history = &books->own[member];
    const struct history_document *original = &history->documents[earlier];
    struct taxed_list taxed = {.arena = arena};

    *out = (struct rating_adjustment){.difference = arena_alloc(arena, sizeof *out->difference),
                                      .original = original->number,
                                      .original_hash = original->hash};
    for (size_t i = earlier; i < history->count; i++)
        if (!taxed_add(&taxed, history->documents[i].json, original->number, i == earlier, err))
            return false;
    out->taxed_count = taxed.count;
    out->taxed = taxed.items;
    return difference_of(books, books->job->contract.members[member].tenant, &original->period,
                         out->difference, err);
}

/* The members that take part, each with its late usage. */
static bool open_parties(const struct books *books, const struct period *period,
                         const struct rating *rating, const struct settle_input *pool,
                         struct settle_party *parties, size_t *out_count, struct error *err)
{
    const struct contract *contract = &books->job->contract;
    struct arena *arena = &books->job->arena;

    *out_count = 0;
    for (size_t m = 0; m < books->count; m++) {
        struct settle_party *party = &parties[*out_count];
        const struct history *history = &books->own[m];

        if (!pool_has(&contract->members[m], period))
            continue;
        *party =
            (struct settle_party){.input = *pool, .own = arena_alloc(arena, sizeof *party->own)};
        party->input.tenant = contract->members[m].tenant;
        party->input.history = history;
        party->adjustments = arena_array(arena, history->count + 1, sizeof *party->adjustments);
        for (size_t i = 0; i < history->count; i++) {
            if (!adjust(books, m, i, &party->adjustments[party->count], err))
                return false;
            party->count += party->adjustments[party->count].difference->line_count > 0;
        }
        (*out_count)++;
        if (!pool_rating_of(contract, rating, party->input.tenant, arena, party->own, err))
            return false;
    }
    return true;
}

static json_t *named(const struct books *books, const char *tenant, const struct period *period)
{
    char texts[2][INSTANT_TEXT_SIZE];

    return json_pack(
        "{s:o,s:{s:s},s:{s:s,s:s,s:s}}", "number", json_sprintf("%s/%s", period->label, tenant),
        "contract", "id", books->job->contract.id, "period", "label", period->label, "from",
        instant_format(period->from_us, texts[0]), "to", instant_format(period->to_us, texts[1]));
}

static size_t member_of(const struct books *books, const char *tenant)
{
    size_t at = 0;

    while (strcmp(books->job->contract.members[at].tenant, tenant) != 0)
        at++;
    return at;
}

/* The histories grow after all documents are made. */
static bool add_documents(struct books *books, const json_t *documents, struct error *err)
{
    const struct contract *contract = &books->job->contract;
    const char *tenant;
    json_t *document;

    json_object_foreach ((json_t *)documents, tenant, document) {
        size_t at = member_of(books, tenant);

        if (!history_add(&books->own[at], contract, document, &contract->hash, err) ||
            (at == 0 && !history_add(&books->pool, contract, document, &contract->hash, err)))
            return false;
    }
    return true;
}

static bool bill_period(struct books *books, const char *label, json_t *documents,
                        struct error *err)
{
    struct rating_job *job = books->job;
    struct settle_party *parties = arena_array(&job->arena, books->count, sizeof *parties);
    const struct settle_input pool = {.contract = &job->contract,
                                      .plan_count = job->plan_count,
                                      .plans = job->plans,
                                      .history = &books->pool,
                                      .tenant = job->contract.tenant,
                                      .arena = &job->arena};
    struct rating *rating = arena_alloc(&job->arena, sizeof *rating);
    struct rating_totals totals;
    struct period period;
    size_t count = 0;

    if (!contract_period(&job->contract, label, &period, err) ||
        !rate_until(books, &period, books->usage->row_count, rating, err))
        return false;
    bool good = open_parties(books, &period, rating, &pool, parties, &count, err) &&
                settle_pool(&pool, rating, parties, count, err);
    for (size_t i = 0; i < count && good; i++) {
        json_t *document = named(books, parties[i].input.tenant, &period);

        json_object_set_new(documents, parties[i].input.tenant, document);
        good = statement_pooled(&parties[i], document, &totals, err);
    }
    for (size_t i = 0; i < count; i++)
        settlement_release(&parties[i].settlement);
    return good && add_documents(books, documents, err);
}

static bool bill_all(struct books *books, json_t *months, struct error *err)
{
    const json_t *label;
    size_t i;

    json_array_foreach (json_object_get(books->job->json, "periods"), i, label) {
        json_t *documents = json_object();
        const char *text = json_string_value(label);

        json_array_append_new(months, documents);
        books->n = i;
        if (!bill_period(books, text ? text : "", documents, err))
            return false;
    }
    return true;
}

bool rating_job_bill_pool(struct rating_job *job, const struct rating_usage *usage, json_t **out,
                          struct error *err)
{
    struct books books = {.job = job, .usage = usage, .count = job->contract.member_count};
    CLEANUP(json_release) json_t *months = json_array();

    books.own = arena_array(&job->arena, books.count, sizeof *books.own);
    for (size_t m = 0; m < books.count; m++)
        history_init(&books.own[m], job->contract.exponent, &job->arena);
    history_init(&books.pool, job->contract.exponent, &job->arena);
    books.pool.is_pools = true;
    bool good = bill_all(&books, months, err);
    for (size_t m = 0; m < books.count; m++)
        history_release(&books.own[m]);
    history_release(&books.pool);
    *out =
        good ? json_pack("{s:O,s:i}", "documents", months, "exponent", (int)job->contract.exponent)
             : NULL;
    return good;
}
