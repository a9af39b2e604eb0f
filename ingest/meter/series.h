/*
 * Series of events: from dimension values to descriptor and hash, remembered; the cap.
 *
 * Most events repeat a series, and SHA-256 of a descriptor costs more than everything else that
 * is done with an event, so a cache maps raw values to what they hash to. The cache belongs to
 * one compiled catalog and one thread: release it when the catalog changes. What it hands
 * out stays where it is until series_cache_trim() or release.
 *
 * The cap: when a tenant has as many series as the catalog allows, a new one has "other" in place
 * of each label; series that are known stay what they are. Project, allocation and other dimensions
 * are never replaced: they decide who pays and what it costs.
 */
#ifndef METER_SERIES_H
#define METER_SERIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/text.h"
#include "core/digest.h"
#include "meter/catalog.h"

#define SERIES_OTHER "other"

struct series_ref {
    struct digest series;           /* SHA-256 of the descriptor */
    struct slice descriptor;        /* core/series.h */
    const struct series_ref *other; /* labels replaced; NULL: it has no labels, or is that one */
};

struct series_cache;

/* `key`: any 16 secret bytes; keeps strangers from choosing values that collide. */
struct series_cache *series_cache_make(const unsigned char key[16]);
void series_cache_release(struct series_cache *cache); /* NULL is fine */
/* Forgets everything when more than `count` series are held. Between batches only: what was handed
 * out is gone. */
void series_cache_trim(struct series_cache *cache, size_t count);
size_t series_cache_count(const struct series_cache *cache);

/* The series of a meter with these values, in the order: dimensions, labels, classifiers, the class
 * of a core function. data NULL: the event does not have it. ERROR_INPUT: the descriptor is too
 * long. */
MUST_CHECK bool series_find(struct series_cache *cache, const struct catalog_meter *meter,
                            const struct slice *values, size_t value_count,
                            const struct series_ref **out_ref, struct error *err);

/* What all classes of one meter and these values share; `values` and their count are without the
 * class. A lookup for each class is then one step. NULL: the values are too long. */
struct series_classes;
struct series_classes *series_classes_find(struct series_cache *cache,
                                           const struct catalog_meter *meter,
                                           const struct slice *values, size_t value_count);
/* series_find() for one class of the meter; `values` and their count are with it. */
MUST_CHECK bool series_of_class(struct series_cache *cache, struct series_classes *classes,
                                const struct catalog_meter *meter, const struct slice *values,
                                size_t value_count, size_t class_index,
                                const struct series_ref **out_ref, struct error *err);

/* The one to count under: `is_known` says that the tenant has the series already, `tenant_count`
 * how many it has. */
const struct series_ref *series_cap(const struct series_ref *ref, bool is_known,
                                    uint64_t tenant_count, uint64_t series_per_tenant);

#endif
