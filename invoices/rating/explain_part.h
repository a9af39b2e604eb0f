/*
 * One part of a line: its calculation and its reasons.
 */
#ifndef RATING_EXPLAIN_PART_H
#define RATING_EXPLAIN_PART_H

#include <gmp.h>
#include <jansson.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

/* A decimal or "n/d", exactly; false for anything else. */
bool explain_number(const char *text, mpq_ptr out);
/* "1.375", or "95/6 (15.8333333333)". */
void explain_exact(mpq_srcptr number, struct text *out);

/* Adds the part's exact amount to `sum`. ERROR_INPUT when it states none. */
MUST_CHECK bool explain_part(const json_t *part, size_t number, mpq_ptr sum, struct text *out,
                             struct error *err);

#endif
