#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "ingest/audit_parts.h"
#include "ingest/raw_hash.h"

/* ----------------------------------------------------------------------------------------- ranges
 */

static void tell_range(struct audit *audit, const struct entry_row *row,
                       const struct receipt_field *field)
{
    const struct receipt_body *receipt = &row->entry.receipt;
    findings_add(&audit->findings, FINDING_REPLAY_RANGE, row->index,
                 "partition %" PRIu32 " [%" PRIu64 ", %" PRIu64 "): %s differs: %s",
                 receipt->partition, receipt->from, receipt->to, field->name, field->meaning);
}

/* What the range's records say of it, without any decision. */
static struct receipt_body body_of_range(const struct load_range *range,
                                         const struct receipt_body *receipt)
{
    struct entry made;
    const struct decided_range nothing = {
        .taken = range->count, .accepted = range->count, .from = receipt->from, .to = receipt->to};
    struct raw_range raw = {.items = range->items + range->first, .count = range->count};
    raw_hash_range(&raw);
    chapter_write_receipt(range, &nothing, &raw.hash, receipt->as_of_us, receipt->control_index,
                          &made);
    return made.receipt;
}

bool audit_compare_ranges(struct audit *audit, const struct audit_batch *batch)
{
    bool are_equal = true;
    const struct chapter *chapter = &batch->replay.chapter;
    for (size_t i = 0; i < batch->receipt_count; i++) {
        const struct entry_row *row = &batch->receipts[i];
        if (!batch->is_read[i])
            continue;
        struct receipt_body made =
            chapter->entries
                ? chapter->entries[chapter->entry_count - chapter->receipt_count + i].entry.receipt
                : body_of_range(&audit->load.ranges[i], &row->entry.receipt);
        const struct receipt_field *field = past_receipt_difference(&made, &row->entry.receipt);
        if (field == NULL || !field->is_of_feed)
            continue;
        tell_range(audit, row, field);
        are_equal = false;
    }
    return are_equal;
}

/* --------------------------------------------------------------------------------------- receipts
 */

/* Columns and leaf are one: `made` equals the columns. */
static void compare_leaf(struct audit *audit, const struct entry_row *row, const struct entry *made)
{
    struct signed_entry entry = {.entry = *made};
    if (audit->salt_key && !writer_take(&audit->batcher.writer, &entry, &row->leaf))
        findings_add(&audit->findings, FINDING_REPLAY_ENTRY, row->index,
                     "the %s that the records make is not what its leaf commits to",
                     entry_kind_word(made->kind));
}

static void compare_receipt(struct audit *audit, const struct entry_row *row,
                            const struct entry *made)
{
    const struct receipt_body *a = &made->receipt;
    const struct receipt_body *b = &row->entry.receipt;
    if (past_receipt_difference(a, b))
        findings_add(&audit->findings, FINDING_REPLAY_RECEIPT, row->index,
                     "accepted %" PRIu64 ", duplicate %" PRIu64 ", quarantined %" PRIu64
                     "; the records make %" PRIu64 ", %" PRIu64 ", %" PRIu64,
                     b->accepted, b->duplicate, b->quarantined, a->accepted, a->duplicate,
                     a->quarantined);
    else if (a->control_index != b->control_index || a->elsewhere != b->elsewhere ||
             a->start != b->start || made->stream_seq != row->entry.stream_seq ||
             memcmp(&made->batch, &row->entry.batch, sizeof made->batch) != 0)
        findings_add(&audit->findings, FINDING_REPLAY_RECEIPT, row->index,
                     "control index, start, number or batch are not those of its chain and batch");
    else
        compare_leaf(audit, row, made);
}

void audit_compare_receipts(struct audit *audit, const struct audit_batch *batch)
{
    const struct chapter *chapter = &batch->replay.chapter;
    const struct signed_entry *made =
        chapter->entries + chapter->entry_count - chapter->receipt_count;
    for (size_t i = 0; i < batch->receipt_count; i++)
        compare_receipt(audit, &batch->receipts[i], &made[i].entry);
}

/* ---------------------------------------------------------------------------------------- entries
 */

/* By what an entry stands for: tenant, series, window. */
static int by_place(const struct entry *a, const struct entry *b)
{
    if (a->tenant != b->tenant)
        return a->tenant < b->tenant ? -1 : 1;
    int order = memcmp(&a->usage.series, &b->usage.series, sizeof a->usage.series);
    if (order == 0)
        order = (a->usage.from_us > b->usage.from_us) - (a->usage.from_us < b->usage.from_us);
    if (order == 0)
        order = (a->usage.length_seconds > b->usage.length_seconds) -
                (a->usage.length_seconds < b->usage.length_seconds);
    return order;
}

static void compare_usage(struct audit *audit, const struct entry_row *row,
                          const struct entry *made)
{
    char a[INT128_TEXT_SIZE], b[INT128_TEXT_SIZE];
    const struct entry *entry = &row->entry;
    if (entry->usage.quantity != made->usage.quantity ||
        entry->usage.contributions != made->usage.contributions)
        findings_add(&audit->findings, FINDING_REPLAY_ENTRY, row->index,
                     "quantity %s of %" PRIu64 " events; the records make %s of %" PRIu64,
                     number_format(entry->usage.quantity, a), entry->usage.contributions,
                     number_format(made->usage.quantity, b), made->usage.contributions);
    else if (entry->stream_seq != made->stream_seq || entry->kind != made->kind ||
             entry->stream != made->stream)
        findings_add(&audit->findings, FINDING_REPLAY_ENTRY, row->index,
                     "%s %" PRIu64 " of its stream; the records make it %" PRIu64,
                     entry_kind_word(entry->kind), entry->stream_seq, made->stream_seq);
    else
        compare_leaf(audit, row, made);
}

/* An entry of one side alone. */
static void tell_alone(struct audit *audit, uint64_t index, const struct entry *entry,
                       const char *words)
{
    char quantity[INT128_TEXT_SIZE];
    findings_add(&audit->findings, FINDING_REPLAY_ENTRY, index,
                 "tenant %" PRIu64 ", quantity %s: %s", entry->tenant,
                 number_format(entry->usage.quantity, quantity), words);
}

/* Entries of a batch stand side by side. */
static void check_places(struct audit *audit, const struct audit_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        if (batch->rows[i].index != batch->first_index + i) {
            findings_add(&audit->findings, FINDING_REPLAY_ENTRY, batch->rows[i].index,
                         "the batch from entry %" PRIu64 " has it in its place %zu",
                         batch->first_index, i);
            return;
        }
}

void audit_compare_entries(struct audit *audit, const struct audit_batch *batch)
{
    const struct chapter *chapter = &batch->replay.chapter;
    size_t row_count = batch->count - batch->receipt_count, row = 0;
    size_t made_count = chapter->entry_count - chapter->receipt_count, made = 0;
    check_places(audit, batch);
    while (row < row_count || made < made_count) {
        const struct entry_row *there = &batch->rows[row];
        const struct entry *again = &chapter->entries[made].entry;
        int order = row == row_count ? 1 : made == made_count ? -1 : by_place(&there->entry, again);
        if (order < 0)
            tell_alone(audit, there->index, &there->entry, "no records make it");
        else if (order > 0)
            tell_alone(audit, batch->next_index - 1, again,
                       "the records make one that the batch before this receipt does not have");
        else
            compare_usage(audit, there, again);
        row += order <= 0;
        made += order >= 0;
    }
}
