/*
 * What serialises money: a contract's versions, a tenant's money stream, a legal entity's series of
 * numbers.
 *
 * Locked in this order, before the log's head: contract, money heads by tenant, number head, head.
 * A row that is missing is made.
 */
#ifndef STORE_MONEY_H
#define STORE_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#include "store/store.h"

/* Until the transaction ends: whoever decides a version of the contract waits. */
MUST_CHECK bool contract_lock(struct store *store, int log, const char *contract,
                              struct error *err);
/* FOR UPDATE; *out_next_seq is the next stream_seq of (tenant, money). */
MUST_CHECK bool money_head_lock(struct store *store, int log, uint64_t tenant,
                                uint64_t *out_next_seq, struct error *err);
MUST_CHECK bool money_head_set(struct store *store, int log, uint64_t tenant, uint64_t next_seq,
                               struct error *err);
/* FOR UPDATE; numbers begin with 1 and have no gaps, because the head is set in the transaction of
 * the document that takes one. */
MUST_CHECK bool number_head_lock(struct store *store, int log, const char *number_series,
                                 uint64_t *out_next_number, struct error *err);
MUST_CHECK bool number_head_set(struct store *store, int log, const char *number_series,
                                uint64_t next_number, struct error *err);

#endif
