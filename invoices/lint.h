/*
 * Plans and contracts checked as files: the first thing that is wrong with line and path, and what
 * to do about it.
 */
#ifndef INVOICES_LINT_H
#define INVOICES_LINT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cli.h"

bool plan_lint_command(const struct cli *cli, struct error *err);
/* With the plans that are named after it, each as the version that the contract asks for. */
bool contract_lint_command(const struct cli *cli, struct error *err);

/* The line, from 1, of what a JSON Pointer names in valid JSON; of the innermost of its parents
 * that is there when it is not. */
size_t lint_line(const char *json, const char *pointer);

#endif
