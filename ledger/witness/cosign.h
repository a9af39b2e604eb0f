/*
 * One round with the witnesses of a log: each is shown the newest published checkpoint, with the
 * proof that it extends what that witness cosigned last, and what it answers is kept.
 *
 * It holds no key and has no database. It reads the public archive, and writes one folder in it:
 *
 *   ARCHIVE/public/witnessed/checkpoint   the newest checkpoint that the policy's quorum cosigned:
 * the log's line and theirs. Without a quorum so far, the newest that anybody cosigned
 *   ARCHIVE/public/witnessed/KEY          what the witness with this key (8 hex digits, its id)
 * cosigned last ARCHIVE/public/witnessed/KEY.shown    what it showed when it refused: signed by the
 * log's key, so evidence, if the published log does not extend it
 *
 * The sealer reads this folder before each signature, and signs nothing that does not extend all
 * that is in it.
 */
#ifndef WITNESS_COSIGN_H
#define WITNESS_COSIGN_H

#include <stdbool.h>

#include "core/checkpoint.h"
#include "core/policy.h"
#include "witness/client.h"

struct cosign {
    const char *folder; /* the public archive; lent, as all pointers here */
    struct public_key log_key;
    const struct policy *policy;
    const char *urls[POLICY_PARTIES_MAX]; /* of the witnesses; NULL: is not asked */
    struct client *client;
};

struct cosign_round {
    struct checkpoint checkpoint;
    struct policy_verdict verdict;
    size_t asked;
    size_t away;         /* gave no answer that means something: to be asked again soon */
    size_t contradicted; /* have seen another log than is published: call a human */
};

/* What a witness does is logged and counted; false only for what is wrong on our side. */
MUST_CHECK bool cosign_round(struct cosign *cosign, struct cosign_round *out, struct error *err);

#endif
