/*
 * The corrections of a replacement, and the operator's entry before them: one transaction, under
 * the slot's lock, so that nothing of the tenant is counted in between.
 *
 * Each correction takes a step of the slot of its own, of no batch: a recovery makes it again from
 * the journal, entry by entry.
 */
#ifndef INGEST_REPLACE_APPLY_H
#define INGEST_REPLACE_APPLY_H

#include "ingest/replace_cells.h"

#define REPLACE_CORRECTIONS_MAX 10000

struct replace_order {
    struct session *session; /* whose claim_store writes */
    const struct replace_scope *scope;
    const struct secret_key *control_key;
    struct digest operator_key;
    const char *reason;
    const struct digest *file; /* NULL: an undo */
    const char *undoes;        /* index of the entry that is undone; NULL: none is */
    uint64_t first;            /* of an undo: the corrections of that entry … */
    uint64_t count;
    struct replace_cells *cells; /* with what is wanted; an undo fills them */
};

/* *out_count is 0 when nothing differs: then nothing was written. ERROR_REFUSED names a cell that
 * no correction can reach, or would take below zero. */
MUST_CHECK bool replace_apply(const struct replace_order *order, uint64_t *out_index,
                              uint64_t *out_count, struct error *err);

#endif
