/*
 * What the web process reads, within a snapshot whose tenants were set (row-level security).
 *
 * Texts go to `arena`. Nothing here writes.
 */
#ifndef STORE_READS_H
#define STORE_READS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/instant.h"
#include "base/number.h"
#include "base/text.h"
#include "core/digest.h"
#include "store/store.h"

#define READ_NEVER INSTANT_MIN /* complete through: not known */

struct read_tenant {
    uint64_t number;
    const char *id;
    uint32_t grid_seconds;
};

struct read_series {
    uint64_t tenant;
    struct digest series;
    struct slice descriptor;
};

struct read_usage {
    uint64_t tenant;
    struct digest series;
    int64_t from_us;  /* start of the window */
    int128 sum;       /* of all */
    int128 greatest;  /* of the usage entries */
    int128 corrected; /* what corrections add */
};

struct read_invoice {
    const char *number;
    uint64_t index;
    uint64_t tenant;
    const char *kind;
    int64_t from_us;
    int64_t to_us;
    int64_t issue_days; /* since 1970-01-01 */
    const char *currency;
    unsigned exponent;
    int128 total;
    struct digest hash;
    bool has_bundle;
};

typedef bool read_usage_visitor(void *context, const struct read_usage *row, struct error *err);

/* For a new connection: no statement longer than `milliseconds`. */
MUST_CHECK bool read_session(struct store *store, unsigned milliseconds, struct error *err);
MUST_CHECK bool read_tenants(struct store *store, int log, const uint64_t *tenants, size_t count,
                             struct arena *arena, struct read_tenant **out, size_t *out_count,
                             struct error *err);
/* Sorted by tenant, then series. */
MUST_CHECK bool read_series(struct store *store, int log, const uint64_t *tenants, size_t count,
                            struct arena *arena, struct read_series **out, size_t *out_count,
                            struct error *err);
/* Windows that begin in [from, to), of entries below `size`. The visitor may not use the store. */
MUST_CHECK bool read_usage(struct store *store, int log, const uint64_t *tenants, size_t count,
                           int64_t from_us, int64_t to_us, uint64_t size, read_usage_visitor *visit,
                           void *context, struct error *err);
/* READ_NEVER where a partition's is not known, or there is none. */
MUST_CHECK bool read_complete_through(struct store *store, int log, int64_t *out_us,
                                      struct error *err);
/* The newest first, with an index below `before`; at most `limit`. */
MUST_CHECK bool read_invoices(struct store *store, int log, const uint64_t *tenants, size_t count,
                              uint64_t before, unsigned limit, struct arena *arena,
                              struct read_invoice **out, size_t *out_count, struct error *err);
/* The document's bytes as they were issued. ERROR_NOT_FOUND. */
MUST_CHECK bool read_invoice(struct store *store, int log, const char *number, struct arena *arena,
                             struct slice *out_content, struct digest *out_hash, struct error *err);
/* {NULL, 0} while the bundle is not made. ERROR_NOT_FOUND where there is no such document. */
MUST_CHECK bool read_bundle(struct store *store, int log, const char *number, struct arena *arena,
                            struct slice *out, struct error *err);

#endif
