/*
 * The leaves that were published: read from the archive's entry bundles.
 */
#ifndef STORE_PAST_LEAVES_H
#define STORE_PAST_LEAVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/text.h"
#include "core/checkpoint.h"
#include "core/leaf.h"
#include "core/tile.h"
#include "store/store.h"

struct past_leaves {
    const char *archive; /* its folder; lent */
    uint64_t size;       /* of the log */
    /* private */
    uint64_t bundle; /* that is in memory; UINT64_MAX: none */
    struct text bytes;
    struct leaf leaves[TILE_WIDTH];
};

void past_leaves_open(const char *archive, uint64_t size, struct past_leaves *out);
void past_leaves_close(struct past_leaves *leaves);
/* The leaf at `index`, below the size. ERROR_HALT when its bundle is missing or damaged. */
MUST_CHECK bool past_leaf(struct past_leaves *leaves, uint64_t index, struct leaf *out,
                          struct error *err);
/* Reads all of them: ERROR_HALT unless they make the checkpoint's root. */
MUST_CHECK bool past_leaves_check(struct past_leaves *leaves, const struct checkpoint *checkpoint,
                                  struct error *err);
/* The database's first `size` entries are the first of these: ERROR_HALT with the index of the
 * first that is another, or that is missing. */
MUST_CHECK bool past_leaves_compare(struct past_leaves *leaves, struct store *store, int log,
                                    uint64_t size, struct error *err);

#endif
