/*
 * The catalog: which events there are, who may send them, what they measure. JSON, versioned, an
 * entry of the book; here compiled for one pass over an event.
 *
 * A compiled catalog is immutable and holds all its memory; it may be shared by threads.
 * The JSON's shape is schema/catalog.json; README.md has its meaning field by field.
 */
#ifndef METER_CATALOG_H
#define METER_CATALOG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/number.h"
#include "base/text.h"
#include "core/series.h"
#include "meter/event.h"
#include "meter/per_event.h"
#include "meter/refusal.h"
#include "meter/scan.h"

#define CATALOG_LABELS_MAX 8      /* labels of one meter */
#define CATALOG_DIMENSIONS_MAX 24 /* dimensions and classifiers of one meter */
#define CATALOG_FIELDS_MAX 64     /* fields of one type */
#define CATALOG_SUMMANDS_MAX 8    /* fields that one classifier adds up */
#define CATALOG_FILE "file"       /* the topic of what is read from a file */
#define CATALOG_SERIES_PER_TENANT 100000
#define CATALOG_QUARANTINE_PER_MINUTE 1000

struct core_type; /* core_type.h */

struct catalog_limits {
    uint64_t series_per_tenant;     /* beyond it label values become "other" */
    uint32_t quarantine_per_minute; /* of broker time, each source: above it an alarm */
};

struct catalog_feed {
    struct slice name;  /* the topic */
    bool transactional; /* gaps in the offsets are markers */
    bool create_time;   /* producers' time is taken for broker time */
};

struct catalog_source {
    struct slice source;
    bool all_tenants;
    bool all_topics;
    bool has_sequence;   /* it counts its events in CloudEvents' `sequence` */
    size_t tenant_count; /* sorted, like the others: found by bisection */
    const struct slice *tenants;
    size_t type_count;
    const struct slice *types;
    size_t topic_count;
    const struct slice *topics;
};

/* How a field of a type is read. */
enum field_kind {
    FIELD_TEXT,   /* a string */
    FIELD_SCALAR, /* string, whole number or boolean, taken as text */
    FIELD_BOOLEAN,
    FIELD_COUNT,      /* whole number ≥ 0, as a number or a decimal string */
    FIELD_INSTANT,    /* RFC 3339 */
    FIELD_INSTANT_MS, /* RFC 3339, whole milliseconds */
};

struct catalog_field {
    struct slice pointer;
    size_t scan_index; /* in the plan */
    enum field_kind kind;
    bool is_required;
    bool is_meaning; /* one of those that make the meaning: declared by the type, for ever */
};

#define CATALOG_INSTANT_TIME SIZE_MAX /* the type's instant is the attribute `time` */

struct catalog_type {
    struct slice type;
    const struct core_type *core; /* NULL: described by the catalog alone */
    size_t field_count;
    size_t own_count;             /* of them declared by the type, in an order that never changes */
    struct catalog_field *fields; /* the type's own, then what only labels read */
    size_t instant;               /* index of the field, or CATALOG_INSTANT_TIME */
    size_t meter_count;
    const struct catalog_meter **meters;
};

struct catalog_dimension {
    struct slice name;
    size_t field; /* index in the type's fields */
};

struct catalog_band {
    int128 up_to; /* inclusive; INT128_MAX in the last */
    struct slice value;
};

struct catalog_classifier {
    struct slice name; /* of the dimension that it makes */
    size_t field_count;
    size_t fields[CATALOG_SUMMANDS_MAX]; /* their sum is classified */
    size_t band_count;
    const struct catalog_band *bands;
};

struct catalog_filter {
    size_t field;
    size_t value_count;
    const struct slice *values; /* any of them, as text; absent never matches */
};

/* How much one event is. The functions of core types compile to the same kinds. */
enum quantity_kind {
    QUANTITY_COUNT,    /* 1 */
    QUANTITY_FACTORS,  /* product of fields, one or more */
    QUANTITY_DURATION, /* time from field to field, times the factors; cut at the grid */
    QUANTITY_CLASSES,  /* one quantity for each class, in a dimension of its own */
};

#define CATALOG_FACTORS_MAX 4

struct catalog_class {
    struct slice value; /* of the dimension CATALOG_CLASS */
    size_t field;
};
#define CATALOG_CLASS "class"

struct catalog_quantity {
    enum quantity_kind kind;
    size_t factor_count;
    size_t factors[CATALOG_FACTORS_MAX]; /* fields, FIELD_COUNT */
    size_t from;                         /* fields of a duration */
    size_t to;
    uint32_t unit_us; /* the duration's unit: 1, or 1000 where instants are whole milliseconds */
    size_t class_count;
    const struct catalog_class *classes;
    int128 minimum;    /* of a nonzero quantity of one event; 0: none; not of durations */
    int128 increment;  /* rounded up to a multiple of it; 0: none; not of durations */
    size_t step_count; /* then these, in order; not of durations */
    const struct event_step *steps;
};

struct catalog_meter {
    size_t index; /* in catalog.meters */
    struct slice meter;
    struct slice type;
    struct slice unit;
    uint32_t scale;
    enum aggregation aggregation;
    uint32_t grid_seconds; /* 0: the tenant's */
    struct catalog_quantity quantity;
    const char *required_dimension; /* of the core function; NULL: none */
    size_t dimension_count;
    const struct catalog_dimension *dimensions;
    size_t label_count;
    const struct catalog_dimension *labels; /* capped: "other" */
    size_t classifier_count;
    const struct catalog_classifier *classifiers;
    size_t filter_count;
    const struct catalog_filter *filters; /* all must match */
};

struct catalog_index; /* a hash table over names */

struct catalog {
    struct arena arena;
    struct catalog_limits limits;
    size_t feed_count;
    const struct catalog_feed *feeds;
    size_t source_count;
    const struct catalog_source *sources;
    bool has_sequences; /* of any source */
    size_t type_count;
    struct catalog_type *types;
    size_t meter_count;
    const struct catalog_meter *meters;
    struct scan_plan *scan; /* for event_read() */
    struct catalog_index *source_index;
    struct catalog_index *type_index;
};

/* Checks the JSON against the schema and its meaning, and compiles it. `what` names it in messages.
 * The JSON is not needed afterwards. */
MUST_CHECK bool catalog_compile(const json_t *json, const char *what, struct catalog **out,
                                struct error *err);
/* The same from text. */
MUST_CHECK bool catalog_parse(const char *text, size_t size, const char *what, struct catalog **out,
                              struct error *err);
void catalog_release(struct catalog *catalog);  /* NULL is fine */
void catalog_cleanup(struct catalog **catalog); /* CLEANUP(catalog_cleanup) */

/* Whether `next` may follow `previous`: a meter keeps unit, scale and aggregation, a type its
 * instant and its meaning, also those that `next` no longer has (compare with every version). */
MUST_CHECK bool catalog_check_successor(const struct catalog *previous, const struct catalog *next,
                                        struct error *err);

/* NULL when there is none. */
const struct catalog_feed *catalog_feed(const struct catalog *catalog, struct slice topic);
const struct catalog_source *catalog_source(const struct catalog *catalog, struct slice source);
const struct catalog_type *catalog_type(const struct catalog *catalog, struct slice type);

/* Whether this event may come this way: unknown_type, unknown_source, source_not_allowed (tenant,
 * type or topic), in this order. `topic` is the feed's name, CATALOG_FILE for a file. */
MUST_CHECK bool catalog_admit(const struct catalog *catalog, const struct event *event,
                              struct slice topic, const struct catalog_type **out_type,
                              struct refusal *out_refusal);

#endif
