/*
 * A sample ledger's writer: what sample_ledger and its parts share.
 */
#ifndef HARNESS_SAMPLE_H
#define HARNESS_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "core/key.h"
#include "store/receipts.h"
#include "store/store.h"
#include "store/tenants.h"

#define TENANTS 2
#define SERIES 4
#define FIRST_HOUR INT64_C(490896) /* 2026-01-01T00 */

struct sample {
    struct arena arena;
    struct store *store;
    const char *keys;
    struct secret_key *ingest;
    struct secret_key *invoices;
    unsigned char *salt_key;
    struct tenant tenants[TENANTS];
    uint64_t next_seqs[TENANTS];
    uint64_t steps[TENANTS];
    struct digest series[SERIES];
    struct text descriptors[SERIES];
    struct assignment assignment;
    struct chain_end end;
    bool is_first;
};

/* The first tenant's invoice DE-2026-000001: period, document, transfer. */
MUST_CHECK bool sample_add_invoice(struct sample *sample, struct error *err);

#endif
