/*
 * Charges of every model, as plans say them, and usage by SKU.
 */
#ifndef CHARGES_H
#define CHARGES_H

#include "fixture.h"

#define METER                                                                                      \
    "{\"charge\":\"c\",\"meter\":\"gpu_time\",\"price_unit\":{\"name\":\"GPU-hour\",\"divisor\":"  \
    "\"3600000000\"},"
#define PER_UNIT METER "\"model\":\"per_unit\",\"price\":\"2\""
#define PERCENTAGE METER "\"model\":\"percentage\",\"percent\":\"2.9\"}"
#define GRADUATED_PERCENTAGE                                                                       \
    METER "\"model\":\"graduated_percentage\",\"tiers\":[{\"up_to\":\"1000\",\"percent\":\"1\","   \
          "\"flat\":\"200\"},{\"percent\":\"2\"}]}"
#define MATRIX                                                                                     \
    METER "\"model\":\"matrix\",\"by\":[\"sku\"],\"rows\":[{\"when\":{\"sku\":\"h100\"},"          \
          "\"price\":\"2\"}]"
#define WEEK                                                                                       \
    METER "\"model\":\"time_of_use\",\"windows\":[{\"days\":[1,2,3,4,5],\"from\":\"08:00\","       \
          "\"to\":\"18:00\",\"price\":\"2\"},{\"days\":[1,2,3,4,5],\"from\":\"18:00\",\"to\":"     \
          "\"08:00\",\"price\":\"1.50\"}]"
#define SUNDAY_NIGHT                                                                               \
    METER "\"model\":\"time_of_use\",\"windows\":[{\"days\":[7],\"from\":\"02:00\",\"to\":"        \
          "\"03:00\",\"price\":\"5\"}],\"default\":\"1\"}"
#define SPOT                                                                                       \
    METER "\"model\":\"series\",\"steps\":[{\"from\":\"2026-10-02T00:00:00Z\",\"price\":\"1\"},"   \
          "{\"from\":\"2026-10-02T10:00:00Z\",\"price\":\"1.40\"}]}"
#define PEAK METER "\"model\":\"peak\",\"price\":\"10\",\"free\":\"1\"}"
#define PEAK_TIERS                                                                                 \
    METER "\"model\":\"peak\",\"tiers\":[{\"up_to\":\"4\",\"flat\":\"10\"},{\"flat\":\"25\"}]}"
#define TIERS                                                                                      \
    "\"model\":\"graduated\",\"tiers\":[{\"up_to\":\"5\",\"price\":\"3\"},{\"price\":\"1\"}]"
#define PER_WINDOW                                                                                 \
    METER "\"model\":\"graduated\",\"per_window\":true,\"tiers\":[{\"up_to\":\"1\",\"price\":"     \
          "\"2\"},{\"price\":\"1\"}]}"
#define CONVERTED(members)                                                                         \
    METER "\"model\":\"per_unit\",\"price\":\"10\",\"convert\":{\"divide\":\"4\"" members "}"
#define SESSION(members) PER_UNIT ",\"session\":{\"increment\":\"1800000000\"" members "}}"
#define FEE(members) "{\"charge\":\"f\",\"model\":\"flat\",\"price\":\"31\"" members "}"
#define DISCOUNTS                                                                                  \
    "\"discounts\":[{\"percent\":\"10\"},{\"fixed\":\"5\"},{\"percent\":\"10\",\"name\":\"more\"}]"

#define PLAN(version, from, to)                                                                    \
    "{\"plan\":\"p\",\"version\":" version ",\"from\":\"2026-" from "T00:00:00Z\",\"to\":" to "}"
#define FROM(day) "\"plans\":[" PLAN("1", day, "null") "]"
#define UNTIL(day) "\"plans\":[" PLAN("1", "09-01", "\"2026-" day "T00:00:00Z\"") "]"
#define TWO_PLANS                                                                                  \
    "\"plans\":[" PLAN("1", "09-01", "\"2026-10-11T00:00:00Z\"") "," PLAN("2", "10-11", "null") "]"

#define RESERVED                                                                                   \
    ONE_PLAN ",\"reservations\":[{\"id\":\"r\",\"where\":{\"meter\":\"gpu_time\"},\"units\":"      \
             "\"6\",\"from\":\"2026-10-02T09:00:00Z\",\"to\":\"2026-10-02T10:00:00Z\",\"rate\":"   \
             "\"0\"}]"

#define H (HOURS)
#define USES_MAX 4

struct use {
    const char *sku; /* also the allocation */
    const char *from;
    int128 quantity;
};

static inline void use(struct fixture *f, const struct use *use)
{
    const struct dimension dimensions[] = {{slice_of("allocation"), slice_of(use->sku)},
                                           {slice_of("sku"), slice_of(use->sku)}};

    fixture_use_of(f, dimensions, COUNT_OF(dimensions), use->from, use->quantity);
}

#endif
