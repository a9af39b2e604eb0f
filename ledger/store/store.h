/*
 * One connection to PostgreSQL: transactions, and the meaning of its errors.
 *
 * Errors are classified by SQLSTATE: 23505, 23503, 23514 CONFLICT; 40001, 40P01, 55P03,
 * 57014, 53300, 57P01 to 57P03, 25P03 and class 08 BUSY; 42501 REFUSED; everything else SYSTEM. A
 * connection is lost, and BUSY, where libpq says so, where the server's words are its last ones
 * (FATAL), and where a statement failed without any word of the server's. Any answer to COMMIT but
 * success is ERROR_UNKNOWN, whatever its SQLSTATE: drop state, look again.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"

struct store;

/* Connects with tcp_user_timeout, keepalives, and for the session: lock_timeout 10 s,
 * idle_in_transaction_session_timeout 60 s, UTC. `application` is seen in pg_stat_activity. */
MUST_CHECK bool store_open(const char *conninfo, const char *application, struct store **out,
                           struct error *err);
void store_close(struct store *store);
/* Closes and connects again; for after ERROR_UNKNOWN and lost connections. */
MUST_CHECK bool store_reopen(struct store *store, struct error *err);
/* For who sorts a month's windows, of which a tenant may have some ten thousand: PostgreSQL does it
 * in memory, 64 MB at most for each sort. Holds for the connections after a store_reopen(), too. */
MUST_CHECK bool store_sort_in_memory(struct store *store, struct error *err);
/* False once the connection is lost. */
bool store_is_alive(const struct store *store);

/* READ COMMITTED. */
MUST_CHECK bool store_begin(struct store *store, struct error *err);
/* REPEATABLE READ, READ ONLY: one snapshot. */
MUST_CHECK bool store_begin_snapshot(struct store *store, struct error *err);
MUST_CHECK bool store_commit(struct store *store, struct error *err);
/* Never fails: a connection that cannot roll back is closed. */
void store_rollback(struct store *store);
/* SET LOCAL daybook.tenants = '{…}': whom row-level security lets through until the end of the
 * transaction. The one statement that is printed. */
MUST_CHECK bool store_set_tenants(struct store *store, const uint64_t *tenants, size_t count,
                                  struct error *err);

/*
 * The writers' guard (invariant: a restored database never grows). Reads the published checkpoint
 * at `published_path` (archive/public/checkpoint) and compares it with the log's head. ERROR_HALT
 * with both sizes when the head is smaller, ERROR_HALT when the checkpoint cannot be read. To be
 * called by every writer on each new connection before it appends. A connection that failed it is
 * closed, whatever the reason: who tries again opens a new one and is guarded again.
 */
MUST_CHECK bool store_guard(struct store *store, int log, const char *published_path,
                            struct error *err);

#endif
