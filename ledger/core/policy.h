/*
 * C2SP tlog-policy: which logs and witnesses somebody trusts, and how many witnesses are enough.
 *
 *   log VKEY [URL]                  logs, by key; the key's name is the origin
 *   witness NAME VKEY [URL]         witnesses, by key (cosignature/v1); NAME is for this file
 *   group NAME all|any|K MEMBER...  at least K of these witnesses and groups
 *   quorum NAME|none                exactly one: what a checkpoint needs
 *
 * Names stand on a line before the one that uses them, and each is a member at most once, so that a
 * witness counts in one way. Words are parted by spaces and tabs, '#' begins a comment line, every
 * line ends in a newline. Strict: what the specification does not allow is refused, with its line.
 */
#ifndef CORE_POLICY_H
#define CORE_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "core/checkpoint.h"
#include "core/key.h"

#define POLICY_LOGS_MAX 32
#define POLICY_WITNESSES_MAX 32
#define POLICY_GROUPS_MAX 32
#define POLICY_PARTIES_MAX (POLICY_WITNESSES_MAX + POLICY_GROUPS_MAX)
#define POLICY_SIZE_MAX (1 << 20)

struct policy_log {
    struct public_key key;
    const char *url; /* NULL for none */
};

/* A witness, or a group of those that stand before it. */
struct policy_party {
    const char *name;
    size_t threshold; /* of a group: 1 … member_count; 0 for a witness */
    size_t member_count;
    unsigned char members[POLICY_PARTIES_MAX]; /* indexes, each less than this party's own */
    struct public_key key;                     /* of a witness */
    const char *url;                           /* of a witness; NULL for none */
    bool is_member;                            /* of a group already */
};

#define POLICY_QUORUM_NONE ((size_t)-1)

struct policy {
    struct digest digest; /* SHA-256 of its text: how a contract names it */
    size_t log_count;
    size_t party_count;
    size_t witness_count;
    size_t quorum; /* index of a party; POLICY_QUORUM_NONE: no cosignature is asked for */
    struct policy_log logs[POLICY_LOGS_MAX];
    struct policy_party parties[POLICY_PARTIES_MAX];
};

/* Names and URLs live in the arena. ERROR_INPUT with the line. */
MUST_CHECK bool policy_parse(const char *text, size_t size, struct arena *arena, struct policy *out,
                             struct error *err);
bool policy_is_witness(const struct policy_party *party);
bool policy_lists_log(const struct policy *policy, const struct public_key *key);
/* Whether these witnesses are enough; has_signed[i] is looked at where party i is a witness. */
bool policy_is_reached(const struct policy *policy, const bool has_signed[POLICY_PARTIES_MAX]);

/* What the policy's witnesses say of a note. */
struct policy_verdict {
    bool is_reached;
    size_t witness_count; /* of those known, how many cosigned */
    bool has_signed[POLICY_PARTIES_MAX];
    uint64_t time_seconds[POLICY_PARTIES_MAX]; /* of each that has signed */
    uint64_t reached_seconds; /* the time at which the last one needed had signed; 0: not reached */
};

/* Opens the note: `log_key` signed the checkpoint of its name, and every line of a known witness
 * holds. ERROR_INPUT malformed, ERROR_SIGNATURE a line that fails. Too few witnesses is no error:
 * *out says so. */
MUST_CHECK bool policy_open(const struct policy *policy, const struct public_key *log_key,
                            const char *note, size_t size, struct checkpoint *out_checkpoint,
                            struct policy_verdict *out, struct error *err);

#endif
