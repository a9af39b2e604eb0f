/*
 * Which numbers of a source came: a bag of whole numbers, as runs.
 *
 * A number may be there several times: CloudEvents' extension knows no lives of a source, so one
 * that counts from 1 again after a restart brings the same numbers once more. The n-th *life* is
 * made of the numbers that came n times at least. Whatever order they came in, and in whichever
 * life one is missing: a number that did not come makes a gap in the last life that should have it.
 *
 * Bytes: for each run, ascending by first number, zigzag varint of (first − what would follow the
 * run before; of the first run: first), varint of (length − 1). Little groups first (LEB128).
 */
#ifndef INGEST_SEQUENCE_H
#define INGEST_SEQUENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/text.h"

/* Numbers are whole, from −SEQUENCE_MAX to SEQUENCE_MAX: any that a 64-bit counter gives in
 * practice, with room for what follows. */
#define SEQUENCE_MAX (INT64_MAX / 4)

struct sequence_run {
    int64_t first;
    int64_t last;
};

struct sequence_set {
    size_t count;
    size_t capacity;
    struct sequence_run *runs;
    size_t sorted; /* runs that are in order and as few as can be */
};

/* "-?(0|[1-9][0-9]*)" in range; false for anything else. */
bool sequence_parse(struct slice text, int64_t *out);

void sequence_set_release(struct sequence_set *set);
void sequence_set_add(struct sequence_set *set, struct sequence_run run);
/* Puts the runs in order, life by life: afterwards those of each life are apart, ascending and as
 * few as can be, the first life's first. Returns how many lives there are. */
size_t sequence_set_settle(struct sequence_set *set);

/* Sorts the numbers; the bytes lie in the arena. */
struct slice sequence_encode(int64_t *numbers, size_t count, struct arena *arena);
/* Adds what the bytes say. False for what sequence_encode() could not have written. */
MUST_CHECK bool sequence_decode(struct slice bytes, struct sequence_set *set);

#endif
