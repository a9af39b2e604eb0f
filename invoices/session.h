/*
 * What a command works with: a connection, the log, a writer's key and the operator who decides.
 *
 * Plans and contracts are decided under the control key; periods, documents and transfers are
 * written under the invoices key. Both read salt.key and the operator's key beside it.
 */
#ifndef INVOICES_SESSION_H
#define INVOICES_SESSION_H

#include <jansson.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/cli.h"
#include "store/append.h"
#include "store/logs.h"
#include "store/operator.h"
#include "store/store.h"
#include "store/tenants.h"

struct plan_memo;

#define SESSION_TRIES_MAX 5 /* each lost to a change of keys between signing and locking */

struct session {
    struct arena arena;
    struct store *store;
    struct log_row log;
    struct secret_key *key;
    unsigned char *salt_key;
    struct writer writer;
    struct person person;    /* without a key where nobody decides */
    struct pool_memo *pools; /* what was rated of pools; in the arena */
    struct plan_memo *plans; /* versions that were read (plans.h): a version never changes */
    bool *joined;            /* NULL, or it works in a transaction of others (session_join()) */
};

/* To look only. */
MUST_CHECK bool session_look(const struct cli *cli, struct session *out, struct error *err);
/* To write: ROLE_CONTROL or ROLE_INVOICES, for an operator who holds `decides` (0: nothing is
 * decided). Checks the guard (the published checkpoint). */
MUST_CHECK bool session_open(const struct cli *cli, enum key_role role, unsigned decides,
                             struct session *out, struct error *err);
void session_close(struct session *session);

/* Does one thing in one transaction; again, up to SESSION_TRIES_MAX times, when it is ERROR_BUSY
 * because the keys changed. */
typedef bool session_work(void *context, struct session *session, struct error *err);
MUST_CHECK bool session_transact(struct session *session, session_work *work, void *context,
                                 struct error *err);

/* The same connection, keys and plans for work of its own in a transaction that `session` has
 * begun, with a fresh arena, which the caller releases: what it transacts is a part of that, and no
 * transaction of its own. *out_failed: what it transacted failed, so that all must be rolled back.
 */
struct session session_join(const struct session *session, bool *out_failed);

/* A control entry of the tenant's money stream (or of the control stream: tenant 0), with its
 * content; the caller holds what serialises the stream. `head` is locked. */
struct decided {
    enum entry_kind kind;
    uint64_t tenant;
    uint64_t stream_seq;
    const char *subject_id;
    uint32_t version;
    const char *content; /* canonical */
    size_t content_size;
};
/* Fills and signs it. */
void session_sign(const struct session *session, const struct decided *decided,
                  struct signed_entry *out);
MUST_CHECK bool session_content(struct session *session, uint64_t index,
                                const struct decided *decided, struct error *err);

#endif
