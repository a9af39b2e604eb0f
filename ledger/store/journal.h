/*
 * What Kafka cannot give back: which entries, dispositions and floors the archive's journal keeps
 * for recovery.
 */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/text.h"
#include "store/store.h"

/* Indexes in [from, to) of all entries but those of batches that were read from a topic:
 * ascending, in the arena. Receipts are always among them. */
MUST_CHECK bool journal_indexes(struct store *store, int log, uint64_t from, uint64_t to,
                                struct arena *arena, uint64_t **out, size_t *out_count,
                                struct error *err);
/* One JSON object a line, the oldest first: what operators did about quarantined records. */
MUST_CHECK bool journal_dispositions(struct store *store, int log, struct text *out,
                                     struct error *err);
/* The same for the steps that raised a slot's floor. */
MUST_CHECK bool journal_floors(struct store *store, int log, struct text *out, struct error *err);

/* And for what reviews fixed: issue dates and drafts. */
MUST_CHECK bool journal_reviews(struct store *store, int log, struct text *out, struct error *err);

/* And for who approved them. */
MUST_CHECK bool journal_approvals(struct store *store, int log, struct text *out,
                                  struct error *err);

/* For recovery: puts a line of these lists back; *out_written is false when it was there, or when
 * what it stands beside is not. */
MUST_CHECK bool journal_restore_disposition(struct store *store, int log, struct slice line,
                                            bool *out_written, struct error *err);
MUST_CHECK bool journal_restore_review(struct store *store, int log, struct slice line,
                                       bool *out_written, struct error *err);
MUST_CHECK bool journal_restore_approval(struct store *store, int log, struct slice line,
                                         bool *out_written, struct error *err);

#endif
