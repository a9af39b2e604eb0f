/*
 * Migrations: the files of sql/schema, compiled in; numbered, forward only.
 *
 * sql/roles.sql first (roles are the cluster's, the script repeats itself); then each file that is
 * not yet applied, in one transaction with its row of ledger.schema_version, as the role
 * daybook_owner, one statement a message. An applied file whose text has changed is refused.
 */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include <stdbool.h>

#include "store/store.h"

/* Called for each file that is applied. */
typedef void migrate_report(void *context, int version, const char *name);

/* `store` is a connection that may create roles and become daybook_owner. `report` may be NULL. */
MUST_CHECK bool migrate_run(struct store *store, migrate_report *report, void *context,
                            struct error *err);
/* For programs at their start: ERROR_REFUSED, with what to do, unless the database has exactly the
 * files of this program. */
MUST_CHECK bool migrate_check(struct store *store, struct error *err);

#endif
