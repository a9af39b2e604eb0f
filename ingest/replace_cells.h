/*
 * A tenant's interval, cell by cell (one series in one window): what the book counts, what a file
 * says it should be.
 */
#ifndef INGEST_REPLACE_CELLS_H
#define INGEST_REPLACE_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/number.h"
#include "core/series.h"
#include "ingest/session.h"

struct replace_scope {
    const struct tenant *tenant;
    int64_t from_us; /* windows that begin in [from_us, to_us) */
    int64_t to_us;
    const char *meter; /* NULL: every one */
};

/* A series of the interval, as its descriptor says. */
struct replace_series {
    struct digest id;
    const char *meter;
    const char *text; /* "meter name=value name=value" */
    enum aggregation aggregation;
};

struct replace_cell {
    struct digest series;
    int64_t from_us;
    uint32_t length_seconds;
    int128 counted; /* as a bill reads it: corrections are in it */
    int128 wanted;  /* by the file; of an undo see replace_read_without() */
    int128 stays;   /* of an undo: the greatest usage, of a meter that takes it */
    bool has_target;
    uint64_t target_seq; /* of a usage entry that a correction may name */
};

struct replace_cells {
    struct arena *arena;
    size_t count;
    size_t capacity;
    struct replace_cell *cells; /* by series, window once they are merged */
    size_t series_count;
    size_t series_capacity;
    struct replace_series *series; /* by id once they are merged */
    uint64_t events;               /* of the file; a copy of one counts once */
    bool is_sum;                   /* what is wanted adds up, of every meter */
};

void replace_cells_release(struct replace_cells *cells);
/* Forgets what is counted, not what is wanted. */
void replace_cells_forget(struct replace_cells *cells);
/* Measures the file under the session's catalog and the tenant's series. ERROR_INPUT names the line
 * that is refused, another tenant's or meter's, outside of the interval, or the other copy of an
 * event. */
MUST_CHECK bool replace_read_file(struct session *session, struct store *store,
                                  const struct replace_scope *scope, struct slice bytes,
                                  int64_t as_of_us, struct replace_cells *cells, struct error *err);
/* Wanted is what the book counts without what came at indexes from `from` to below `to`. */
MUST_CHECK bool replace_read_without(struct store *store, int log,
                                     const struct replace_scope *scope, uint64_t from, uint64_t to,
                                     struct replace_cells *cells, struct error *err);
/* Adds what the book counts, of all that is committed. */
MUST_CHECK bool replace_read_book(struct store *store, int log, const struct replace_scope *scope,
                                  struct replace_cells *cells, struct error *err);
/* NULL when no cell names it. */
const struct replace_series *replace_series_of(const struct replace_cells *cells,
                                               const struct digest *id);

#endif
