/*
 * The two readers of scan.h. Which of them reads is no part of any decision: where the fast one
 * does not say UNUSUAL, both take the same bytes with the same fields (tests/fuzz/scan.c).
 */
#ifndef METER_SCAN_PARTS_H
#define METER_SCAN_PARTS_H

#include "meter/scan_plan.h"

/* One pass, nothing allocated: texts are views of `bytes`. False: unusual, which says nothing about
 * whether it is JSON; the fields are then not of use. Unusual is whatever has escapes, fractions,
 * exponents, -0, more than 18 digits, or more unknown members than it cares to remember; and
 * whatever is refused, because the other reader says why. */
MUST_CHECK bool scan_fast(const struct scan_plan *plan, enum scan_root root, struct slice bytes,
                          struct scan_field *out_fields);

/* By jansson: any JSON, and every refusal. */
MUST_CHECK bool scan_slow(const struct scan_plan *plan, enum scan_root root, struct slice bytes,
                          struct arena *arena, struct scan_field *out_fields, struct error *err);

/* For tests, which must see both: false leaves everything to jansson. */
void scan_use_fast(bool use);

#endif
