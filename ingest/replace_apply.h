/*
 * The corrections of a replacement, and the operator's entry before them: in one transaction with
 * the file that they make up for, under the slot's lock, so that nothing of the tenant is counted
 * in between and nobody sees one without the other.
 *
 * Each correction takes a step of the slot of its own, of no batch: a recovery makes it again from
 * the journal, entry by entry.
 */
#ifndef INGEST_REPLACE_APPLY_H
#define INGEST_REPLACE_APPLY_H

#include "ingest/replace_cells.h"

/* A transaction has fewer than 40 000 entries (head_whole.sql), and a batch of them 20 000. */
#define REPLACE_CORRECTIONS_MAX 10000
#define REPLACE_UNDONE_MAX 35000

struct replace_order {
    struct session *session;
    const struct replace_scope *scope;
    struct writer *control; /* of the role control, on any connection */
    struct digest operator_key;
    const char *reason;
    const struct digest *file;   /* NULL: an undo */
    const char *undoes;          /* index of the entry that is undone; NULL: none is */
    uint64_t from;               /* of an undo: what came at indexes from here … */
    uint64_t to;                 /* … to below here is taken back */
    struct replace_cells *cells; /* with what is wanted; an undo fills them */
};

struct replace_done {
    bool has_entry; /* of the operator; else nothing differed, and nothing was written */
    uint64_t index;
    uint64_t count; /* of corrections */
};

/* In a transaction: the tenant's slot, to be taken before the head; again, too. */
MUST_CHECK bool replace_lock(struct store *store, const struct replace_order *order,
                             uint64_t *out_step, struct error *err);
/* In a transaction that began when the log had `before` entries. `corrections`
 * writes as ingest. ERROR_REFUSED names a cell that no correction can reach, or would take below
 * zero. */
MUST_CHECK bool replace_write(struct store *store, struct writer *corrections,
                              const struct replace_order *order, uint64_t before,
                              struct replace_done *out, struct error *err);
/* The same in a transaction of its own, by the session's claim_store. */
MUST_CHECK bool replace_apply(const struct replace_order *order, struct replace_done *out,
                              struct error *err);

#endif
