/*
 * Verifies a log from its public files alone: checkpoint → leaves → tree → tiles → keys →
 * signatures. No database, no network, no secret.
 *
 * What it proves: the entries are exactly those that the log key signed for, each signed by a key
 * that the root key had granted before and not revoked. It does not see what the entries say: the
 * leaves are salted commitments.
 */
#ifndef VERIFY_LOG_H
#define VERIFY_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "core/checkpoint.h"
#include "core/finding.h"
#include "core/key.h"
#include "core/keyring.h"
#include "core/policy.h"
#include "verify/witnesses.h"

/* What the auditor has pinned; obtained once, by another way than the files. */
struct verify_keys {
    struct public_key log;
    struct public_key root;
    const struct policy *policy; /* whose witnesses must have cosigned; NULL: nobody's */
};

struct verify_log_report {
    struct checkpoint checkpoint;
    uint64_t leaves;               /* read */
    uint64_t signatures;           /* that hold */
    uint64_t unchecked_signatures; /* with a sample */
    uint64_t tiles;                /* compared */
    uint64_t key_entries;
    struct verify_witnesses witnesses; /* with a policy */
    bool has_previous;                 /* it succeeds another log */
    struct key_log previous;           /* that one */
    struct key_log opened;             /* itself */
    bool is_closed;                    /* another one succeeds it */
    struct key_successor successor;    /* that one */
};

/* What somebody saw of this log before. It must still be there, so that neither the log's past nor
 * what two people are shown can differ. */
struct verify_seen {
    uint64_t size;
    struct digest root;
    bool has_keys; /* `key_indexes` are all key and log entries below `size` */
    size_t key_count;
    const uint64_t *key_indexes; /* ascending */
};

/* Adds every finding; false only when nothing could be checked (no checkpoint file). The log must
 * extend what was seen (NULL: nothing was). With a sample of the signatures only so many are
 * verified (signatures.h; VERIFY_ALL). */
MUST_CHECK bool verify_log(const char *folder, const struct verify_keys *keys,
                           const struct verify_seen *seen, uint64_t sample,
                           struct verify_log_report *out, struct findings *findings,
                           struct error *err);

#endif
