/*
 * Forms of the report of sold against idle: windows in order, in each the types that have
 * something; people read the types' sums.
 */
#ifndef INVOICES_IDLE_PRINT_H
#define INVOICES_IDLE_PRINT_H

#include <stdint.h>
#include <stdio.h>

#include "rating/idle.h"

void idle_print_csv(const struct idle_table *table, FILE *out);
void idle_print_text(const struct idle_table *table, FILE *out);
/* `version` of what is declared; entries below `size` were known. */
void idle_print_json(const struct idle_table *table, uint32_t version, uint64_t size, FILE *out);

#endif
