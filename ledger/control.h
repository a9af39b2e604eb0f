/*
 * What people decide: catalog, tenants, keys. Each decision is an entry of the ledger's control
 * stream with its content, canonical JSON, as a row beside it.
 *
 * The stream is serialised by the log's head: a decision is looked up, numbered and signed while
 * the head is locked (they are rare). Registry copies follow in a transaction of their own.
 */
#ifndef LEDGER_CONTROL_H
#define LEDGER_CONTROL_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/cli.h"
#include "store/append.h"
#include "store/contents.h"
#include "store/logs.h"
#include "store/operator.h"
#include "store/store.h"

/* Who decides, and by which hand: a connection, a writer's key and an operator's name. */
struct control {
    struct arena arena;
    struct store *store;
    struct log_row log;
    struct secret_key *key;
    unsigned char *salt_key; /* NULL under the root key: its entries are public */
    struct writer writer;
    struct person person; /* its hash alone under the root key, its own operator */
};

struct decision {
    enum entry_kind kind;
    const char *subject_id;
    uint32_t version;
    json_t *content; /* NULL: nothing is to be decided; else released by control_decide() */
};

/* Looks, with the head locked, what is to be decided. May advance head->next_tenant. Called again
 * when the keys moved meanwhile. */
typedef bool control_maker(void *context, struct control *control, struct head *head,
                           struct decision *out, struct error *err);

/* Opens the database, checks the guard (published checkpoint), reads the role's key: ROLE_CONTROL
 * reads control.key, salt.key and the operator's key, which must hold the role 'operate'; ROLE_ROOT
 * only root.key and is its own operator. */
MUST_CHECK bool control_open(const struct cli *cli, enum key_role role, struct control *out,
                             struct error *err);
void control_close(struct control *control);
/* One decision in one transaction. *out_index may be NULL; *out_decided is false where there
 * was nothing to decide. */
MUST_CHECK bool control_decide(struct control *control, control_maker *make, void *context,
                               bool *out_decided, uint64_t *out_index, struct error *err);

/* An entry of the control stream for this content, without its place in the stream. */
MUST_CHECK bool control_entry(const struct decision *decision, const struct digest *operator_key,
                              struct text *out_content, struct entry *out, struct error *err);
/* For commands that only look: database and log. */
MUST_CHECK bool control_look(const struct cli *cli, struct store **out_store,
                             struct log_row *out_log, struct error *err);
void control_leave(struct store **store); /* for CLEANUP; NULL is fine */
/* Strict JSON from a file. */
MUST_CHECK bool control_read_json(const char *path, json_t **out, struct error *err);

#endif
