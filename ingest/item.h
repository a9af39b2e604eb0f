/*
 * A record with what it measures.
 *
 * Made where the record arrives, so that reading and counting use two cores; the decision about it
 * needs neither the thread nor the moment, only the control entries that it was measured under.
 *
 * The order of refusals is part of the decision: too_large, malformed, unknown_type,
 * unknown_source, source_not_allowed, unknown_tenant, then those of measure_event().
 */
#ifndef INGEST_ITEM_H
#define INGEST_ITEM_H

#include <stdatomic.h>

#include "base/arena.h"
#include "ingest/control.h"
#include "meter/event.h"
#include "meter/measure.h"

/* Of an event of a source that counts its events. */
struct item_sequence {
    const struct catalog_source *source;
    bool is_numbered; /* it has a whole number */
    int64_t number;
};

struct item {
    struct record record;
    struct slice raw; /* the record's bytes as receipts vouch for them; data NULL: not made yet */
    const struct refusal *refusal; /* NULL: it was measured */
    const struct tenant *tenant;   /* of the snapshot it was measured under */
    struct measure measure;
    const struct item_sequence *sequence; /* NULL: its source counts nothing, or it was refused */
};

/* What items are measured with: one snapshot, one thread's cache of series. Counted, because the
 * measures point into both. */
struct scope {
    struct control *control;
    struct series_cache *series;
    atomic_size_t holders; /* private */
};

struct item_rules {
    const struct scope *scope;
    const struct measure_keys *keys;
    struct slice topic; /* the feed's name, CATALOG_FILE for a file */
    int64_t as_of_us;   /* of a file */
};

struct scope *scope_make(struct control *control, const unsigned char cache_key[16]);
/* Both are safe from any thread. */
struct scope *scope_hold(struct scope *scope);
void scope_drop(struct scope *scope); /* NULL is fine */

/* Fills refusal, tenant and measure of an item whose record is there. What they point to lies in
 * `keep` and the scope; `scratch` is reset. */
void item_measure(const struct item_rules *rules, struct item *item, struct arena *keep,
                  struct arena *scratch);
/* The instant by the broker's clock; of a file the instant as of which it is run. */
int64_t item_broker_time(const struct record *record, int64_t as_of_us);

#endif
