/*
 * Entry signatures by the tens of thousands, on two threads.
 */
#ifndef VERIFY_SIGNATURES_H
#define VERIFY_SIGNATURES_H

#include <stdint.h>

#include "core/finding.h"
#include "core/keyring.h"
#include "core/leaf.h"

/* Each leaf's writer must be granted at its index (or be the root key) and its signature must hold:
 * entry_writer, entry_signature. Returns how many hold. */
uint64_t verify_signatures(const struct leaf *leaves, uint64_t count, const struct keyring *keys,
                           struct findings *findings);

#endif
