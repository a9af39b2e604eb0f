/*
 * A batch that the book had, decided again: by the records of its ranges, under the control entries
 * that its receipts name, with what memory knows of the slots before it.
 *
 *     prepare → (what memory of the slots needs) → decide → (compare, append) → merge
 *
 * Recovery appends what comes out (recover_batch.c), an audit compares it with what the book has
 * (audit_batch.c). Nothing here writes or signs.
 */
#ifndef INGEST_REPLAY_H
#define INGEST_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "ingest/batch.h"
#include "ingest/chapter.h"

struct replay {
    struct arena *arena; /* the caller's, for all of it */
    uint64_t control_index;
    struct plan plan;
    struct decision decision;
    struct chapter chapter; /* all but the leaves of its entries */
};

/* Takes the control entries up to `control_index`, measures the load under them, and plans. The
 * load, which nobody measured yet, holds exactly the batch's records. */
MUST_CHECK bool replay_prepare(struct batcher *batcher, struct load *load, uint64_t control_index,
                               struct arena *arena, struct replay *out, struct error *err);
/* Memory knows the plan's slots as they were before the batch. Decides all of the load, whatever
 * memory it takes. */
MUST_CHECK bool replay_decide(struct batcher *batcher, const struct load *load,
                              struct replay *replay, struct error *err);
/* Memory learns what the batch did. */
void replay_merge(struct batcher *batcher, const struct replay *replay);

#endif
