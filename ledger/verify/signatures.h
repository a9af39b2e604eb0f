/*
 * Entry signatures by the tens of thousands, on two threads.
 */
#ifndef VERIFY_SIGNATURES_H
#define VERIFY_SIGNATURES_H

#include <stdint.h>

#include "core/finding.h"
#include "core/keyring.h"
#include "core/leaf.h"

#define VERIFY_ALL UINT64_MAX

/* Which of a log's entries, one bit for each. */
struct verify_sample {
    unsigned char *bits; /* NULL: all */
};
/* `sample` of `count`, at random, so that nobody can know beforehand which; VERIFY_ALL. */
void verify_sample_choose(struct verify_sample *chosen, uint64_t count, uint64_t sample);
void verify_sample_release(struct verify_sample *chosen);

struct verify_signatures_report {
    uint64_t valid;
    uint64_t unchecked; /* not chosen; their writers were granted */
};

/* Each of the leaves from index `first` on must name a writer that is granted at its index (or the
 * root key), and its signature must hold: entry_writer, entry_signature. Of those that were not
 * chosen only the root key's signatures are verified. Adds to the report. */
void verify_signatures(const struct leaf *leaves, uint64_t first, uint64_t count,
                       const struct keyring *keys, const struct verify_sample *chosen,
                       struct verify_signatures_report *report, struct findings *findings);

#endif
