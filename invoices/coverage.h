/* What a period's reservations and spend plans covered, hour by hour, as its document says it. */
#ifndef INVOICES_COVERAGE_H
#define INVOICES_COVERAGE_H

#include <stdbool.h>

#include "base/cli.h"
#include "base/error.h"

bool coverage_command(const struct cli *cli, struct error *err);

#endif
