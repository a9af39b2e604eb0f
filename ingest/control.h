/*
 * What people decided, up to a control index: the catalog and the tenants in force.
 *
 * A snapshot is immutable and shared by threads; it is held and dropped by count. The next one
 * is made from the previous one and the contents after it.
 */
#ifndef INGEST_CONTROL_H
#define INGEST_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/text.h"
#include "meter/catalog.h"
#include "store/store.h"
#include "store/tenants.h"

struct control {
    uint64_t control_index;        /* decisions up to here are in it */
    uint64_t generation;           /* the same: the same catalog, the same tenants */
    const struct catalog *catalog; /* NULL before the first one */
    size_t tenant_count;
    /* private */
    struct control_parts *parts;
};

/* Before any decision. For control_cleanup() or control_drop(). */
struct control *control_empty(void);
/* The snapshot at `through_index`, made from `previous`. ERROR_HALT when a catalog or a tenant of
 * the book cannot be understood: this program is too old for it. */
MUST_CHECK bool control_load(struct store *store, int log, const struct control *previous,
                             uint64_t through_index, struct control **out, struct error *err);
/* For files without a database: this catalog, and every tenant that is asked for exists. */
struct control *control_of_catalog(struct catalog *catalog);

/* Both are safe from any thread. */
struct control *control_hold(struct control *control);
void control_drop(struct control *control); /* NULL is fine */

/* NULL when there is none. */
const struct tenant *control_tenant(const struct control *control, struct slice id);
const struct tenant *control_tenant_numbered(const struct control *control, uint64_t number);
/* Which life of a feed's partition an operator last named: 1 where none did. */
uint32_t control_incarnation(const struct control *control, const struct digest *feed,
                             uint32_t partition);

#endif
