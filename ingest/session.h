/*
 * What a run needs from outside: two connections (one commits, one claims), keys, the writer's
 * grants, the catalog in force. Every connection is guarded by the published checkpoint before it
 * may append.
 */
#ifndef INGEST_SESSION_H
#define INGEST_SESSION_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/cli.h"
#include "ingest/batch.h"

struct session {
    struct arena arena;
    const char *conninfo;
    const char *published;
    int log;
    struct secret_key *key;
    unsigned char *salt_key;
    unsigned char *dedup_key;
    struct measure_keys keys;
    unsigned char cache_key[16];
    struct batcher batcher;    /* with the connection that commits */
    struct store *claim_store; /* of the thread that collects */
    struct writer claim_writer;
    struct scope *scope; /* of the thread that collects */
};

/* Opens everything; ERROR_REFUSED when there is no catalog yet. */
MUST_CHECK bool session_open(const struct cli *cli, struct session *out, struct error *err);
/* What was opened, however far it came. */
void session_close(struct session *session);
/* For the thread that collects: takes newer control entries, or a fresh cache when the old one grew
 * large. */
void session_use_control(struct session *session, struct control *control);
void session_trim(struct session *session);

#endif
