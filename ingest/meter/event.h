/*
 * One CloudEvent (1.0), whichever way it came.
 *
 * A *record* is what a feed hands over: Kafka's, or a line of an NDJSON file dressed as one.
 * An *event* is what the record says, once its attributes are proven good: specversion "1.0",
 * id, source, type and subject there and not empty, valid UTF-8, time RFC 3339, data JSON.
 * `subject` is the tenant. Slices point into the record or the arena.
 *
 * Sources: CloudEvents 1.0.2, JSON event format, Kafka protocol binding; extension `sequence`.
 */
#ifndef METER_EVENT_H
#define METER_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/text.h"
#include "meter/refusal.h"
#include "meter/scan.h"

#define EVENT_SIZE_MAX 65536         /* bytes of a record's value; larger is too_large */
#define EVENT_ATTRIBUTE_SIZE_MAX 512 /* bytes of id, source, type */
#define EVENT_SUBJECT_SIZE_MAX 256

struct record_header {
    struct slice name;
    struct slice value; /* data NULL: a null value */
};

struct record {
    int64_t offset;         /* in a file: where its line starts */
    int32_t timestamp_type; /* as Kafka's: 0 create time, 1 log append time; file: 0 */
    int64_t timestamp_ms;   /* file: 0 */
    struct slice key;       /* data NULL: no key */
    const struct record_header *headers;
    size_t header_count;
    struct slice value; /* data NULL: a null value (tombstone) */
    bool is_file;       /* a line of a file: always one structured event */
};

struct event {
    struct slice id;
    struct slice source;
    struct slice type;
    struct slice subject;  /* the tenant's id */
    struct slice sequence; /* extension; data NULL when absent */
    bool has_time;
    int64_t time_us;                 /* attribute `time`, when has_time */
    const struct scan_field *fields; /* one for each pointer of the plan */
};

/* Adds the pointers of the attributes to an empty plan, before the catalog adds its own. */
void event_plan_attributes(struct scan_plan *plan);

/* Structured or binary, as the headers say; a line of a file is structured. Refuses with malformed
 * or too_large; `plan` is the catalog's. */
MUST_CHECK bool event_read(const struct scan_plan *plan, const struct record *record,
                           struct arena *arena, struct event *out_event,
                           struct refusal *out_refusal);
/* Whether the record is one JSON object with all of the event; else it is binary, or no event. */
bool event_is_structured(const struct record *record);
/* The whole event in one JSON object (application/cloudevents+json). */
MUST_CHECK bool event_read_structured(const struct scan_plan *plan, struct slice bytes,
                                      struct arena *arena, struct event *out_event,
                                      struct refusal *out_refusal);
/* Attributes in ce_… headers, the data in the value. */
MUST_CHECK bool event_read_binary(const struct scan_plan *plan, const struct record *record,
                                  struct arena *arena, struct event *out_event,
                                  struct refusal *out_refusal);

#endif
