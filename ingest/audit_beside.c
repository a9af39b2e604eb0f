/*
 * What stands beside a batch's entries: steps, identities, series, quarantine, sequences.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/audit_parts.h"

/* ------------------------------------------------------------------------------------------ steps
 */

static const char *step_difference(const struct slot_step *a, const struct slot_step *b)
{
    if (a->control_index != b->control_index)
        return "control index";
    if (a->floor_hour != b->floor_hour)
        return "floor";
    if (a->hour_count != b->hour_count ||
        (a->hour_count > 0 && memcmp(a->hours, b->hours, a->hour_count * sizeof *a->hours) != 0))
        return "hours";
    if (a->tenant_count != b->tenant_count)
        return "tenants";
    for (size_t i = 0; i < a->tenant_count; i++)
        if (a->tenants[i] != b->tenants[i] || a->last_seqs[i] != b->last_seqs[i])
            return "tenants or their last numbers";
    return NULL;
}

static void tell_step(struct audit *audit, const struct audit_batch *batch,
                      const struct slot_step *step, const char *words)
{
    findings_add(&audit->findings, FINDING_REPLAY_STEP, batch->next_index - 1,
                 "slot %" PRId32 " step %" PRIu64 ": %s", step->slot, step->step, words);
}

void audit_compare_steps(struct audit *audit, const struct audit_batch *batch)
{
    const struct chapter *chapter = &batch->replay.chapter;
    size_t there = 0, made = 0;
    while (batch->has_steps && (there < batch->step_count || made < chapter->step_count)) {
        const struct slot_step *a = &batch->steps[there];
        const struct slot_step *b = &chapter->steps[made];
        bool is_alone =
            there < batch->step_count && (made == chapter->step_count || a->slot < b->slot);
        bool is_missing = made < chapter->step_count && !is_alone &&
                          (there == batch->step_count || b->slot < a->slot);
        const char *words = is_alone     ? "the records touch nothing of this slot"
                            : is_missing ? "the batch of this receipt took no such step"
                                         : step_difference(a, b);
        if (words)
            tell_step(audit, batch, is_missing ? b : a, words);
        there += !is_missing;
        made += !is_alone;
    }
}

/* ------------------------------------------------------------------------------------- identities
 */

struct block_comparison {
    struct audit *audit;
    const struct audit_batch *batch;
    bool *is_there; /* the chapter's blocks */
};

/* What differs first. */
static void tell_block(struct audit *audit, const struct audit_batch *batch,
                       const struct dedup_block *made, const struct dedup_block *there)
{
    const char *words = "other entries than the records make";
    size_t at = 0;
    size_t size = made->ids.size < there->ids.size ? made->ids.size : there->ids.size;
    while (at < size && made->ids.data[at] == there->ids.data[at])
        at++;
    if (at < size)
        words = at % DEDUP_ID_SIZE < IDENTITY_SIZE ? "another identity than the records make"
                                                   : "another meaning than the records make";
    else if (made->ids.size != there->ids.size)
        words = "more or fewer identities than the records make";
    findings_add(&audit->findings, FINDING_REPLAY_IDENTITY, batch->next_index - 1,
                 "slot %" PRId32 " hour %" PRId32 " step %" PRIu64 ": %s, from the %zuth on",
                 made->slot, made->event_hour, made->step, words, at / DEDUP_ID_SIZE + 1);
}

static bool slices_equal(struct slice a, struct slice b)
{
    return (a.data == NULL) == (b.data == NULL) && a.size == b.size &&
           (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static bool bytes_equal(struct slice a, struct slice b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* The block that the records make instead stays in memory: the book's would be read otherwise. */
static bool compare_block(void *context, const struct dedup_block *there, struct error *err)
{
    struct block_comparison *comparison = context;
    const struct replay *replay = &comparison->batch->replay;
    (void)err;
    for (size_t i = 0; i < replay->chapter.block_count; i++) {
        const struct dedup_block *made = &replay->chapter.blocks[i];
        if (made->slot != there->slot || made->event_hour != there->event_hour)
            continue;
        comparison->is_there[i] = true;
        if (bytes_equal(made->ids, there->ids) && bytes_equal(made->entries, there->entries))
            return true;
        tell_block(comparison->audit, comparison->batch, made, there);
        replay->decision.hours[i].set->is_kept = true;
    }
    return true;
}

/* One event hour's blocks of all slots. */
static bool compare_hour(struct block_comparison *comparison, int32_t event_hour, struct error *err)
{
    size_t count = 0;
    int32_t slots[SLOT_COUNT];
    uint64_t steps[SLOT_COUNT];
    struct audit *audit = comparison->audit;
    const struct chapter *chapter = &comparison->batch->replay.chapter;
    for (size_t i = 0; i < chapter->block_count; i++) {
        if (chapter->blocks[i].event_hour != event_hour)
            continue;
        slots[count] = chapter->blocks[i].slot;
        steps[count++] = chapter->blocks[i].step;
    }
    return dedup_blocks_at(audit->store, audit->log.log, event_hour, slots, steps, count,
                           compare_block, comparison, err);
}

static void tell_missing_blocks(const struct block_comparison *comparison)
{
    const struct replay *replay = &comparison->batch->replay;
    for (size_t i = 0; i < replay->chapter.block_count; i++) {
        const struct dedup_block *made = &replay->chapter.blocks[i];
        if (comparison->is_there[i])
            continue;
        findings_add(&comparison->audit->findings, FINDING_REPLAY_IDENTITY,
                     comparison->batch->next_index - 1,
                     "slot %" PRId32 " hour %" PRId32 " step %" PRIu64
                     ": the identities that the records make are not there",
                     made->slot, made->event_hour, made->step);
        replay->decision.hours[i].set->is_kept = true;
    }
}

static int compare_hours(const void *a, const void *b)
{
    const int32_t *x = a;
    const int32_t *y = b;
    return (*x > *y) - (*x < *y);
}

bool audit_compare_blocks(struct audit *audit, const struct audit_batch *batch, struct error *err)
{
    const struct chapter *chapter = &batch->replay.chapter;
    struct block_comparison comparison = {
        audit, batch, arena_array(batch->arena, chapter->block_count, sizeof(bool))};
    int32_t *hours = arena_array(batch->arena, chapter->block_count, sizeof *hours);
    for (size_t i = 0; i < chapter->block_count; i++)
        hours[i] = chapter->blocks[i].event_hour;
    if (chapter->block_count > 0)
        qsort(hours, chapter->block_count, sizeof *hours, compare_hours);
    for (size_t i = 0; i < chapter->block_count; i++)
        if ((i == 0 || hours[i] != hours[i - 1]) && !compare_hour(&comparison, hours[i], err))
            return false;
    tell_missing_blocks(&comparison);
    return true;
}

/* ----------------------------------------------------------------------------------------- series
 */

static int by_tenant_and_series(const struct series_row *a, const struct series_row *b)
{
    if (a->tenant != b->tenant)
        return a->tenant < b->tenant ? -1 : 1;
    return memcmp(&a->series, &b->series, sizeof a->series);
}

static void tell_series(struct audit *audit, const struct audit_batch *batch,
                        const struct series_row *row, const char *words)
{
    char hex[DIGEST_HEX_SIZE];
    findings_add(&audit->findings, FINDING_REPLAY_SERIES, batch->next_index - 1,
                 "tenant %" PRIu64 ", %s: %s", row->tenant, digest_hex(&row->series, hex), words);
}

/* What the steps of the batch added, as the book has it. */
static bool read_series(struct audit *audit, const struct audit_batch *batch,
                        struct series_row **out, size_t *out_count, struct error *err)
{
    int32_t slots[SLOT_COUNT];
    uint64_t steps[SLOT_COUNT];
    const struct chapter *chapter = &batch->replay.chapter;
    for (size_t i = 0; i < chapter->step_count; i++) {
        slots[i] = chapter->steps[i].slot;
        steps[i] = chapter->steps[i].step;
    }
    return series_at(audit->store, audit->log.log, slots, steps, chapter->step_count, batch->arena,
                     out, out_count, err);
}

bool audit_compare_series(struct audit *audit, const struct audit_batch *batch, struct error *err)
{
    const struct chapter *chapter = &batch->replay.chapter;
    struct series_row *rows = NULL;
    size_t count = 0, there = 0, made = 0;
    if (chapter->step_count == 0)
        return true;
    if (!read_series(audit, batch, &rows, &count, err))
        return false;
    while (there < count || made < chapter->series_count) {
        const struct series_row *b = &chapter->series[made];
        int order = there == count                  ? 1
                    : made == chapter->series_count ? -1
                                                    : by_tenant_and_series(&rows[there], b);
        if (order < 0)
            tell_series(audit, batch, &rows[there], "it was not new, or is nobody's");
        else if (order > 0)
            tell_series(audit, batch, b, "it is new there, and the book does not say so");
        else if (rows[there].slot != b->slot || rows[there].step != b->step ||
                 !bytes_equal(rows[there].descriptor, b->descriptor))
            tell_series(audit, batch, b, "slot, step or descriptor are others");
        there += order <= 0;
        made += order >= 0;
    }
    return true;
}

/* ------------------------------------------------------------------------------------- quarantine
 */

struct quarantine_comparison {
    struct audit *audit;
    const struct audit_batch *batch;
    uint64_t index; /* of the receipt */
    size_t next;    /* of the chapter's rows */
    size_t end;
};

static const char *row_difference(const struct quarantine_row *a, const struct quarantine_row *b)
{
    if (memcmp(&a->batch, &b->batch, sizeof a->batch) != 0)
        return "batch";
    if (strcmp(a->reason, b->reason) != 0)
        return "reason";
    if (a->broker_time_us != b->broker_time_us || a->time_type != b->time_type)
        return "time";
    if (!slices_equal(a->tenant_id, b->tenant_id) || !slices_equal(a->source, b->source) ||
        !slices_equal(a->event_id, b->event_id))
        return "tenant, source or id";
    bool is_same = a->size == b->size && slices_equal(a->key, b->key) &&
                   slices_equal(a->headers, b->headers) && slices_equal(a->value, b->value);
    return is_same ? NULL : "record";
}

static void tell_row(const struct quarantine_comparison *comparison,
                     const struct quarantine_row *row, const char *words)
{
    findings_add(&comparison->audit->findings, FINDING_REPLAY_QUARANTINE, comparison->index,
                 "partition %" PRIu32 " offset %" PRIu64 ": %s", row->partition, row->offset,
                 words);
}

static void tell_missing_rows(struct quarantine_comparison *comparison, uint64_t before)
{
    const struct chapter *chapter = &comparison->batch->replay.chapter;
    for (; comparison->next < comparison->end; comparison->next++) {
        const struct quarantine_row *made = &chapter->quarantine[comparison->next];
        if (made->offset >= before)
            return;
        tell_row(comparison, made, "this record cannot be counted, and is not kept");
    }
}

static bool compare_row(void *context, const struct quarantine_row *there, struct error *err)
{
    struct quarantine_comparison *comparison = context;
    const struct chapter *chapter = &comparison->batch->replay.chapter;
    char words[64];
    (void)err;
    tell_missing_rows(comparison, there->offset);
    const struct quarantine_row *made = &chapter->quarantine[comparison->next];
    if (comparison->next == comparison->end || made->offset != there->offset) {
        tell_row(comparison, there, "no record there is one that cannot be counted");
        return true;
    }
    comparison->next++;
    const char *what = row_difference(made, there);
    if (what) {
        snprintf(words, sizeof words, "another %s than the record makes", what);
        tell_row(comparison, there, words);
    } else if (strcmp(made->detail, there->detail) != 0) {
        comparison->audit->counts.reworded++;
    }
    return true;
}

/* The chapter's rows of one range stand side by side, ranges in the order of the receipts. */
static void next_rows(struct quarantine_comparison *comparison, uint32_t partition)
{
    const struct chapter *chapter = &comparison->batch->replay.chapter;
    comparison->next = comparison->end;
    while (comparison->end < chapter->quarantine_count &&
           chapter->quarantine[comparison->end].partition == partition)
        comparison->end++;
}

bool audit_compare_quarantine(struct audit *audit, const struct audit_batch *batch,
                              struct error *err)
{
    struct quarantine_comparison comparison = {.audit = audit, .batch = batch};
    for (size_t i = 0; i < batch->receipt_count; i++) {
        const struct receipt_body *receipt = &batch->receipts[i].entry.receipt;
        const struct batch_range range = {receipt->feed, receipt->partition, receipt->incarnation,
                                          receipt->from, receipt->to};
        comparison.index = batch->receipts[i].index;
        next_rows(&comparison, receipt->partition);
        if (!quarantine_of_range(audit->store, audit->log.log, &range, compare_row, &comparison,
                                 err))
            return false;
        tell_missing_rows(&comparison, UINT64_MAX);
    }
    return true;
}

/* -------------------------------------------------------------------------------------- sequences
 */

struct sequence_comparison {
    struct audit *audit;
    const struct chapter *chapter;
    uint64_t index; /* of the receipt */
    size_t next;    /* of the chapter's rows */
    size_t end;
};

static void tell_sequence(const struct sequence_comparison *comparison, struct slice source,
                          const char *words)
{
    findings_add(&comparison->audit->findings, FINDING_REPLAY_SEQUENCE, comparison->index,
                 "source '%.*s': %s", (int)(source.size < 200 ? source.size : 200), source.data,
                 words);
}

static void tell_missing_sequences(struct sequence_comparison *comparison,
                                   const struct slice *before)
{
    for (; comparison->next < comparison->end; comparison->next++) {
        struct slice source = comparison->chapter->sequences[comparison->next].source;
        if (before && slice_compare(source, *before) >= 0)
            return;
        tell_sequence(comparison, source, "the numbers that came are not kept");
    }
}

static bool compare_sequence(void *context, const struct sequence_row *there, int64_t as_of_us,
                             struct error *err)
{
    struct sequence_comparison *comparison = context;
    (void)as_of_us;
    (void)err;
    tell_missing_sequences(comparison, &there->source);
    const struct sequence_row *made = &comparison->chapter->sequences[comparison->next];
    if (comparison->next == comparison->end || slice_compare(made->source, there->source) != 0) {
        tell_sequence(comparison, there->source, "none of its numbers came there");
        return true;
    }
    comparison->next++;
    if (made->numbered != there->numbered || made->unnumbered != there->unnumbered ||
        !slices_equal(made->runs, there->runs))
        tell_sequence(comparison, there->source, "other numbers came than are kept");
    return true;
}

static bool is_of_receipt(const struct sequence_row *row, const struct receipt_body *receipt)
{
    return row->partition == receipt->partition && row->from == receipt->from &&
           row->incarnation == receipt->incarnation && digest_equals(&row->feed, &receipt->feed);
}

bool audit_compare_sequences(struct audit *audit, const struct audit_batch *batch,
                             struct error *err)
{
    const struct chapter *chapter = &batch->replay.chapter;
    struct sequence_comparison comparison = {.audit = audit, .chapter = chapter};
    for (size_t i = 0; i < batch->receipt_count; i++) {
        const struct receipt_body *receipt = &batch->receipts[i].entry.receipt;
        comparison.index = batch->receipts[i].index;
        while (comparison.end < chapter->sequence_count &&
               is_of_receipt(&chapter->sequences[comparison.end], receipt))
            comparison.end++;
        if (!sequences_of_receipt(audit->store, audit->log.log, receipt, compare_sequence,
                                  &comparison, err))
            return false;
        tell_missing_sequences(&comparison, NULL);
    }
    return true;
}
