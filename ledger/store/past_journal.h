/*
 * The private journal, read back: every entry that did not come from Kafka, with its content.
 * Its writer: ledger/journal.h.
 */
#ifndef STORE_PAST_JOURNAL_H
#define STORE_PAST_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/error.h"
#include "base/text.h"
#include "core/body.h"

struct past_entry {
    uint64_t index;
    struct entry entry;
    const char *subject_id; /* of a control entry or document; else NULL */
    struct slice content;   /* the same; canonical JSON */
};

struct past_block;

struct past_journal {
    uint64_t size; /* of the log; lines behind it are not read */
    /* private */
    struct arena arena; /* of the names */
    const char *folder;
    size_t block_count;
    size_t block_capacity;
    struct past_block *blocks; /* by first index; the longest of each */
    struct arena loaded;       /* of the block in memory */
    size_t block_at;           /* its place; SIZE_MAX: none */
    struct past_entry *entries;
    size_t count;
};

MUST_CHECK bool past_journal_open(const char *archive, uint64_t size, struct past_journal *out,
                                  struct error *err);
void past_journal_close(struct past_journal *journal);
/* The first entry at or after `from` that is not usage of a batch (which its feed brings); false in
 * *out_found at the end. Its texts live until the next call. */
MUST_CHECK bool past_journal_next(struct past_journal *journal, uint64_t from,
                                  struct past_entry *out, bool *out_found, struct error *err);

typedef bool past_line(void *context, struct slice line, struct error *err);
/* Each line of one of the journal's lists ("dispositions"); a list that is missing is empty. */
MUST_CHECK bool past_journal_list(const struct past_journal *journal, const char *name,
                                  past_line *visit, void *context, struct error *err);

#endif
