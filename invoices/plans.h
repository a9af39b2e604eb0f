/*
 * Plans in the book: `plan apply` decides a version, a contract's plans are compiled from it.
 */
#ifndef INVOICES_PLANS_H
#define INVOICES_PLANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cli.h"
#include "invoices/session.h"
#include "rating/contract.h"
#include "rating/plan.h"

/* The plan versions that a contract names, each once, with the entries that decided them. */
struct plan_set {
    size_t count;
    const struct plan **plans;
    uint64_t *indexes; /* of their control entries */
};

/* The versions that a session has read. */
struct plan_memo *plan_memo_open(void);
void plan_memo_release(struct plan_memo *memo); /* NULL is fine */

/* Each version is read once a session, which keeps it. ERROR_INPUT names a version that is not in
 * the book. */
MUST_CHECK bool plans_of_contract(struct session *session, const struct contract *contract,
                                  struct plan_set *out, struct error *err);
/* Strict JSON from a file, in canonical form. */
MUST_CHECK bool plans_read_json(const char *path, json_t **out, struct text *out_canonical,
                                struct error *err);

/* What somebody decides under a plan's kind: a plan, or a declared capacity. */
struct plan_change {
    const char *id; /* the subject's */
    const struct text *canonical;
    uint32_t version; /* of what the book says now */
    uint64_t index;
    bool decided; /* false: it said the same already */
};
/* For session_transact(): appends the change's next version. */
MUST_CHECK bool plan_decide(void *context, struct session *session, struct error *err);

bool plan_apply_command(const struct cli *cli, struct error *err);

#endif
