/*
 * What there is to sell, declared by an operator, and what of it was sold and idle.
 */
#ifndef INVOICES_IDLE_H
#define INVOICES_IDLE_H

#include <stdbool.h>

#include "base/cli.h"
#include "base/error.h"

/* `capacity apply FILE`: a version into the book. */
bool capacity_apply_command(const struct cli *cli, struct error *err);
/* `idle ID --period A..B`: exit status 1 when a tenant's contract could not be rated; his usage
 * counts as on demand then, and he is named. */
bool idle_command(const struct cli *cli, struct error *err);

#endif
