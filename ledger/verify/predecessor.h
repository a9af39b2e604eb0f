/*
 * A log and the one that it succeeds, from the public files of both: the older one ends with the
 * entry that names this one, this one names that last tree, they begin with the same entries, and
 * what was carried over are entries of the older one, in their order.
 *
 * The older log's key is the one that both name in entries of the pinned root key, so nothing more
 * is pinned.
 */
#ifndef VERIFY_PREDECESSOR_H
#define VERIFY_PREDECESSOR_H

#include <stdbool.h>

#include "verify/log.h"

/* Verifies the older log too, into *out. `report` is what verify_log() said of the newer one.
 * Findings: succession, and those of a log. */
MUST_CHECK bool verify_predecessor(const char *folder, const char *older_folder,
                                   const struct verify_keys *keys,
                                   const struct verify_log_report *report,
                                   struct verify_log_report *out, struct findings *findings,
                                   struct error *err);

#endif
