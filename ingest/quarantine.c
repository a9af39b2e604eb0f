#include "ingest/quarantine.h"

#include <assert.h>
#include <string.h>

#include "core/partitioner.h"
#include "ingest/lookup.h"
#include "ingest/raw.h"

/* Who sent it, as far as the record says it. */
static void name_event(const struct item *item, const struct catalog *catalog, struct arena *arena,
                       struct quarantine_row *out)
{
    struct event event;
    struct refusal ignored;
    if (!event_read(catalog->scan, &item->record, arena, &event, &ignored))
        return;
    out->tenant_id = event.subject;
    out->source = event.source;
    out->event_id = event.id;
}

static struct slice cut(struct slice bytes)
{
    if (bytes.size > QUARANTINE_KEPT_BYTES)
        bytes.size = QUARANTINE_KEPT_BYTES;
    return bytes;
}

void quarantine_row_of(const struct decided_refusal *refusal, const struct catalog *catalog,
                       int64_t as_of_us, struct arena *arena, struct quarantine_row *out)
{
    const struct record *record = &refusal->item->record;
    bool is_large = raw_size(record) > EVENT_SIZE_MAX;
    *out = (struct quarantine_row){
        .offset = (uint64_t)record->offset,
        .reason = refusal_word(refusal->refusal->reason),
        .detail = refusal->refusal->detail,
        .broker_time_us = item_broker_time(record, as_of_us),
        .time_type = record->timestamp_type,
        .size = raw_size(record),
        .key = is_large ? cut(record->key) : record->key,
        .value = is_large ? cut(record->value) : record->value,
    };
    if (!is_large && record->header_count > 0)
        out->headers = raw_headers(record, arena);
    if (!is_large)
        name_event(refusal->item, catalog, arena, out);
}

struct slice quarantine_rate_source(const struct quarantine_row *row)
{
    bool is_anybody = strcmp(row->reason, refusal_word(REFUSAL_UNKNOWN_SOURCE)) == 0;
    return is_anybody ? (struct slice){NULL, 0} : row->source;
}

enum quarantine_verdict quarantine_count(struct quarantine_rates *rates, uint32_t partition,
                                         struct slice source, int64_t broker_time_us,
                                         uint64_t limit)
{
    uint64_t key = lookup_hash(partitioner_murmur2(source.data, source.size),
                               (uint64_t)partition << 32 | (uint32_t)source.size);
    int64_t minute = instant_floor(broker_time_us, MINUTE_US);
    struct quarantine_rate *rate = &rates->rates[key % QUARANTINE_RATES];
    if (rate->key != key || rate->minute != minute)
        *rate = (struct quarantine_rate){key, minute, 0};
    rate->count++;
    if (rate->count == limit * QUARANTINE_HALT_FACTOR)
        return RATE_HALT;
    return rate->count == limit ? RATE_ALARM : RATE_FINE;
}
