/*
 * Late usage in a pool's document, as far as its bundle goes: what the lines come to takes the
 * others' usage, so they are as stated; their tax, sums and lines of credits follow.
 */
#ifndef RERATE_SECTIONS_H
#define RERATE_SECTIONS_H

#include <jansson.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "rating/contract.h"
#include "rating/difference.h"
#include "rating/taxed.h"

/* The document's section of an original; NULL when it has none. */
const json_t *section_of(const json_t *document, const char *original);

/* A section's lines, taxed by the original's contract. */
MUST_CHECK bool section_take(const json_t *document, const json_t *section,
                             const struct contract *contract, int64_t from_us,
                             const struct taxed_list *taxed, struct arena *arena,
                             struct rating_difference *out, struct error *err);
/* The section with what follows from its lines. A new reference. */
json_t *section_json(const json_t *section, const struct rating_adjustment *adjustment,
                     unsigned exponent);

/* Minus what the document's `own_burns` burn before tax, for an original or (NULL) for itself, of a
 * credit's line. False when they cannot be read. */
MUST_CHECK bool section_burnt(const json_t *document, const char *original, const json_t *line,
                              unsigned exponent, int128 *out, struct error *err);

#endif
