/*
 * A log's public archive as files, read only: its checkpoint, and proofs from its tiles.
 */
#ifndef WITNESS_PUBLISHED_H
#define WITNESS_PUBLISHED_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "core/checkpoint.h"
#include "core/proof.h"

/* FOLDER/checkpoint, signed by this key; the note goes to *out_note. */
MUST_CHECK bool published_read(const char *folder, const struct public_key *log_key,
                               struct text *out_note, struct checkpoint *out, struct error *err);
/* 0 < old_size < size ≤ what is published. */
MUST_CHECK bool published_prove(const char *folder, uint64_t old_size, uint64_t size,
                                struct proof *out, struct error *err);

#endif
