#include "ingest/chapter.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crash.h"
#include "base/instant.h"
#include "base/log.h"
#include "ingest/batch.h"
#include "ingest/raw.h"
#include "ingest/raw_hash.h"
#include "ingest/sequence.h"

/* ------------------------------------------------------------------------------------- receipts */

static struct batch_id name_batch(const struct load *load, const struct decision *decision,
                                  struct arena *arena)
{
    struct batch_range *ranges = arena_array(arena, decision->range_count, sizeof *ranges);
    size_t count = 0;
    for (size_t i = 0; i < decision->range_count; i++) {
        const struct assignment *assignment = &load->ranges[i].claim->assignment;
        const struct decided_range *decided = &decision->ranges[i];
        if (decided->to > decided->from)
            ranges[count++] = (struct batch_range){.feed = assignment->feed,
                                                   .partition = assignment->partition,
                                                   .incarnation = assignment->incarnation,
                                                   .from = decided->from,
                                                   .to = decided->to};
    }
    assert(count > 0);
    return batch_id_of(ranges, count);
}

/* The records of the range: hash of the last, greatest broker time. */
static void read_records(const struct load_range *range, size_t taken, int64_t file_as_of_us,
                         struct receipt_body *receipt)
{
    for (size_t i = range->first; i < range->first + taken; i++) {
        int64_t time_us = item_broker_time(&range->items[i].record, file_as_of_us);
        if (i == range->first || time_us > receipt->as_of_us)
            receipt->as_of_us = time_us;
    }
    if (range->claim->is_file)
        receipt->as_of_us = file_as_of_us;
    if (taken > 0) {
        const struct record *last = &range->items[range->first + taken - 1].record;
        receipt->last_offset = (uint64_t)last->offset;
        receipt->last_hash = raw_digest(last);
    }
}

void chapter_write_receipt(const struct load_range *range, const struct decided_range *decided,
                           const struct digest *raw_hash, int64_t file_as_of_us,
                           uint64_t control_index, struct entry *out)
{
    const struct claim *claim = range->claim;
    const struct assignment *assignment = &claim->assignment;
    struct receipt_body receipt = {
        .feed = assignment->feed,
        .partition = assignment->partition,
        .incarnation = assignment->incarnation,
        .start = assignment->start,
        .from = decided->from,
        .to = decided->to,
        .records = decided->taken,
        .holes = claim->is_file ? 0 : decided->to - decided->from - decided->taken,
        .last_offset = claim->end.last_offset,
        .last_hash = claim->end.last_hash,
        .raw_hash = *raw_hash,
        .accepted = decided->accepted,
        .duplicate = decided->duplicate,
        .quarantined = decided->quarantined,
        .control_index = control_index,
        .as_of_us = claim->end.as_of_us,
        .anchor_expired = claim->anchor_expired,
    };
    assert(claim->end.next == decided->from);
    assert(receipt.records == receipt.accepted + receipt.duplicate + receipt.quarantined);
    read_records(range, decided->taken, file_as_of_us, &receipt);
    *out = (struct entry){.kind = ENTRY_RECEIPT,
                          .stream = assignment->stream,
                          .stream_seq = claim->end.next_seq,
                          .receipt = receipt};
}

/* -------------------------------------------------------------------------------------- entries */

static void write_usage(const struct decided_entry *decided, struct entry *out)
{
    *out = (struct entry){.kind = ENTRY_USAGE,
                          .tenant = decided->tenant,
                          .stream = STREAM_USAGE,
                          .stream_seq = decided->stream_seq,
                          .usage = {.series = decided->series,
                                    .from_us = decided->window.from_us,
                                    .length_seconds = decided->window.length_seconds,
                                    .quantity = decided->quantity,
                                    .contributions = decided->contributions}};
}

/* Those of which nothing was taken, too. */
static struct raw_range *hash_ranges(const struct load *load, const struct decision *decision,
                                     struct arena *arena)
{
    struct raw_range *ranges = arena_array(arena, decision->range_count, sizeof *ranges);
    for (size_t i = 0; i < decision->range_count; i++)
        ranges[i] = (struct raw_range){.items = load->ranges[i].items + load->ranges[i].first,
                                       .count = decision->ranges[i].taken};
    raw_hash_ranges(ranges, decision->range_count, arena);
    return ranges;
}

static void write_entries(struct chapter *chapter, const struct batcher *batcher,
                          const struct load *load, const struct decision *decision,
                          uint64_t control_index)
{
    chapter->entries = arena_array(chapter->arena, decision->entry_count + decision->range_count,
                                   sizeof *chapter->entries);
    for (size_t i = 0; i < decision->entry_count; i++)
        write_usage(&decision->entries[i], &chapter->entries[chapter->entry_count++].entry);
    const struct raw_range *raw = hash_ranges(load, decision, chapter->arena);
    for (size_t i = 0; i < decision->range_count; i++) {
        if (decision->ranges[i].to == decision->ranges[i].from)
            continue;
        chapter_write_receipt(&load->ranges[i], &decision->ranges[i], &raw[i].hash,
                              batcher->rules.as_of_us, control_index,
                              &chapter->entries[chapter->entry_count++].entry);
        chapter->receipt_count++;
    }
    for (size_t i = 0; i < chapter->entry_count; i++)
        chapter->entries[i].entry.batch = chapter->batch;
}

/* ----------------------------------------------------------------------------- what stands beside
 */

/* The step that the slot takes; its series and blocks name it too. */
static uint64_t next_step(const struct batcher *batcher, int32_t slot)
{
    return batcher->slots.slots[slot].step + 1;
}

static void write_step(struct chapter *chapter, const struct batcher *batcher,
                       const struct decision *decision, int32_t slot, uint64_t control_index)
{
    struct slot_step *step = &chapter->steps[chapter->step_count++];
    *step = (struct slot_step){.slot = slot,
                               .step = next_step(batcher, slot),
                               .batch = chapter->batch,
                               .control_index = control_index,
                               .floor_hour = batcher->slots.slots[slot].floor_hour};
    step->hours = arena_array(chapter->arena, decision->hour_count, sizeof *step->hours);
    for (size_t i = 0; i < decision->hour_count; i++)
        if (decision->hours[i].set->slot == slot)
            step->hours[step->hour_count++] = decision->hours[i].set->event_hour;
    step->tenants = arena_array(chapter->arena, decision->account_count, sizeof *step->tenants);
    step->last_seqs = arena_array(chapter->arena, decision->account_count, sizeof *step->last_seqs);
    for (size_t i = 0; i < decision->account_count; i++) {
        if (decision->accounts[i].account->slot != slot)
            continue;
        step->tenants[step->tenant_count] = decision->accounts[i].account->tenant;
        step->last_seqs[step->tenant_count++] = decision->accounts[i].last_seq;
    }
}

static void write_steps(struct chapter *chapter, const struct batcher *batcher,
                        const struct decision *decision, uint64_t control_index)
{
    int32_t slots[SLOT_COUNT];
    size_t count = decision_slots(decision, slots);
    chapter->steps = arena_array(chapter->arena, count, sizeof *chapter->steps);
    for (size_t i = 0; i < count; i++)
        write_step(chapter, batcher, decision, slots[i], control_index);
}

static void write_series(struct chapter *chapter, const struct batcher *batcher,
                         const struct decision *decision)
{
    chapter->series_count = decision->series_count;
    chapter->series = arena_array(chapter->arena, decision->series_count, sizeof *chapter->series);
    for (size_t i = 0; i < decision->series_count; i++)
        chapter->series[i] =
            (struct series_row){.tenant = decision->series[i].tenant,
                                .slot = decision->series[i].slot,
                                .step = next_step(batcher, decision->series[i].slot),
                                .series = decision->series[i].series,
                                .descriptor = decision->series[i].descriptor};
}

static void write_blocks(struct chapter *chapter, const struct batcher *batcher,
                         const struct decision *decision)
{
    chapter->block_count = decision->hour_count;
    chapter->blocks = arena_array(chapter->arena, decision->hour_count, sizeof *chapter->blocks);
    for (size_t i = 0; i < decision->hour_count; i++) {
        const struct hour_set *set = decision->hours[i].set;
        chapter->blocks[i] = (struct dedup_block){.slot = set->slot,
                                                  .event_hour = set->event_hour,
                                                  .step = next_step(batcher, set->slot),
                                                  .ids = decision->hours[i].ids,
                                                  .entries = decision->hours[i].entries};
    }
}

static void write_quarantine(struct chapter *chapter, const struct batcher *batcher,
                             const struct load *load, const struct decision *decision)
{
    chapter->quarantine_count = decision->refusal_count;
    chapter->quarantine =
        arena_array(chapter->arena, decision->refusal_count, sizeof *chapter->quarantine);
    for (size_t i = 0; i < decision->refusal_count; i++) {
        const struct decided_refusal *refusal = &decision->refusals[i];
        const struct assignment *assignment = &load->ranges[refusal->range].claim->assignment;
        struct quarantine_row *row = &chapter->quarantine[i];
        quarantine_row_of(refusal, batcher->scope->control->catalog, batcher->rules.as_of_us,
                          chapter->arena, row);
        row->feed = assignment->feed;
        row->partition = assignment->partition;
        row->incarnation = assignment->incarnation;
        row->batch = chapter->batch;
    }
}

static int compare_sequences(const void *a, const void *b)
{
    const struct decided_sequence *left = a, *right = b;
    if (left->range != right->range)
        return left->range < right->range ? -1 : 1;
    return slice_compare(left->sequence->source->source, right->sequence->source->source);
}

static bool is_same_sequence(const struct decided_sequence *a, const struct decided_sequence *b)
{
    return a->range == b->range && a->sequence->source == b->sequence->source;
}

/* The row of events of one source in one range. */
static void write_sequence(struct chapter *chapter, const struct load *load,
                           const struct decision *decision, const struct decided_sequence *events,
                           size_t count)
{
    const struct assignment *assignment = &load->ranges[events->range].claim->assignment;
    struct sequence_row *row = &chapter->sequences[chapter->sequence_count++];
    int64_t *numbers = arena_array(chapter->arena, count, sizeof *numbers);
    *row = (struct sequence_row){.feed = assignment->feed,
                                 .partition = assignment->partition,
                                 .incarnation = assignment->incarnation,
                                 .from = decision->ranges[events->range].from,
                                 .source = events->sequence->source->source};
    for (size_t i = 0; i < count; i++)
        if (events[i].sequence->is_numbered)
            numbers[row->numbered++] = events[i].sequence->number;
    row->unnumbered = count - row->numbered;
    row->runs = sequence_encode(numbers, row->numbered, chapter->arena);
}

static void write_sequences(struct chapter *chapter, const struct load *load,
                            const struct decision *decision)
{
    size_t count = decision->sequence_count, rows = 0;
    struct decided_sequence *events = decision->sequences;
    if (count == 0)
        return;
    qsort(events, count, sizeof *events, compare_sequences);
    for (size_t i = 0; i < count; i++)
        rows += i == 0 || !is_same_sequence(&events[i - 1], &events[i]);
    chapter->sequences = arena_array(chapter->arena, rows, sizeof *chapter->sequences);
    for (size_t i = 0; i < count;) {
        size_t first = i++;
        while (i < count && is_same_sequence(&events[first], &events[i]))
            i++;
        write_sequence(chapter, load, decision, events + first, i - first);
    }
}

void chapter_write(struct chapter *chapter, const struct batcher *batcher, const struct load *load,
                   const struct decision *decision, uint64_t control_index)
{
    chapter->batch = name_batch(load, decision, chapter->arena);
    write_entries(chapter, batcher, load, decision, control_index);
    write_steps(chapter, batcher, decision, control_index);
    write_series(chapter, batcher, decision);
    write_blocks(chapter, batcher, decision);
    write_quarantine(chapter, batcher, load, decision);
    write_sequences(chapter, load, decision);
}

void chapter_sign(struct chapter *chapter, const struct writer *writer)
{
    for (size_t i = 0; i < chapter->entry_count; i++)
        writer_sign(writer, &chapter->entries[i]);
}

/* --------------------------------------------------------------------------------------- writing
 */

/* The head is locked here, last of all locks, and held until COMMIT. */
static bool append_to_log(const struct chapter *chapter, struct batcher *batcher, struct error *err)
{
    struct head head;
    uint64_t first_index = 0;
    size_t usage_count = chapter->entry_count - chapter->receipt_count;
    return append_lock(batcher->store, &batcher->writer, &head, err) &&
           append_entries(batcher->store, &head, chapter->entries, chapter->entry_count,
                          &first_index, err) &&
           receipts_append(batcher->store, batcher->writer.log, chapter->entries + usage_count,
                           chapter->receipt_count, first_index + usage_count, err) &&
           append_unlock(batcher->store, &head, err);
}

bool chapter_append(const struct chapter *chapter, struct batcher *batcher, struct error *err)
{
    struct store *store = batcher->store;
    int log = batcher->writer.log;
    if (!slot_steps_append(store, log, chapter->steps, chapter->step_count, err) ||
        !series_append(store, log, chapter->series, chapter->series_count, err) ||
        !dedup_append(store, log, chapter->blocks, chapter->block_count, err))
        return false;
    CRASH_AT(ingest_blocks_written);
    return quarantine_append(store, log, chapter->quarantine, chapter->quarantine_count, err) &&
           sequences_append(store, log, chapter->sequences, chapter->sequence_count, err) &&
           append_to_log(chapter, batcher, err);
}

/* ---------------------------------------------------------------------------------- after COMMIT
 */

/* The claim goes on where the receipt ends. */
static void move_claim(struct claim *claim, const struct entry *entry)
{
    const struct receipt_body *receipt = &entry->receipt;
    assert(entry->kind == ENTRY_RECEIPT && receipt->from == claim->end.next);
    claim->end = (struct chain_end){.next = receipt->to,
                                    .last_offset = receipt->last_offset,
                                    .last_hash = receipt->last_hash,
                                    .next_seq = entry->stream_seq + 1,
                                    .as_of_us = receipt->as_of_us};
    claim->anchor_expired = false;
}

static void move_load(const struct chapter *chapter, struct load *load,
                      const struct decision *decision)
{
    const struct signed_entry *receipt =
        chapter->entries + chapter->entry_count - chapter->receipt_count;
    for (size_t i = 0; i < decision->range_count; i++) {
        const struct decided_range *decided = &decision->ranges[i];
        if (decided->to == decided->from)
            continue;
        move_claim(load->ranges[i].claim, &receipt->entry);
        load->ranges[i].first += decided->taken;
        load->ranges[i].from = decided->to;
        receipt++;
    }
}

static void watch_rate(struct batcher *batcher, struct load_range *range,
                       const struct quarantine_row *row)
{
    uint64_t limit = batcher->scope->control->catalog->limits.quarantine_per_minute;
    struct slice known = quarantine_rate_source(row);
    enum quarantine_verdict verdict =
        quarantine_count(&batcher->rates, row->partition, known, row->broker_time_us, limit);
    const char *source = known.data ? known.data : "(no known source)";
    int source_size = known.data ? (int)known.size : (int)strlen(source);
    if (verdict == RATE_ALARM)
        log_warning("partition %u: %" PRIu64 " records of '%.*s' in one minute cannot be counted; "
                    "the last one: %s: %s",
                    row->partition, limit, source_size, source, row->reason, row->detail);
    if (verdict == RATE_HALT) {
        range->halt = HALT_RATE;
        snprintf(range->halt_detail, sizeof range->halt_detail, "source '%.*s', %s",
                 source_size > 80 ? 80 : source_size, source, row->reason);
    }
}

static void count(struct batch_counts *counts, const struct decision *decision)
{
    for (size_t i = 0; i < decision->range_count; i++) {
        counts->records += decision->ranges[i].taken;
        counts->accepted += decision->ranges[i].accepted;
        counts->duplicate += decision->ranges[i].duplicate;
        counts->quarantined += decision->ranges[i].quarantined;
    }
    for (size_t i = 0; i < decision->refusal_count; i++)
        counts->refused[decision->refusals[i].refusal->reason]++;
    counts->entries += decision->entry_count;
    counts->series += decision->series_count;
    counts->batches++;
    counts->committed_us = instant_monotonic();
}

void chapter_merge(const struct chapter *chapter, struct batcher *batcher, struct load *load,
                   const struct decision *decision)
{
    move_load(chapter, load, decision);
    for (size_t i = 0; i < chapter->quarantine_count; i++)
        watch_rate(batcher, &load->ranges[decision->refusals[i].range], &chapter->quarantine[i]);
    count(&batcher->counts, decision);
}
