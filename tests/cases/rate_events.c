/*
 * rate-events: from events to a priced document, by the product's own steps.
 *
 * A job (model/rating_job.h) has a "catalog", "events": [CloudEvents] and maybe "known", how many
 * of them had arrived at the last document. Each event is read, admitted and measured as a line of
 * a file; ingest decides about them in one batch, or in two with "known" between them; its entries
 * are what is rated. The answer has "ingest": how many were accepted and duplicate, and how many
 * entries that made, also "difference" for "known". In a pool each member's events are told apart
 * by their subject, and decided about alone. An event that is refused is an error.
 */
#include <stdlib.h>
#include <string.h>

#include "core/canonical.h"
#include "ingest/decide.h"
#include "model/rating_job.h"

#define SLOT 0    /* of the tenant that a control without a database knows */
#define ANYBODY 1 /* of the same */
#define AS_OF_US ((int64_t)2000000000 * 1000000) /* after every event: the year 2033 */

/* What ingest knows between batches. */
struct intake {
    const char *member;  /* of a pool; NULL: there is none */
    struct arena *arena; /* of the job */
    struct arena scratch;
    struct measure_keys keys;
    struct scope *scope;
    struct item_rules rules;
    struct slot_table table;
    json_t *counts; /* accepted, duplicate, entries */
};

static bool intake_open(struct intake *intake, const char *member, const json_t *catalog,
                        struct arena *arena, struct error *err)
{
    static const unsigned char any_key[32];
    struct catalog *compiled;

    *intake = (struct intake){.member = member, .arena = arena, .keys = measure_keys_of(any_key)};
    if (!catalog_compile(catalog, "catalog", &compiled, err))
        return false;
    struct control *control = control_of_catalog(compiled);
    intake->scope = scope_make(control, any_key);
    control_drop(control);
    intake->rules = (struct item_rules){.scope = intake->scope,
                                        .keys = &intake->keys,
                                        .topic = slice_of(CATALOG_FILE),
                                        .as_of_us = AS_OF_US};
    arena_init(&intake->scratch);
    slot_table_init(&intake->table, SIZE_MAX);
    intake->table.slots[SLOT].is_known = true;
    slot_open_account(&intake->table, ANYBODY, SLOT, STREAM_SEQ_NONE);
    intake->counts = json_object();
    return true;
}

static void intake_close(struct intake *intake)
{
    slot_table_release(&intake->table);
    arena_release(&intake->scratch);
    scope_drop(intake->scope);
}

static void count(struct intake *intake, const char *name, uint64_t more)
{
    json_int_t before = json_integer_value(json_object_get(intake->counts, name));

    json_object_set_new(intake->counts, name, json_integer(before + (json_int_t)more));
}

static bool measure_event_at(struct intake *intake, const json_t *events, size_t index,
                             struct item *item, struct error *err)
{
    char *line = json_dumps(json_array_get(events, index), JSON_COMPACT);
    size_t size = strlen(line);

    *item = (struct item){.record = {.offset = (int64_t)index, .is_file = true}};
    item->record.value = (struct slice){arena_copy(intake->arena, line, size + 1), size};
    free(line);
    item_measure(&intake->rules, item, intake->arena, &intake->scratch);
    return !item->refusal || error_set(err, ERROR_INPUT, "event %zu: %s: %s", index,
                                       refusal_word(item->refusal->reason), item->refusal->detail);
}

/* What slot_need_hours() does where the book has nothing. */
static void need_hour(struct slot_table *table, int32_t event_hour)
{
    struct hour_set *set = hours_find(&table->hours, SLOT, event_hour);

    if (!set)
        set = hours_open(&table->hours, SLOT, event_hour);
    set->complete_step = table->slots[SLOT].step;
    set->in_use = true;
}

/* A window of greatest values is its greatest entry: what one more adds to those that are there. */
static int128 added_by(const struct rating_usage *usage, uint32_t series,
                       const struct decided_entry *entry)
{
    int128 more = entry->quantity;

    if (usage->series[series].series->aggregation != AGGREGATION_MAX)
        return more;
    for (size_t i = 0; i < usage->row_count; i++)
        if (usage->rows[i].series == series && usage->rows[i].from_us == entry->window.from_us)
            more -= usage->rows[i].quantity;
    return more > 0 ? more : 0;
}

static bool add_series(const struct intake *intake, struct rating_usage *usage,
                       const struct decided_series *series, uint32_t *out, struct error *err)
{
    const struct slice bytes = series->descriptor;

    return intake->member
               ? usage_add_series_of(usage, intake->member, bytes.data, bytes.size, out, err)
               : usage_add_series(usage, bytes.data, bytes.size, out, err);
}

/* A pool's member has one batch, which made all of its series. */
static bool find_series(const struct intake *intake, const struct decision *decision,
                        struct rating_usage *usage, const struct digest *hash, uint32_t *out)
{
    struct error ignored;

    for (size_t i = 0; intake->member && i < decision->series_count; i++)
        if (digest_equals(&decision->series[i].series, hash))
            return add_series(intake, usage, &decision->series[i], out, &ignored);
    return usage_find_series(usage, hash, out);
}

static bool add_entries(const struct intake *intake, const struct decision *decision,
                        struct rating_usage *usage, struct error *err)
{
    uint32_t series = 0;

    for (size_t i = 0; i < decision->series_count; i++)
        if (!add_series(intake, usage, &decision->series[i], &series, err))
            return false;
    for (size_t i = 0; i < decision->entry_count; i++) {
        const struct decided_entry *entry = &decision->entries[i];
        struct usage_body body = {.from_us = entry->window.from_us,
                                  .length_seconds = entry->window.length_seconds,
                                  .contributions = entry->contributions};

        if (!find_series(intake, decision, usage, &entry->series, &series))
            return error_set(err, ERROR_HALT, "entry %zu has a series that nobody made", i);
        body.quantity = added_by(usage, series, entry);
        if (body.quantity > 0 && !rating_job_add(usage, series, &body, err))
            return false;
    }
    return true;
}

/* One batch of ingest: events[from … to). `then` may be NULL. */
static bool take(struct intake *intake, const json_t *events, size_t from, size_t to,
                 struct rating_usage *now, struct rating_usage *then, struct error *err)
{
    struct item *items = arena_array(intake->arena, to - from, sizeof *items);
    struct decide_range range = {.items = items, .count = to - from, .from = from, .to = to};
    const struct decide_limits limits = {SIZE_MAX, SIZE_MAX, CATALOG_SERIES_PER_TENANT};
    struct decision decision;

    for (size_t i = 0; i < range.count; i++) {
        if (!measure_event_at(intake, events, from + i, &items[i], err))
            return false;
        need_hour(&intake->table, items[i].measure.event_hour);
    }
    decide(&intake->table, &limits, &range, 1, intake->arena, &decision);
    if (decision.refusal_count > 0)
        return error_set(err, ERROR_INPUT, "%s", decision.refusals[0].refusal->detail);
    count(intake, "accepted", decision.ranges[0].accepted);
    count(intake, "duplicate", decision.ranges[0].duplicate);
    count(intake, "entries", decision.entry_count);
    bool done = add_entries(intake, &decision, now, err) &&
                (!then || add_entries(intake, &decision, then, err));
    decision_merge(&decision, &intake->table, 0);
    return done;
}

static bool rate_events(struct intake *intake, struct rating_job *job, json_t **out,
                        struct error *err)
{
    const json_t *events = json_object_get(job->json, "events");
    const json_t *known = json_object_get(job->json, "known");
    size_t first = (size_t)json_integer_value(known);
    struct rating_usage now;
    struct rating_usage then;

    usage_init(&now, &job->arena);
    usage_init(&then, &job->arena);
    bool done = take(intake, events, 0, first, &now, &then, err) &&
                take(intake, events, first, json_array_size(events), &now, NULL, err) &&
                rating_job_rate(job, &now, known ? &then : NULL, out, err);
    usage_release(&then);
    usage_release(&now);
    return done;
}

static json_t *events_of(const json_t *events, const char *tenant)
{
    json_t *own = json_array();
    json_t *event;
    size_t i;

    json_array_foreach (events, i, event) {
        if (strcmp(rating_job_text(event, "subject"), tenant) == 0)
            json_array_append(own, event);
    }
    return own;
}

/* A member's events, by an ingest that knows no other tenant; adds its counts. */
static bool take_member(struct rating_job *job, const char *member, json_t *counts,
                        struct rating_usage *usage, struct error *err)
{
    CLEANUP(json_release)
    json_t *events = events_of(json_object_get(job->json, "events"), member);
    struct intake intake;

    if (!intake_open(&intake, member, json_object_get(job->json, "catalog"), &job->arena, err))
        return false;
    json_decref(intake.counts);
    intake.counts = counts;
    bool done = take(&intake, events, 0, json_array_size(events), usage, NULL, err);
    intake_close(&intake);
    return done;
}

static bool run_pool(struct rating_job *job, json_t **out, struct error *err)
{
    json_t *counts = json_object();
    struct rating_usage usage;
    bool done = true;

    usage_init(&usage, &job->arena);
    for (size_t i = 0; done && i < job->contract.member_count; i++)
        done = take_member(job, job->contract.members[i].tenant, counts, &usage, err);
    done = done && rating_job_rate(job, &usage, NULL, out, err);
    if (done)
        json_object_set(*out, "ingest", counts);
    json_decref(counts);
    usage_release(&usage);
    return done;
}

static bool run(struct rating_job *job, json_t **out, struct error *err)
{
    struct intake intake;

    if (job->contract.member_count > 0)
        return run_pool(job, out, err);
    if (!intake_open(&intake, NULL, json_object_get(job->json, "catalog"), &job->arena, err))
        return false;
    bool done = rate_events(&intake, job, out, err);
    if (done)
        json_object_set(*out, "ingest", intake.counts);
    json_decref(intake.counts);
    intake_close(&intake);
    return done;
}

int main(void)
{
    return rating_job_main(run);
}
