/*
 * What the witnesses of a policy say of a checkpoint: whether enough of them have seen this log.
 */
#ifndef VERIFY_WITNESSES_H
#define VERIFY_WITNESSES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "core/checkpoint.h"
#include "core/finding.h"
#include "core/policy.h"

struct verify_witnesses {
    bool is_reached;
    size_t known;             /* witnesses of the policy */
    size_t cosigned;          /* of those known */
    uint64_t size;            /* of the checkpoint that they cosigned */
    uint64_t reached_seconds; /* when the last one needed had; 0: not reached, or none is needed */
};

/* Adds what is wrong: a note that is none, a signature that fails, a quorum that is not reached.
 * false when the checkpoint could not be opened; *out_checkpoint is then not set. */
bool verify_witnesses(const char *note, size_t size, const struct public_key *log_key,
                      const struct policy *policy, struct checkpoint *out_checkpoint,
                      struct verify_witnesses *out, struct findings *findings);
/* "2 of 3 witnesses cosigned size 7, enough by 2026-10-01T00:00:00Z\n". */
void verify_witnesses_format(const struct verify_witnesses *witnesses, struct text *out);
/* {"known", "cosigned", "quorum", "size", "time"} as JSON text; time is null where there is none.
 */
void verify_witnesses_format_json(const struct verify_witnesses *witnesses, struct text *out);

#endif
