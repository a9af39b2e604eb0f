#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "ingest/audit_parts.h"

/* --------------------------------------------------------------------------------------- its rows
 */

static void keep(struct audit *audit, const struct entry_row *row)
{
    audit->rows =
        memory_grow(audit->rows, &audit->row_capacity, audit->row_count + 1, sizeof *audit->rows);
    audit->rows[audit->row_count++] = *row;
}

/* What people decided, and money, lies between the batches. */
static bool keep_row(void *context, const struct entry_row *row, struct error *err)
{
    (void)err;
    if (row->entry.kind <= ENTRY_EXCLUSION || row->entry.kind == ENTRY_RECEIPT)
        keep(context, row);
    return true;
}

static bool read_rows(struct audit *audit, uint64_t to, struct error *err)
{
    return entries_each(audit->store, audit->log.log, audit->next, to, keep_row, audit, err) ||
           error_prefix(err, "`daybook-ledger audit` says what is wrong there: ");
}

static bool is_of(const struct entry_row *row, const struct batch_id *batch)
{
    return memcmp(&row->entry.batch, batch, sizeof *batch) == 0;
}

/* No record makes an operator's correction: what decides it is an entry that daybook-ledger audit
 * looks for. */
static bool is_operators(const struct entry_row *row)
{
    static const struct batch_id none;
    return row->entry.kind == ENTRY_CORRECTION && is_of(row, &none);
}

/* The batch's rows stay, in their order; others have no receipt that stands behind them. */
static void sift(struct audit *audit, const struct batch_id *batch)
{
    size_t count = 0;
    for (size_t i = 0; i < audit->row_count; i++) {
        const struct entry_row *row = &audit->rows[i];
        if (batch && is_of(row, batch))
            audit->rows[count++] = *row;
        else if (!is_operators(row))
            findings_add(&audit->findings, FINDING_REPLAY_ENTRY, row->index,
                         "no receipt behind this %s has its batch: no records make it",
                         entry_kind_word(row->entry.kind));
    }
    audit->row_count = count;
}

/* More receipts of the same batch stand behind the first one. */
static bool read_receipts(struct audit *audit, uint64_t index, struct error *err)
{
    struct entry_row row;
    struct batch_id batch = audit->rows[audit->row_count - 1].entry.batch;
    bool is_found = true;
    while (++index < audit->size && audit->row_count < SIZE_MAX) {
        uint64_t next = 0;
        if (!receipt_next(audit->store, audit->log.log, index, &next, &is_found, err))
            return false;
        if (!is_found || next != index)
            return true;
        if (!entry_find(audit->store, audit->log.log, index, &row, err))
            return error_prefix(err, "`daybook-ledger audit` says what is wrong there: ");
        if (row.entry.kind != ENTRY_RECEIPT || !is_of(&row, &batch))
            return true;
        keep(audit, &row);
    }
    return true;
}

static void describe(struct audit *audit, struct audit_batch *batch)
{
    batch->rows = audit->rows;
    batch->count = audit->row_count;
    batch->first_index = batch->rows[0].index;
    batch->next_index = batch->rows[batch->count - 1].index + 1;
    while (batch->receipt_count < batch->count &&
           batch->rows[batch->count - 1 - batch->receipt_count].entry.kind == ENTRY_RECEIPT)
        batch->receipt_count++;
    batch->receipts = batch->rows + batch->count - batch->receipt_count;
}

bool audit_read_batch(struct audit *audit, struct audit_batch *batch, bool *out_found,
                      struct error *err)
{
    uint64_t index = 0;
    audit->row_count = 0;
    if (!receipt_next(audit->store, audit->log.log, audit->next, &index, out_found, err))
        return false;
    *out_found = *out_found && index < audit->size;
    if (!read_rows(audit, *out_found ? index + 1 : audit->size, err))
        return false;
    if (!*out_found) {
        sift(audit, NULL);
        return true;
    }
    if (audit->row_count == 0 || audit->rows[audit->row_count - 1].index != index)
        return error_set(err, ERROR_INPUT, "receipt %" PRIu64 " has no entry", index);
    if (!read_receipts(audit, index, err))
        return false;
    batch->id = audit->rows[audit->row_count - 1].entry.batch;
    sift(audit, &batch->id);
    describe(audit, batch);
    return true;
}

/* ------------------------------------------------------------------------------------- its chains
 */

static bool is_chain(const void *value, const void *key)
{
    const struct audit_chain *chain = value;
    const struct receipt_body *receipt = key;
    return chain->assignment.partition == receipt->partition &&
           chain->assignment.incarnation == receipt->incarnation &&
           digest_equals(&chain->assignment.feed, &receipt->feed);
}

static struct audit_chain *find_chain(struct audit *audit, const struct entry *entry)
{
    uint64_t part;
    const struct receipt_body *receipt = &entry->receipt;
    memcpy(&part, receipt->feed.bytes, sizeof part);
    uint64_t hash = lookup_hash(part, (uint64_t)receipt->partition << 32 | receipt->incarnation);
    struct audit_chain *chain = lookup_find(&audit->chains, hash, is_chain, receipt);
    if (chain)
        return chain;
    chain = arena_alloc(&audit->arena, sizeof *chain);
    chain->assignment = (struct assignment){.feed = receipt->feed,
                                            .partition = receipt->partition,
                                            .incarnation = receipt->incarnation,
                                            .start = receipt->start,
                                            .stream = entry->stream};
    chain->end = (struct chain_end){
        .next = receipt->start, .last_offset = OFFSET_NONE, .as_of_us = INSTANT_MIN};
    lookup_add(&audit->chains, hash, chain);
    return chain;
}

/* The claims that the batch was made with. */
static void open_claims(struct audit *audit, struct audit_batch *batch)
{
    size_t count = batch->receipt_count;
    batch->chains = arena_array(batch->arena, count, sizeof(struct audit_chain *));
    batch->claims = arena_array(batch->arena, count, sizeof *batch->claims);
    batch->is_read = arena_array(batch->arena, count, sizeof *batch->is_read);
    for (size_t i = 0; i < count; i++) {
        const struct receipt_body *receipt = &batch->receipts[i].entry.receipt;
        struct audit_chain *chain = find_chain(audit, &batch->receipts[i].entry);
        if (chain->end.next != receipt->from)
            findings_add(&audit->findings, FINDING_RECEIPT_GAP, batch->receipts[i].index,
                         "the range begins at %" PRIu64 ", the one before it ended at %" PRIu64,
                         receipt->from, chain->end.next);
        chain->end.next = receipt->from;
        batch->chains[i] = chain;
        batch->claims[i] = (struct claim){.assignment = chain->assignment,
                                          .end = chain->end,
                                          .is_file = batch->feed && batch->feed->is_file,
                                          .anchor_expired = receipt->anchor_expired};
        load_range(&audit->load, &batch->claims[i], receipt->from);
    }
}

/* One feed, its partitions ascending: what one load can be. */
static bool check_order(struct audit *audit, const struct audit_batch *batch)
{
    for (size_t i = 1; i < batch->receipt_count; i++) {
        const struct receipt_body *a = &batch->receipts[i - 1].entry.receipt;
        const struct receipt_body *b = &batch->receipts[i].entry.receipt;
        if (digest_equals(&a->feed, &b->feed) && a->partition < b->partition)
            continue;
        findings_add(&audit->findings, FINDING_REPLAY_RECEIPT, batch->receipts[i].index,
                     "the receipts of a batch are of one feed, their partitions ascend");
        return false;
    }
    return true;
}

/* ------------------------------------------------------------------------------------ its records
 */

static void tell_gone(struct audit *audit, const struct entry_row *receipt, const char *what)
{
    if (audit->counts.ranges_gone++ == 0)
        log_info("entry %" PRIu64 " and others like it are not checked: %s", receipt->index, what);
}

/* What a topic still has; asked once of each partition. The records of an earlier incarnation went
 * with it. */
static bool ask_bounds(struct audit *audit, struct audit_batch *batch, size_t at, struct error *err)
{
    bool is_found = false;
    struct assignment newest;
    struct audit_chain *chain = batch->chains[at];
    if (chain->is_asked || batch->feed->is_file)
        return true;
    if (!assignment_read(audit->store, audit->log.log, &chain->assignment.feed,
                         chain->assignment.partition, &newest, &is_found, err))
        return false;
    chain->is_away = is_found && newest.incarnation > chain->assignment.incarnation;
    chain->is_asked = true;
    if (!chain->is_away && !batch->feed->kind->bounds(batch->feed, chain->assignment.partition,
                                                      &chain->low, &chain->high, err)) {
        if (err->code != ERROR_NOT_FOUND)
            return false;
        chain->is_away = true;
    }
    return true;
}

static bool read_range(struct audit *audit, struct audit_batch *batch, size_t at, struct error *err)
{
    const struct entry_row *row = &batch->receipts[at];
    const struct receipt_body *receipt = &row->entry.receipt;
    if (!ask_bounds(audit, batch, at, err))
        return false;
    const struct audit_chain *chain = batch->chains[at];
    if (chain->is_away || (receipt->records > 0 && receipt->from < chain->low)) {
        tell_gone(audit, row, chain->is_away ? "there is no such topic" : "retention took them");
        return true;
    }
    if (!batch->feed->is_file && receipt->records > 0 && receipt->last_offset >= chain->high) {
        findings_add(&audit->findings, FINDING_REPLAY_RANGE, row->index,
                     "partition %" PRIu32 " [%" PRIu64 ", %" PRIu64 "): the topic ends at %" PRIu64,
                     receipt->partition, receipt->from, receipt->to, chain->high);
        return true;
    }
    if (past_feeds_read(batch->feed, receipt, &audit->load, &audit->load.ranges[at], err)) {
        batch->is_read[at] = true;
        return true;
    }
    if (err->code == ERROR_NOT_FOUND)
        tell_gone(audit, row, err->message);
    if (err->code == ERROR_HALT)
        findings_add(&audit->findings, FINDING_REPLAY_RANGE, row->index, "%s", err->message);
    return err->code == ERROR_NOT_FOUND || err->code == ERROR_HALT;
}

/* False in *out_there when there is nothing to read. */
static bool find_feed(struct audit *audit, struct audit_batch *batch, bool *out_there,
                      struct error *err)
{
    const struct entry_row *first = &batch->receipts[0];
    *out_there = past_feeds_find(&audit->feeds, &first->entry.receipt.feed,
                                 audit->batcher.scope->control, &batch->feed, err);
    if (*out_there)
        return true;
    if (err->code == ERROR_NOT_FOUND)
        for (size_t i = 0; i < batch->receipt_count; i++)
            tell_gone(audit, &batch->receipts[i], err->message);
    if (err->code == ERROR_HALT)
        findings_add(&audit->findings, FINDING_REPLAY_RANGE, first->index, "%s", err->message);
    return err->code == ERROR_NOT_FOUND || err->code == ERROR_HALT;
}

bool audit_read_ranges(struct audit *audit, struct audit_batch *batch, struct error *err)
{
    bool is_there = false;
    uint64_t control_index = batch->receipts[0].entry.receipt.control_index;
    bool is_trusted = batch->first_index < audit->from;
    if (!is_trusted && (!batcher_use_control(&audit->batcher, control_index, err) ||
                        !find_feed(audit, batch, &is_there, err)))
        return false;
    open_claims(audit, batch);
    audit->counts.ranges += is_trusted ? 0 : batch->receipt_count;
    batch->is_whole = check_order(audit, batch) && is_there;
    for (size_t i = 0; i < batch->receipt_count && batch->is_whole; i++)
        if (!read_range(audit, batch, i, err))
            return false;
    for (size_t i = 0; i < batch->receipt_count; i++)
        batch->is_whole &= batch->is_read[i];
    return true;
}
