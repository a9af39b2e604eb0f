/*
 * What past usage would have cost under other terms: by tenant and charge, or for each size of a
 * reservation. Only looks: nothing is written, and PostgreSQL is told so.
 */
#ifndef INVOICES_SIMULATE_H
#define INVOICES_SIMULATE_H

#include <stdbool.h>

#include "base/cli.h"

bool simulate_command(const struct cli *cli, struct error *err);

#endif
