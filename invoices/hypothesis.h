/*
 * Terms as they are and as they would be: a tenant's contracts, with another plan in place of one
 * that they name, or another version of a contract.
 */
#ifndef INVOICES_HYPOTHESIS_H
#define INVOICES_HYPOTHESIS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cli.h"
#include "invoices/contracts.h"
#include "invoices/variants.h"
#include "rating/plan.h"

/* What is changed; from files, checked as `apply` would check them. */
struct hypothesis {
    bool has_plan;
    struct plan plan;
    const char *instead_of; /* the plan that it stands for, in all its versions */
    json_t *contract;       /* NULL: none */
    const char *contract_path;
    const char *tenant;   /* of the contract */
    size_t changed_count; /* contracts that were rated otherwise so far */
};
void hypothesis_release(struct hypothesis *hypothesis); /* for CLEANUP; zeros are fine */
/* The options --plan, --instead-of and --contract. In the arena. */
MUST_CHECK bool hypothesis_read(const struct cli *cli, struct arena *arena, struct hypothesis *out,
                                struct error *err);

enum variant_place { VARIANT_AS_IS, VARIANT_CHANGED, VARIANT_COUNT };

/* Of one tenant. */
struct tenant_terms {
    size_t count;
    struct agreement *agreements; /* the newest versions */
    struct agreement other;       /* the hypothesis' contract */
    struct variant variants[VARIANT_COUNT];
};
void tenant_terms_release(struct tenant_terms *terms); /* for CLEANUP; zeros are fine */
/* As of entries below `size`. The other contract stands for the one of its id, or for all where
 * there is none. In the session's arena. */
MUST_CHECK bool hypothesis_apply(struct hypothesis *hypothesis, struct session *session,
                                 const struct tenant *tenant, uint64_t size,
                                 struct tenant_terms *out, struct error *err);

#endif
