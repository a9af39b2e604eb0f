/*
 * Periods that are rated for several tenants together, and for one: what is known of them at a cut.
 *
 * A pool is rated once for all who take part in a period; ratings are kept for the session, because
 * each member's document asks for the same one. Other tenants' usage is read here and nowhere else.
 */
#ifndef INVOICES_POOLED_H
#define INVOICES_POOLED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "invoices/contracts.h"
#include "invoices/session.h"
#include "rating/calendar.h"
#include "rating/difference.h"
#include "rating/rate.h"
#include "store/tenants.h"

/* Who takes part in a period, by number: the order of locks. In the session's arena. Of a contract
 * without a pool: its tenant. */
MUST_CHECK bool pooled_tenants(struct session *session, const struct contract *contract,
                               const struct period *period, struct tenant **out, size_t *out_count,
                               struct error *err);

/* The pool's rating as of a size; the session's. */
MUST_CHECK bool pooled_at(struct session *session, const struct agreement *agreement,
                          const struct period *period, uint64_t size, const struct rating **out,
                          struct error *err);
/* Adds what one of them used; `as_sums`: by series (known_sums()). */
MUST_CHECK bool pooled_add_member(struct session *session, const struct tenant *tenant,
                                  uint64_t size, const struct period *period, bool as_sums,
                                  struct rating_usage *usage, struct error *err);
/* What all of them used in the period, each series with its tenant. */
MUST_CHECK bool pooled_usage(struct session *session, const struct contract *contract,
                             const struct period *period, uint64_t size, struct rating_usage *out,
                             struct error *err);
/* The tenant's rating of a period with what is known below `size`; *out_pool is the whole pool's,
 * NULL where there is none. */
MUST_CHECK bool pooled_rate(struct session *session, const struct tenant *tenant,
                            const struct agreement *agreement, const struct period *period,
                            uint64_t size, struct rating *out, const struct rating **out_pool,
                            struct error *err);

/*
 * Of late usage, what the tenant's own changes: the entries of all members with an index of
 * [known_size, size) are added one after the other as they arrived, and each step belongs to whose
 * usage it was.
 */
MUST_CHECK bool pooled_difference(struct session *session, const struct tenant *tenant,
                                  const struct agreement *agreement, const struct period *period,
                                  uint64_t known_size, uint64_t size, struct rating_difference *out,
                                  struct error *err);

/* {"payer", "members", "totals": [{"meter", "unit", "quantity"}]}: what all members' entries of the
 * period, with an index below `size`, sum to. A new reference. */
MUST_CHECK bool pooled_totals_json(struct session *session, const struct contract *contract,
                                   const struct period *period, uint64_t size, json_t **out,
                                   struct error *err);
/* The same, with "charges": what each of the pool's charges is, of which lines are shares, and the
 * tenant's share of it before the one rounding. */
MUST_CHECK bool pooled_json(struct session *session, const struct tenant *tenant,
                            const struct agreement *agreement, const struct period *period,
                            uint64_t size, const struct rating *pool, json_t **out,
                            struct error *err);

#endif
