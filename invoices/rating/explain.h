/*
 * Why a line costs what it costs, so that it can be made again with a pencil: a pure function of a
 * document.
 *
 * Each part is shown as the calculation that gives its exact amount. A calculation is only shown
 * where it was carried out here and gave exactly that; then the one rounding and what it left over,
 * and of a reservation or spend plan each hour.
 */
#ifndef RATING_EXPLAIN_H
#define RATING_EXPLAIN_H

#include <jansson.h>

#include "base/error.h"
#include "base/text.h"

/* `line` is "3", or "2.1" for the first line of the second adjustment; NULL: every line.
 * ERROR_NOT_FOUND says how many there are, ERROR_INPUT what is no document. */
MUST_CHECK bool rating_explain(const json_t *document, const char *line, struct text *out,
                               struct error *err);

#endif
