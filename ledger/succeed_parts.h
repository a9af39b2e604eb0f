/*
 * Inside of a succession: succeed.c tells the story, succeed_close.c ends the old log,
 * succeed_carry.c chooses what comes along, succeed_open.c begins the successor.
 */
#ifndef LEDGER_SUCCEED_PARTS_H
#define LEDGER_SUCCEED_PARTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/cli.h"
#include "base/compiler.h"
#include "core/checkpoint.h"
#include "core/key.h"
#include "core/keyring.h"
#include "store/append.h"
#include "store/logs.h"
#include "store/past_journal.h"
#include "store/past_leaves.h"

/* What is carried over, and what is not. */
struct carry {
    struct past_entry *entries; /* of the old log, in its order; texts in the arena */
    size_t count;
    size_t capacity;
    json_t *chains;       /* whose ranges are lost */
    uint64_t control_seq; /* of the old log at its end */
    struct text left_out; /* a line for each decision that has to be made again */
};

struct succession {
    struct arena arena;
    const struct cli *cli;
    const char *origin;     /* the successor's */
    const char *archive;    /* its folder */
    const char *closed;     /* where the old one's is put aside */
    const char *state_path; /* of the sealer, whose place this takes */
    int lock;
    int log;
    struct store *store;
    struct log_row row;         /* as it was found: under the old name or, later, the new one */
    struct secret_key *root;    /* signs both entries */
    struct secret_key *old_key; /* NULL once it is not needed any more */
    struct secret_key *new_key;
    unsigned char *salt_key;
    struct writer writer;      /* of the root key */
    struct key_log old_log;    /* the log that is closed */
    uint64_t common;           /* the last common size */
    bool is_opened;            /* the database has the successor */
    bool is_aside;             /* the old public archive is put aside */
    bool is_remembered;        /* the state file is the successor's */
    struct checkpoint old_end; /* of the old log, once it is closed with the entry that closes it */
    bool is_closed;            /* that entry is there */
    struct past_leaves leaves; /* of the old log up to old_end */
    struct past_journal journal;
    struct carry carry;
};

/* Whether the old log's last entry closes it. ERROR_CONFLICT where it names another successor. */
MUST_CHECK bool succeed_look_closed(struct succession *succession, struct error *err);
/* Appends the entry, remembers and publishes the last checkpoint. */
MUST_CHECK bool succeed_close(struct succession *succession, struct error *err);
/* Puts the old archive aside. */
MUST_CHECK bool succeed_put_aside(struct succession *succession, struct error *err);

void carry_init(struct carry *carry);
void carry_release(struct carry *carry);
/* Reads the old journal from the common size on. ERROR_REFUSED where an issued document cannot come
 * along. */
MUST_CHECK bool succeed_choose(struct succession *succession, struct error *err);

/* All of the next one, rolled back: what cannot be opened is not closed. */
MUST_CHECK bool succeed_rehearse(struct succession *succession, struct error *err);
/* The successor's first own entries, as one transaction; the tree with them is begun. */
MUST_CHECK bool succeed_open(struct succession *succession, struct error *err);
/* What stands beside the book: tenants' copies, reviews, dispositions. Repeatable. */
MUST_CHECK bool succeed_put_rest(struct succession *succession, struct error *err);
/* The key files change their names, the state file its log. Repeatable. */
MUST_CHECK bool succeed_take_over(struct succession *succession, struct error *err);
/* Makes the archive, and publishes. */
MUST_CHECK bool succeed_seal(struct succession *succession, struct error *err);

#endif
