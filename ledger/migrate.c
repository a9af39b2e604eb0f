/* `daybook-ledger migrate`: brings the database to this program's schema. */
#include <stdio.h>

#include "base/compiler.h"
#include "ledger/control.h"
#include "ledger/init.h"
#include "store/migrate.h"

static void say(void *context, int version, const char *name)
{
    int *count = context;
    (*count)++;
    printf("applied %d %s\n", version, name);
}

bool migrate_command(const struct cli *cli, struct error *err)
{
    struct store *CLEANUP(control_leave) store = NULL;
    const char *conninfo = cli_text(cli, "admin");
    int count = 0;
    if (conninfo == NULL && !cli_required(cli, "database", &conninfo, err))
        return false;
    if (!store_open(conninfo, "daybook-ledger", &store, err) ||
        !migrate_run(store, say, &count, err))
        return false;
    if (count == 0)
        printf("the database is up to date\n");
    return true;
}
