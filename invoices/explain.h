/*
 * Why a line of a document costs what it costs; the document comes from the book or from a file.
 */
#ifndef INVOICES_EXPLAIN_H
#define INVOICES_EXPLAIN_H

#include <stdbool.h>

#include "base/cli.h"

bool explain_command(const struct cli *cli, struct error *err);

#endif
