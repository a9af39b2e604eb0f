/*
 * A member's document of a pool, made again as far as its bundle goes: shares from the pool's
 * amounts, lines from shares, parts from lines, tax and sums from lines. What the others used, and
 * so the pool's own amounts and the late usage of several, is not in the bundle.
 */
#ifndef RERATE_SHARES_H
#define RERATE_SHARES_H

#include <jansson.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "rating/calendar.h"
#include "rating/contract.h"

/* Adds to `made` what follows: pool, lines, net, and where nothing was late taxes, tax and total.
 */
MUST_CHECK bool shares_make(const json_t *document, const struct contract *contract,
                            const struct period *period, struct arena *arena, json_t *made,
                            struct error *err);

#endif
