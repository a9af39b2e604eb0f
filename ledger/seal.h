/*
 * The sealer: the only holder of the log key.
 *
 * A beat takes what is committed and flushed, and only then signs it:
 *
 *   grow      read the head; extend the tree by the leaves up to it
 *   commit    an unsigned checkpoint row and its tiles, in one durable transaction: a commit that
 *             writes flushes all that it has read, so nothing can roll back under a signature
 *   check     the new tree extends what the state file, the archive, the database and the witnesses
 *             have seen; what witnesses have cosigned becomes rows
 *   archive   tiles, entry bundles, key bodies, journal: on disk before anybody can ask for them
 *   remember  the state file, flushed
 *   sign      the note; a second row; and the world sees archive/public/checkpoint
 *
 * A crash between any two of them heals at the next start, which begins by finishing the beat. What
 * cannot be healed is HALT: a missing state file, a database behind what was signed, another root.
 */
#ifndef LEDGER_SEAL_H
#define LEDGER_SEAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cli.h"
#include "core/checkpoint.h"
#include "core/key.h"
#include "ledger/archive.h"
#include "ledger/edge.h"
#include "ledger/witnessed.h"
#include "store/store.h"

#define SEAL_GROWTH_MAX 262144 /* entries a beat; more are sealed by the next one */

struct sealer {
    struct store *store; /* lent */
    int log;
    char origin[ORIGIN_SIZE];
    const struct secret_key *key; /* lent; its name is the origin */
    const char *state_path;
    int lock; /* held while it is open */
    struct archive archive;
    struct edge edge;             /* at what was begun or signed last */
    struct checkpoint state;      /* what the state file says */
    struct checkpoint published;  /* what the archive says; size 0: nothing */
    struct checkpoint signed_row; /* what the newest signed row says; size 0: none */
    struct witnessed witnessed;   /* what the tree is known to extend */
    uint64_t begun;               /* an unsigned row beyond the tree, to be finished first; or 0 */
    int64_t lists_at_us;          /* when the journal's lists were looked at */
};

/* Locks, reads what was signed, and finishes a beat that was interrupted. */
MUST_CHECK bool sealer_open(struct sealer *sealer, struct store *store, int log,
                            const struct secret_key *key, const char *state_path,
                            const char *archive_root, struct error *err);
void sealer_close(struct sealer *sealer);
/* One beat. *out_size is what is sealed now, *out_behind whether more is waiting. */
MUST_CHECK bool sealer_beat(struct sealer *sealer, uint64_t *out_size, bool *out_behind,
                            struct error *err);

bool seal_command(const struct cli *cli, struct error *err);

#endif
