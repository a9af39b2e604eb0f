/*
 * For targets whose documents are known by the hash of their canonical JSON.
 */
#ifndef FUZZ_CANONICAL_H
#define FUZZ_CANONICAL_H

#include <stddef.h>

#include "base/text.h"
#include "core/digest.h"

/* The canonical bytes of what was taken, and their hash. */
struct digest canonical_of(const char *bytes, size_t size, struct text *out);

#endif
