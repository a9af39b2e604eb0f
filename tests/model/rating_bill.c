#include "model/rating_bill.h"

#include "base/instant.h"
#include "core/canonical.h"
#include "rating/statement.h"
#include "rating/taxed.h"

/* Whether the document of period n has it: a row of usage is one of the job's. */
static bool is_known(const struct rating_job *job, size_t row, size_t n)
{
    const json_t *known =
        json_object_get(json_array_get(json_object_get(job->json, "usage"), row), "known");

    return !known || (size_t)json_integer_value(known) <= n;
}

/* What the book answers for one period to the document of period n. */
static struct rating_usage usage_of(struct rating_job *job, const struct rating_usage *usage,
                                    const struct period *period, size_t n)
{
    struct rating_usage part = *usage;

    part.rows = arena_array(&job->arena, usage->row_count, sizeof *part.rows);
    part.row_count = 0;
    for (size_t i = 0; i < usage->row_count; i++)
        if (usage->rows[i].from_us >= period->from_us && usage->rows[i].from_us < period->to_us &&
            is_known(job, i, n))
            part.rows[part.row_count++] = usage->rows[i];
    return part;
}

static bool rate_period(struct rating_job *job, const struct rating_usage *usage,
                        const struct period *period, size_t n, struct rating *out,
                        struct error *err)
{
    struct rating_usage part = usage_of(job, usage, period, n);

    return rate(&job->contract, job->plans, job->plan_count, period, &part, &job->arena, out, err);
}

/* What document n says of an earlier one. */
static bool adjust(struct rating_job *job, const struct rating_usage *usage,
                   const struct history *history, size_t earlier, struct rating_adjustment *out,
                   struct error *err)
{
    const struct history_document *original = &history->documents[earlier];
    struct taxed_list taxed = {.arena = &job->arena};
    struct rating now;
    struct rating then;

    *out =
        (struct rating_adjustment){.difference = arena_alloc(&job->arena, sizeof *out->difference),
                                   .original = original->number,
                                   .original_hash = original->hash};
    if (!rate_period(job, usage, &original->period, history->count, &now, err) ||
        !rate_period(job, usage, &original->period, history->count - 1, &then, err) ||
        !rating_difference(&now, &then, &job->arena, out->difference, err))
        return false;
    for (size_t i = earlier; i < history->count; i++)
        if (!taxed_add(&taxed, history->documents[i].json, original->number, i == earlier, err))
            return false;
    out->taxed_count = taxed.count;
    out->taxed = taxed.items;
    return true;
}

static void name_document(const struct rating_job *job, const struct period *period,
                          json_t *document)
{
    char texts[2][INSTANT_TEXT_SIZE];

    json_object_set_new(document, "number", json_string(period->label));
    json_object_set_new(document, "contract", json_pack("{s:s}", "id", job->contract.id));
    json_object_set_new(document, "period",
                        json_pack("{s:s,s:s,s:s}", "label", period->label, "from",
                                  instant_format(period->from_us, texts[0]), "to",
                                  instant_format(period->to_us, texts[1])));
}

static bool bill_period(struct rating_job *job, const struct rating_usage *usage, const char *label,
                        struct history *history, json_t *document, struct error *err)
{
    struct rating_adjustment *adjustments =
        arena_array(&job->arena, history->count + 1, sizeof *adjustments);
    size_t count = 0;
    struct rating_totals totals;
    struct rating rating;
    struct period period;
    const struct settle_input input = {.contract = &job->contract,
                                       .plan_count = job->plan_count,
                                       .plans = job->plans,
                                       .history = history,
                                       .tenant = job->contract.tenant,
                                       .arena = &job->arena};

    if (!contract_period(&job->contract, label, &period, err))
        return false;
    for (size_t i = 0; i < history->count; i++) {
        if (!adjust(job, usage, history, i, &adjustments[count], err))
            return false;
        count += adjustments[count].difference->line_count > 0;
    }
    if (!rate_period(job, usage, &period, history->count, &rating, err) ||
        !statement_settled(&input, &rating, adjustments, count, document, &totals, err))
        return false;
    name_document(job, &period, document);
    return history_add(history, &job->contract, document, &job->contract.hash, err);
}

bool rating_job_bill(struct rating_job *job, const struct rating_usage *usage, json_t **out,
                     struct error *err)
{
    const json_t *labels = json_object_get(job->json, "periods");
    struct history CLEANUP(history_release) history;
    CLEANUP(json_release) json_t *documents = json_array();
    const json_t *label;
    size_t i;

    history_init(&history, job->contract.exponent, &job->arena);
    json_array_foreach (labels, i, label) {
        json_t *document = json_object();
        const char *text = json_string_value(label);

        json_array_append_new(documents, document);
        if (!bill_period(job, usage, text ? text : "", &history, document, err))
            return false;
    }
    *out = json_pack("{s:O,s:i}", "documents", documents, "exponent", (int)job->contract.exponent);
    return true;
}
