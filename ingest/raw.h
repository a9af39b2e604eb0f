/*
 * The bytes of records that receipts vouch for (protocol section 3).
 *
 *   offset i64 ‖ timestamp type i32 ‖ timestamp i64 ‖ field(key) ‖ header count i32
 *   ‖ (field(name) ‖ field(value))* ‖ field(value)        field = i32 length, or -1 ‖ bytes
 *
 * Big-endian. A range's hash is over its records in order; an anchor is the same over one.
 */
#ifndef INGEST_RAW_H
#define INGEST_RAW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/text.h"
#include "core/digest.h"
#include "meter/event.h"

void raw_add(struct digest_running *running, const struct record *record);
/* Copies what the record points to as these very bytes, where it points to from now on, so that
 * they are hashed as they lie: in an arena that has nothing else, those of one record follow
 * another's. The list of headers lies in `arena`. */
struct slice raw_keep(struct record *record, struct arena *bytes, struct arena *arena);
struct digest raw_digest(const struct record *record);
/* Bytes of key, headers and value together. */
size_t raw_size(const struct record *record);
/* Header count and headers, as above; in the arena. */
struct slice raw_headers(const struct record *record, struct arena *arena);
/* Reads them back; they point into `bytes`. False for what raw_headers() could not have written. */
MUST_CHECK bool raw_read_headers(struct slice bytes, struct arena *arena,
                                 const struct record_header **out, size_t *out_count);

#endif
