/*
 * The end of a month: one step of every tenant's period, by several processes. Each tenant is
 * decided for himself, as by the step's own command: what is refused is named, and the others go
 * on. Run again it goes on where it ended.
 */
#ifndef INVOICES_BATCH_H
#define INVOICES_BATCH_H

#include <stdbool.h>

#include "base/cli.h"

bool batch_close_command(const struct cli *cli, struct error *err);
/* On stdout the list that batch_approve_command() reads. */
bool batch_review_command(const struct cli *cli, struct error *err);
/* Exactly the drafts of a list. */
bool batch_approve_command(const struct cli *cli, struct error *err);
bool batch_issue_command(const struct cli *cli, struct error *err);

#endif
