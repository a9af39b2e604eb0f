/* What the database is asked, rule by rule; series' descriptors; batches' names. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "core/series.h"
#include "ledger/audit_parts.h"
#include "store/audit.h"

static const enum finding rule_findings[AUDIT_CHECK_COUNT] = {
    [AUDIT_DOUBLED] = FINDING_ROW_DOUBLED,
    [AUDIT_ENTRY_COLUMNS] = FINDING_ENTRY_MALFORMED,
    [AUDIT_SERIES_STEP] = FINDING_SERIES_MISMATCH,
    [AUDIT_ASSIGNMENT] = FINDING_RECEIPT_MISMATCH,
    [AUDIT_QUARANTINE_RECORD] = FINDING_QUARANTINE_RECORD,
    [AUDIT_DISPOSITION_STRAY] = FINDING_DISPOSITION_MISMATCH,
    [AUDIT_STEP_BATCH] = FINDING_STEP_MISMATCH,
    [AUDIT_CONTENT_HASH] = FINDING_CONTENT_MISMATCH,
    [AUDIT_DOCUMENT_RANGE] = FINDING_DOCUMENT_RANGE,
    [AUDIT_DOCUMENT_POOL] = FINDING_DOCUMENT_POOL,
    [AUDIT_SERIES_MISSING] = FINDING_SERIES_MISSING,
    [AUDIT_CORRECTION_TARGET] = FINDING_CORRECTION_TARGET,
    [AUDIT_RECEIPT_ENTRY] = FINDING_RECEIPT_MISMATCH,
    [AUDIT_RECEIPT_GAP] = FINDING_RECEIPT_GAP,
    [AUDIT_RECEIPT_TOTALS] = FINDING_RECEIPT_TOTALS,
    [AUDIT_RECEIPT_QUARANTINE] = FINDING_RECEIPT_QUARANTINE,
    [AUDIT_QUARANTINE_STRAY] = FINDING_RECEIPT_QUARANTINE,
    [AUDIT_RECEIPT_ACCEPTED] = FINDING_RECEIPT_ACCEPTED,
    [AUDIT_RECEIPT_ORDER] = FINDING_RECEIPT_ORDER,
    [AUDIT_BATCH_STRAY] = FINDING_BATCH_UNKNOWN,
    [AUDIT_STEP_GAP] = FINDING_STEP_GAP,
    [AUDIT_STEP_LAST_SEQS] = FINDING_STEP_MISMATCH,
    [AUDIT_STEP_MISSING] = FINDING_STEP_MISMATCH,
    [AUDIT_DEDUP_ENTRIES] = FINDING_DEDUP_MISMATCH,
    [AUDIT_DEDUP_STRAY] = FINDING_DEDUP_MISMATCH,
    [AUDIT_CONTENT_STRAY] = FINDING_CONTENT_MISSING,
    [AUDIT_DOCUMENT] = FINDING_DOCUMENT_MISMATCH,
    [AUDIT_DOCUMENT_NUMBER] = FINDING_DOCUMENT_NUMBER,
    [AUDIT_HEADS] = FINDING_HEAD_MISMATCH,
    [AUDIT_REGISTRY] = FINDING_REGISTRY_MISMATCH,
};

struct rule {
    struct audit *audit;
    enum finding finding;
};

static bool report(void *context, uint64_t index, const char *detail, struct error *err)
{
    (void)err;
    struct rule *rule = context;
    findings_add(&rule->audit->findings, rule->finding,
                 index == AUDIT_NO_INDEX ? FINDING_NO_INDEX : index, "%s", detail);
    return true;
}

static bool check_series(void *context, uint64_t tenant, struct slice series,
                         struct slice descriptor, struct error *err)
{
    (void)err;
    struct audit *audit = context;
    struct series decoded;
    struct error why;
    struct digest hash = digest_of(descriptor.data, descriptor.size);
    char hex[DIGEST_HEX_SIZE];
    if (series.size != DIGEST_SIZE || memcmp(series.data, hash.bytes, DIGEST_SIZE) != 0)
        findings_add(&audit->findings, FINDING_SERIES_MISMATCH, FINDING_NO_INDEX,
                     "tenant %" PRIu64 ": a descriptor has the hash %s, its row another", tenant,
                     digest_hex(&hash, hex));
    else if (!series_decode(descriptor.data, descriptor.size, &decoded, &why))
        findings_add(&audit->findings, FINDING_SERIES_MISMATCH, FINDING_NO_INDEX,
                     "tenant %" PRIu64 " series %s: %s", tenant, digest_hex(&hash, hex),
                     why.message);
    return true;
}

/* The receipts of one batch stand together. */
struct batches {
    struct audit *audit;
    struct batch_range *ranges;
    size_t count;
    size_t capacity;
    struct batch_id batch;
    uint64_t index; /* of the batch's first receipt */
};

static void end_batch(struct batches *batches)
{
    if (batches->count == 0)
        return;
    struct batch_id batch = batch_id_of(batches->ranges, batches->count);
    if (memcmp(batch.bytes, batches->batch.bytes, sizeof(batch.bytes)) != 0)
        findings_add(&batches->audit->findings, FINDING_BATCH_UNKNOWN, batches->index,
                     "the ranges of these %zu receipts make another batch", batches->count);
    batches->count = 0;
}

static bool take_receipt(void *context, const struct audit_receipt *receipt, struct error *err)
{
    (void)err;
    struct batches *batches = context;
    if (memcmp(receipt->batch.bytes, batches->batch.bytes, sizeof(batches->batch.bytes)) != 0)
        end_batch(batches);
    if (batches->count == 0)
        batches->index = receipt->index;
    batches->batch = receipt->batch;
    batches->ranges = memory_grow(batches->ranges, &batches->capacity, batches->count + 1,
                                  sizeof(*batches->ranges));
    batches->ranges[batches->count++] = receipt->range;
    return true;
}

static bool check_batches(struct audit *audit, struct error *err)
{
    struct batches batches = {.audit = audit};
    bool good = audit_receipts_each(audit->store, audit->log.log, take_receipt, &batches, err);
    if (good)
        end_batch(&batches);
    free(batches.ranges);
    return good;
}

bool audit_rules(struct audit *audit, struct error *err)
{
    for (unsigned check = 0; check < AUDIT_CHECK_COUNT; check++) {
        struct rule rule = {audit, rule_findings[check]};
        if (!audit_check_each(audit->store, audit->log.log, (enum audit_check)check, report, &rule,
                              err))
            return false;
        log_progress("audit: rules", check + 1, AUDIT_CHECK_COUNT);
    }
    return audit_series_each(audit->store, audit->log.log, check_series, audit, err) &&
           check_batches(audit, err) && audit_blocks(audit, err) && audit_bundles(audit, err) &&
           audit_journal(audit, err) && audit_kept_files(audit, err) &&
           audit_cosignatures(audit, err);
}
