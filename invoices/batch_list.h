/*
 * Whom a batch is about: all tenants, or the drafts of a list.
 */
#ifndef INVOICES_BATCH_LIST_H
#define INVOICES_BATCH_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "invoices/session.h"

/* The first line of what every step prints, and of the list that approve reads: tenant, period and
 * draft of its rows count. No field has a comma. */
#define BATCH_HEADER "tenant,period,state,number,total,currency,draft"

struct batch_item {
    struct tenant tenant;
    const char *label; /* of the period */
    const char *draft; /* its hash as hex; NULL: whatever it is */
};

struct batch_list {
    struct arena *arena;
    const char *label;
    size_t count;
    size_t capacity;
    struct batch_item *items;
};
void batch_list_release(struct batch_list *list);

/* By number; texts go to the arena. */
MUST_CHECK bool batch_list_all(struct batch_list *list, struct session *session, const char *label,
                               struct arena *arena, struct error *err);
/* Rows of a file as `batch review` prints them, in its order. ERROR_INPUT names a line that is
 * none. */
MUST_CHECK bool batch_list_read(struct batch_list *list, struct session *session, const char *path,
                                struct arena *arena, struct error *err);

#endif
