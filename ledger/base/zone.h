/*
 * A time zone of the tz database, read from TZif (RFC 8536), with the POSIX rule of its
 * footer for the years after its last transition.
 *
 * Local time to instant: a local time in a gap moves to the first instant after the gap; one
 * that exists twice is the first (pricing conventions, "Time"). Thread-safe: a zone is
 * immutable once opened.
 */
#ifndef BASE_ZONE_H
#define BASE_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/instant.h"

struct zone;

/* "UTC", "Asia/Kolkata" …; ERROR_INPUT for a name that is not in /usr/share/zoneinfo (or $TZDIR)
 * or that tries to leave it. */
MUST_CHECK bool zone_open(const char *name, struct zone **out, struct error *err);
void zone_close(struct zone *zone);
const char *zone_name(const struct zone *zone);
/* Seconds east of UTC in force at the instant. */
int32_t zone_offset_seconds(const struct zone *zone, int64_t instant_us);
struct civil zone_local(const struct zone *zone, int64_t instant_us);
int64_t zone_instant(const struct zone *zone, struct civil local);
/* The coarsest grid (3600, 1800 or 900 s) on which every local midnight of the years 2000 to
 * 2100 falls. */
uint32_t zone_grid_seconds(const struct zone *zone);
/* The version of the tz database on this machine ("2026b"), or "unknown". Static memory. */
const char *zone_database_version(void);

#endif
