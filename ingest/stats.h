/*
 * What a run did, as one line of JSON.
 */
#ifndef INGEST_STATS_H
#define INGEST_STATS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "ingest/batch.h"

/* Writes the line to the file, or prints it for path "-"; NULL: nowhere. Its "seconds" go from
 * started_us to now, its "busy_seconds" only to the last COMMIT, without the idle end. */
MUST_CHECK bool stats_write(const char *path, const struct batch_counts *counts, size_t halted,
                            int64_t started_us, struct error *err);
/* One line for the log. */
void stats_log(const struct batch_counts *counts, int64_t elapsed_us);

#endif
