/*
 * Contracts in the book: `contract apply` decides a version in the tenant's money stream.
 */
#ifndef INVOICES_CONTRACTS_H
#define INVOICES_CONTRACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cli.h"
#include "invoices/plans.h"
#include "invoices/session.h"
#include "rating/contract.h"
#include "store/contents.h"
#include "store/tenants.h"

/* A contract's version, compiled, with its plans and the entry that decided it. */
struct agreement {
    struct contract contract;
    uint32_t version;
    uint64_t index;
    struct plan_set plans;
    bool is_lent; /* the contract's memory is another agreement's, which lives longer */
};
void agreement_release(struct agreement *agreement); /* for CLEANUP; zeros are fine */

/* The tenant's contract, in its newest version below `size`, that has a part of the period of
 * `label` (or of an instant in RFC 3339): ERROR_REFUSED when there is none, or when several have a
 * part of the month and none has the whole name. */
MUST_CHECK bool contracts_find(struct session *session, const struct tenant *tenant,
                               const char *label, uint64_t size, struct agreement *out,
                               struct period *out_period, struct error *err);
/* A contract's part of what a label names. */
struct agreement_part {
    struct agreement agreement;
    struct period period;
};
struct agreement_parts {
    size_t count;
    struct agreement_part *items;
};
void agreement_parts_release(struct agreement_parts *parts); /* for CLEANUP; zeros are fine */
/* All of them, in time order, of the tenant's contracts in their newest versions. */
MUST_CHECK bool contracts_parts(struct session *session, const struct tenant *tenant,
                                const char *label, struct agreement_parts *out, struct error *err);
/* The newest version below `size` of each of the tenant's contracts; in the session's arena. */
MUST_CHECK bool contracts_newest(struct session *session, const struct tenant *tenant,
                                 uint64_t size, struct content **out, size_t *out_count,
                                 struct error *err);
/* Exactly this version: what a document was made with. */
MUST_CHECK bool contracts_version(struct session *session, const struct tenant *tenant,
                                  const char *contract_id, uint32_t version, struct agreement *out,
                                  struct error *err);

/* On stderr: what is allowed but rarely meant. */
void contracts_print_warnings(const struct contract *contract);

bool contract_apply_command(const struct cli *cli, struct error *err);

#endif
