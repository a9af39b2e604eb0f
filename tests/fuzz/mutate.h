/*
 * Changed inputs: the same for the same seed and number, whatever ran before.
 */
#ifndef FUZZ_MUTATE_H
#define FUZZ_MUTATE_H

#include "fuzz/fuzz.h"

#define MUTATED_SIZE_MAX (1 << 17)

/* Execution `number` of a run: one of the corpus, changed in a few places. The first executions are
 * the corpus itself. */
void mutate(const struct fuzz_corpus *corpus, uint64_t seed, uint64_t number, struct text *out);

#endif
