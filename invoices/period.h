/*
 * The life of a period: open, grace, cut, review, approved, issued. A close is one entry of the
 * tenant's money stream; it names the sealed size that the period's document is made with.
 */
#ifndef INVOICES_PERIOD_H
#define INVOICES_PERIOD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cli.h"
#include "invoices/contracts.h"
#include "invoices/session.h"

/* A period that was closed. */
struct closed_period {
    uint64_t index; /* of its entry */
    struct period period;
    const char *contract;
    uint32_t contract_version;
    const char *origin; /* the cut: of which log, where it was made before a successor was opened */
    uint64_t size;
    struct digest root;
};

/* ERROR_NOT_FOUND while the period is open. */
MUST_CHECK bool period_find(struct session *session, const struct tenant *tenant, const char *label,
                            struct closed_period *out, struct error *err);
/* The tenant's last period that was closed; ERROR_NOT_FOUND when there is none. */
MUST_CHECK bool period_last(struct session *session, const struct tenant *tenant,
                            struct closed_period *out, struct error *err);
/* The tenant and the contract that a command's TENANT PERIOD name. */
MUST_CHECK bool period_of_arguments(const struct cli *cli, struct session *session,
                                    struct tenant *out_tenant, struct agreement *out_agreement,
                                    struct period *out_period, struct error *err);

/* What a close came to. */
struct closed_now {
    bool was_closed;
    uint64_t size;  /* the cut */
    uint64_t index; /* of its entry */
};
/* Cuts it at the newest checkpoint, once it may be cut and can become a document; a pool's with all
 * who take part in it. */
MUST_CHECK bool period_close(struct session *session, const struct tenant *tenant,
                             const struct agreement *agreement, const struct period *period,
                             struct closed_now *out, struct error *err);

bool period_close_command(const struct cli *cli, struct error *err);

#endif
