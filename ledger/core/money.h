/*
 * Currencies and amounts in minor units.
 */
#ifndef CORE_MONEY_H
#define CORE_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/number.h"

/* ISO 4217 exponent: JPY 0, EUR 2, KWD 3. ERROR_INPUT for a code that is not in the table. */
MUST_CHECK bool money_exponent(const char *currency, unsigned *out, struct error *err);
/* (123456, "EUR") → "1234.56". Returns out. */
const char *money_format(int128 minor, unsigned exponent, char out[DECIMAL_TEXT_SIZE]);

#endif
