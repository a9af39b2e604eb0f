/*
 * What witnesses have seen of the log: the notes that daybook-cosign keeps beside the archive.
 *
 *   ARCHIVE/public/witnessed/NAME       each a checkpoint that the log's key signed, with
 * witnesses' lines; what NAME means: ledger/witness/README.md
 *
 * A note counts by the log's own signature alone: no witness can say what this log never signed. So
 * a note that the tree does not extend is proof that this log was shown in two ways.
 */
#ifndef LEDGER_WITNESSED_H
#define LEDGER_WITNESSED_H

#include <stdbool.h>
#include <stddef.h>

#include "core/checkpoint.h"
#include "core/key.h"

#define WITNESSED_KNOWN_MAX 128

/* The notes that were looked at: the tree extended them, and does from then on. */
struct witnessed {
    size_t count; /* all in all; the newest WITNESSED_KNOWN_MAX are known */
    struct digest known[WITNESSED_KNOWN_MAX];
};

typedef bool witnessed_visitor(void *context, const char *name, const struct checkpoint *checkpoint,
                               struct slice note, struct error *err);

/* Visits every note that is not known; one that was visited without an error is known. No folder is
 * no notes: a ledger need not have witnesses. ERROR_HALT where the log's key did not sign. */
MUST_CHECK bool witnessed_each_new(struct witnessed *witnessed, const char *archive_root,
                                   const struct public_key *log_key, witnessed_visitor *visit,
                                   void *context, struct error *err);

#endif
