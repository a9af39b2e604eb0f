#include "ingest/item.h"

#include <stdlib.h>

#include "ingest/raw.h"
#include "ingest/sequence.h"

struct scope *scope_make(struct control *control, const unsigned char cache_key[16])
{
    struct scope *scope = memory_alloc(sizeof *scope);
    scope->control = control_hold(control);
    scope->series = series_cache_make(cache_key);
    atomic_init(&scope->holders, 1);
    return scope;
}

struct scope *scope_hold(struct scope *scope)
{
    atomic_fetch_add(&scope->holders, 1);
    return scope;
}

void scope_drop(struct scope *scope)
{
    if (scope == NULL || atomic_fetch_sub(&scope->holders, 1) > 1)
        return;
    series_cache_release(scope->series);
    control_drop(scope->control);
    free(scope);
}

int64_t item_broker_time(const struct record *record, int64_t as_of_us)
{
    if (record->is_file)
        return as_of_us;
    if (record->timestamp_ms < 0)
        return 0;
    if (record->timestamp_ms > INSTANT_MAX / 1000)
        return INSTANT_MAX;
    return record->timestamp_ms * 1000;
}

/* Everything up to the measure; false when it was refused. */
static bool admit(const struct item_rules *rules, struct item *item, struct arena *scratch,
                  struct event *event, const struct catalog_type **out_type,
                  struct refusal *refusal)
{
    const struct control *control = rules->scope->control;
    if (raw_size(&item->record) > EVENT_SIZE_MAX)
        return refusal_set(refusal, REFUSAL_TOO_LARGE,
                           "key, headers and value have %zu bytes, at "
                           "most %d are taken",
                           raw_size(&item->record), EVENT_SIZE_MAX);
    if (!event_read(control->catalog->scan, &item->record, scratch, event, refusal) ||
        !catalog_admit(control->catalog, event, rules->topic, out_type, refusal))
        return false;
    item->tenant = control_tenant(control, event->subject);
    if (item->tenant == NULL)
        return refusal_set(refusal, REFUSAL_UNKNOWN_TENANT, "there is no tenant '%.*s'",
                           (int)event->subject.size, event->subject.data);
    return true;
}

/* What the extension `sequence` says, if the source is one that counts. */
static const struct item_sequence *read_sequence(const struct catalog *catalog,
                                                 const struct event *event, struct arena *keep)
{
    struct item_sequence sequence = {.source = catalog_source(catalog, event->source)};
    if (!sequence.source->has_sequence)
        return NULL;
    sequence.is_numbered = sequence_parse(event->sequence, &sequence.number);
    return arena_copy(keep, &sequence, sizeof sequence);
}

void item_measure(const struct item_rules *rules, struct item *item, struct arena *keep,
                  struct arena *scratch)
{
    struct refusal refusal = {0};
    struct event event;
    const struct catalog_type *type = NULL;
    item->refusal = NULL;
    item->tenant = NULL;
    item->sequence = NULL;
    arena_reset(scratch);
    if (admit(rules, item, scratch, &event, &type, &refusal)) {
        struct measure_context context = {.catalog = rules->scope->control->catalog,
                                          .keys = rules->keys,
                                          .series = rules->scope->series};
        struct measure_input input = {.event = &event,
                                      .type = type,
                                      .grid_seconds = item->tenant->grid_seconds,
                                      .broker_time_us =
                                          item_broker_time(&item->record, rules->as_of_us),
                                      .is_file = item->record.is_file};
        if (measure_event(&context, &input, keep, &item->measure, &refusal)) {
            if (context.catalog->has_sequences)
                item->sequence = read_sequence(context.catalog, &event, keep);
            return;
        }
    }
    item->measure = (struct measure){0};
    item->refusal = arena_copy(keep, &refusal, sizeof refusal);
}
