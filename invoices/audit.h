/*
 * Documents made again from the book as it was at their cuts, by today's engine: what differs is
 * drift, of the book or of the engine.
 */
#ifndef INVOICES_AUDIT_H
#define INVOICES_AUDIT_H

#include <stdbool.h>

#include "base/cli.h"

bool audit_command(const struct cli *cli, struct error *err);

#endif
