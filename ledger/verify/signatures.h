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

struct verify_signatures_report {
    uint64_t valid;
    uint64_t unchecked; /* not chosen; their writers were granted */
};

/* Each leaf's writer must be granted at its index (or be the root key) and its signature must hold:
 * entry_writer, entry_signature. With a sample of n, only the root key's signatures and those of n
 * entries are verified, which are chosen at random, so that nobody can know beforehand which. */
struct verify_signatures_report verify_signatures(const struct leaf *leaves, uint64_t count,
                                                  const struct keyring *keys, uint64_t sample,
                                                  struct findings *findings);

#endif
