/*
 * A small ledger for tests of seal, audit and tampering, written through the library as ingest and
 * invoices write it: batches with receipts, steps, identities, series, quarantine; one invoice.
 *
 *   sample_ledger CONNINFO KEYS PUBLISHED BATCHES ENTRIES [invoice]
 *
 * The tenants 'acme' and 'beta' must be there. Each batch gives each of them ENTRIES entries; it
 * may be run again, and goes on where it ended.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "core/series.h"
#include "harness/sample.h"
#include "store/append.h"
#include "store/dedup.h"
#include "store/quarantine.h"
#include "store/receipts.h"
#include "store/slots.h"
#include "store/tenants.h"

#define EVENTS_PER_ENTRY 2

static const char topic[] = "sample";

static bool read_key(const struct sample *sample, const char *name, struct secret_key **out,
                     struct error *err)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s/%s.key", sample->keys, name);
    return key_read_file(path, out, err);
}

static bool make_series(struct sample *sample, struct error *err)
{
    static const char *const skus[SERIES] = {"a100", "h100", "h200", "l40s"};
    for (size_t i = 0; i < SERIES; i++) {
        struct series series = {
            .meter = slice_of("gpu_time"),
            .unit = slice_of("uGPU.s"),
            .scale = 6,
            .aggregation = AGGREGATION_SUM,
            .dimension_count = 1,
            .dimensions = {{slice_of("sku"), slice_of(skus[i])}},
        };
        text_init(&sample->descriptors[i]);
        if (!series_encode(&series, &sample->descriptors[i], err))
            return false;
        sample->series[i] = digest_of(sample->descriptors[i].data, sample->descriptors[i].size);
    }
    return true;
}

static bool open_sample(struct sample *sample, char **arguments, struct error *err)
{
    static const char *const ids[TENANTS] = {"acme", "beta"};
    char path[1024];
    arena_init(&sample->arena);
    sample->keys = arguments[2];
    snprintf(path, sizeof(path), "%s/salt.key", sample->keys);
    if (!store_open(arguments[1], "sample", &sample->store, err) ||
        !store_guard(sample->store, 0, arguments[3], err) ||
        !read_key(sample, "ingest", &sample->ingest, err) ||
        !read_key(sample, "invoices", &sample->invoices, err) ||
        !key_read_symmetric(path, &sample->salt_key, err) || !make_series(sample, err))
        return false;
    for (size_t t = 0; t < TENANTS; t++)
        if (!tenant_find(sample->store, 0, ids[t], &sample->arena, &sample->tenants[t], err))
            return false;
    struct digest feed = digest_subject("topic", topic);
    bool found;
    if (!assignment_read(sample->store, 0, &feed, 0, &sample->assignment, &found, err))
        return false;
    sample->is_first = !found;
    sample->assignment.feed = feed;
    return true;
}

/* --------------------------------------------------------------------------------------- a batch
 */

struct batch {
    struct signed_entry *entries; /* by tenant; the receipt last */
    size_t count;
    size_t per_tenant;
    uint64_t events;
    struct batch_id id;
    int64_t hour;
};

/* Where the chain and the streams stand, with the slots locked. */
static bool look(struct sample *sample, struct error *err)
{
    int32_t slots[TENANTS];
    uint64_t numbers[TENANTS], steps[TENANTS];
    for (size_t t = 0; t < TENANTS; t++) {
        slots[t] = sample->tenants[t].slot;
        numbers[t] = sample->tenants[t].number;
    }
    bool descending = slots[0] > slots[1];
    int32_t ordered[TENANTS] = {slots[descending], slots[!descending]};
    if (!slots_lock(sample->store, 0, ordered, TENANTS, steps, err) ||
        !slot_last_seqs(sample->store, 0, numbers, TENANTS, sample->next_seqs, err))
        return false;
    sample->steps[0] = steps[descending];
    sample->steps[1] = steps[!descending];
    for (size_t t = 0; t < TENANTS; t++)
        sample->next_seqs[t]++; /* STREAM_SEQ_NONE becomes 0 */
    if (sample->is_first) {
        sample->end = (struct chain_end){.last_offset = OFFSET_NONE};
        return true;
    }
    return receipt_chain_end(sample->store, 0, &sample->assignment, &sample->end, err);
}

static void build_usage(struct sample *sample, struct batch *batch, size_t t)
{
    for (size_t i = 0; i < batch->per_tenant; i++) {
        struct signed_entry *entry = &batch->entries[batch->count++];
        entry->entry = (struct entry){
            .kind = ENTRY_USAGE,
            .tenant = sample->tenants[t].number,
            .stream = STREAM_USAGE,
            .stream_seq = sample->next_seqs[t] + i,
            .batch = batch->id,
            .usage =
                {
                    .series = sample->series[i % SERIES],
                    .from_us = batch->hour * HOUR_US,
                    .length_seconds = sample->tenants[t].grid_seconds,
                    .quantity = (int128)1000000 * (int)(i + 1),
                    .contributions = EVENTS_PER_ENTRY,
                },
        };
    }
}

static void build_receipt(struct sample *sample, struct batch *batch, uint64_t control_index)
{
    uint64_t from = sample->end.next;
    uint64_t records = batch->events + 2; /* one duplicate, one quarantined */
    batch->entries[batch->count++].entry = (struct entry){
        .kind = ENTRY_RECEIPT,
        .stream = sample->assignment.stream,
        .stream_seq = sample->end.next_seq,
        .batch = batch->id,
        .receipt =
            {
                .feed = sample->assignment.feed,
                .incarnation = 1,
                .from = from,
                .to = from + records,
                .records = records,
                .last_offset = from + records - 1,
                .last_hash = digest_of(&from, sizeof(from)),
                .raw_hash = digest_of(&records, sizeof(records)),
                .accepted = batch->events,
                .duplicate = 1,
                .quarantined = 1,
                .control_index = control_index,
                .as_of_us = batch->hour * HOUR_US,
            },
    };
}

static bool append_identities(struct sample *sample, const struct batch *batch, size_t t,
                              struct error *err)
{
    size_t ids_size = batch->per_tenant * EVENTS_PER_ENTRY * DEDUP_ID_SIZE;
    unsigned char *ids = arena_alloc(&sample->arena, ids_size);
    unsigned char *entries =
        arena_alloc(&sample->arena, batch->per_tenant * (size_t)DEDUP_ENTRY_SIZE);
    for (size_t i = 0; i < batch->per_tenant; i++) {
        unsigned char *entry = entries + i * DEDUP_ENTRY_SIZE;
        bytes_put_u64(entry, sample->tenants[t].number);
        bytes_put_u64(entry + 8, sample->next_seqs[t] + i);
        bytes_put_u32(entry + 16, EVENTS_PER_ENTRY);
        for (size_t e = 0; e < EVENTS_PER_ENTRY; e++) {
            uint64_t name[3] = {sample->tenants[t].number, sample->next_seqs[t] + i, e};
            struct digest hash = digest_of(name, sizeof(name));
            memcpy(ids + (i * EVENTS_PER_ENTRY + e) * DEDUP_ID_SIZE, hash.bytes, DEDUP_ID_SIZE);
        }
    }
    struct dedup_block block = {
        .slot = sample->tenants[t].slot,
        .event_hour = (int32_t)batch->hour,
        .step = sample->steps[t] + 1,
        .ids = {(const char *)ids, ids_size},
        .entries = {(const char *)entries, batch->per_tenant * (size_t)DEDUP_ENTRY_SIZE},
    };
    return dedup_append(sample->store, 0, &block, 1, err);
}

static bool append_step(struct sample *sample, const struct batch *batch, size_t t,
                        uint64_t control_index, struct error *err)
{
    int32_t hour = (int32_t)batch->hour;
    uint64_t tenant = sample->tenants[t].number;
    uint64_t last_seq = sample->next_seqs[t] + batch->per_tenant - 1;
    struct slot_step step = {
        .slot = sample->tenants[t].slot,
        .step = sample->steps[t] + 1,
        .batch = batch->id,
        .control_index = control_index,
        .floor_hour = FLOOR_NONE,
        .hour_count = 1,
        .hours = &hour,
        .tenant_count = 1,
        .tenants = &tenant,
        .last_seqs = &last_seq,
    };
    return slot_steps_append(sample->store, 0, &step, 1, err) &&
           append_identities(sample, batch, t, err);
}

static bool append_series(struct sample *sample, struct error *err)
{
    struct series_row rows[TENANTS * SERIES];
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        rows[i] = (struct series_row){
            .tenant = sample->tenants[i / SERIES].number,
            .slot = sample->tenants[i / SERIES].slot,
            .step = sample->steps[i / SERIES] + 1,
            .series = sample->series[i % SERIES],
            .descriptor = {sample->descriptors[i % SERIES].data,
                           sample->descriptors[i % SERIES].size},
        };
    return series_append(sample->store, 0, rows, COUNT_OF(rows), err);
}

static bool append_quarantine(struct sample *sample, const struct batch *batch, struct error *err)
{
    struct quarantine_row row = {
        .feed = sample->assignment.feed,
        .incarnation = 1,
        .offset = sample->end.next + 1,
        .batch = batch->id,
        .reason = "malformed",
        .detail = "not JSON",
        .broker_time_us = batch->hour * HOUR_US,
        .time_type = 1,
        .size = 1,
        .value = slice_of("x"),
    };
    return quarantine_append(sample->store, 0, &row, 1, err);
}

static bool append_beside(struct sample *sample, const struct batch *batch, uint64_t receipt_index,
                          uint64_t control_index, struct error *err)
{
    for (size_t t = 0; t < TENANTS; t++)
        if (!append_step(sample, batch, t, control_index, err))
            return false;
    return receipts_append(sample->store, 0, &batch->entries[batch->count - 1], 1, receipt_index,
                           err) &&
           (!sample->is_first || append_series(sample, err)) &&
           append_quarantine(sample, batch, err);
}

static bool append_batch(struct sample *sample, const struct writer *writer, struct batch *batch,
                         struct error *err)
{
    struct head head;
    uint64_t first;
    if (!look(sample, err) || !append_lock(sample->store, writer, &head, err))
        return false;
    uint64_t control_index = head.control_index;
    if (sample->is_first) {
        sample->assignment.incarnation = 1;
        sample->assignment.stream = (uint32_t)head.next_chain++;
        snprintf(sample->assignment.cluster_id, sizeof(sample->assignment.cluster_id), "sample");
        if (!assignment_insert(sample->store, 0, &sample->assignment, topic, err))
            return false;
    }
    batch->events = TENANTS * batch->per_tenant * EVENTS_PER_ENTRY;
    batch->hour = FIRST_HOUR + (int64_t)sample->end.next_seq;
    struct batch_range range = {sample->assignment.feed, 0, 1, sample->end.next,
                                sample->end.next + batch->events + 2};
    batch->id = batch_id_of(&range, 1);
    for (size_t t = 0; t < TENANTS; t++)
        build_usage(sample, batch, t);
    build_receipt(sample, batch, control_index);
    for (size_t i = 0; i < batch->count; i++)
        writer_sign(writer, &batch->entries[i]);
    return append_entries(sample->store, &head, batch->entries, batch->count, &first, err) &&
           append_beside(sample, batch, first + batch->count - 1, control_index, err) &&
           append_unlock(sample->store, &head, err);
}

static bool add_batch(struct sample *sample, const struct writer *writer, size_t entries,
                      struct error *err)
{
    struct batch batch = {.per_tenant = entries};
    batch.entries = arena_array(&sample->arena, TENANTS * entries + 1, sizeof(*batch.entries));

    if (!store_begin(sample->store, err) || !append_batch(sample, writer, &batch, err) ||
        !store_commit(sample->store, err))
        return false;
    sample->is_first = false;
    return true;
}

/* The hours of the batches to come may lie in several days. */
static bool ensure_days(struct sample *sample, uint64_t batches, struct error *err)
{
    sample->end = (struct chain_end){0};
    if (!sample->is_first &&
        !receipt_chain_end(sample->store, 0, &sample->assignment, &sample->end, err))
        return false;
    int64_t first = FIRST_HOUR + (int64_t)sample->end.next_seq;
    for (int64_t day = first / 24; day <= (first + (int64_t)batches) / 24; day++)
        if (!dedup_ensure_day(sample->store, (int32_t)day, err))
            return false;
    return true;
}

static bool add_batches(struct sample *sample, uint64_t batches, size_t entries, struct error *err)
{
    struct writer writer;
    if (!ensure_days(sample, batches, err) ||
        !writer_open(sample->store, 0, sample->ingest, sample->salt_key, ROLE_INGEST, &writer, err))
        return false;
    bool good = true;
    for (uint64_t i = 0; good && i < batches; i++)
        good = add_batch(sample, &writer, entries, err);
    writer_close(&writer);
    return good;
}

static void close_sample(struct sample *sample)
{
    store_close(sample->store);
    for (size_t i = 0; i < SERIES; i++)
        text_release(&sample->descriptors[i]);
    key_release(sample->ingest);
    key_release(sample->invoices);
    key_release_symmetric(sample->salt_key);
    arena_release(&sample->arena);
}

int main(int argc, char **argv)
{
    struct sample sample = {0};
    struct error err;
    uint64_t batches, entries;
    if (argc < 6) {
        fprintf(stderr, "usage: sample_ledger CONNINFO KEYS PUBLISHED BATCHES ENTRIES [invoice]\n");
        return 2;
    }
    core_init();
    if (!number_parse_u64(argv[4], strlen(argv[4]), "BATCHES", &batches, &err) ||
        !number_parse_u64(argv[5], strlen(argv[5]), "ENTRIES", &entries, &err) ||
        !open_sample(&sample, argv, &err) || !add_batches(&sample, batches, entries, &err) ||
        (argc > 6 && !sample_add_invoice(&sample, &err))) {
        fprintf(stderr, "sample_ledger: %s\n", err.message);
        return 1;
    }
    close_sample(&sample);
    return 0;
}
