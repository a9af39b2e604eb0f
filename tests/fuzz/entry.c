/*
 * The bytes of entries and of series (core/body, core/series).
 *
 * What decodes encodes to the same bytes, and an entry that decodes is one that may be encoded.
 */
#include <assert.h>
#include <string.h>

#include "core/body.h"
#include "core/series.h"
#include "fuzz/fuzz.h"

const char *const fuzz_words[] = {"EUR", "JPY", "\xff\xff\xff\xff\xff\xff\xff\xff", NULL};

static struct entry entry_of(enum entry_kind kind)
{
    struct entry entry = {.kind = kind, .tenant = 7, .stream_seq = 3};
    struct digest digest = digest_of("x", 1);
    entry.ledger = ledger_id_of_origin("daybook.example/log");
    if (kind <= ENTRY_EXCLUSION) {
        entry.usage = (struct usage_body){.series = digest, .length_seconds = 3600, .quantity = 10};
        entry.usage.from_us = 1793000000000000 / 3600000000 * 3600000000;
        entry.usage.contributions = kind == ENTRY_USAGE;
        entry.usage.reason = kind != ENTRY_USAGE;
        memset(entry.batch.bytes, 1, sizeof entry.batch.bytes);
    } else if (kind == ENTRY_TRANSFER) {
        entry.stream = STREAM_MONEY;
        entry.transfer = (struct transfer_body){.debit = digest,
                                                .credit = digest_of("y", 1),
                                                .amount = 1234,
                                                .currency = "EUR",
                                                .exponent = 2,
                                                .code = 1,
                                                .document = digest};
    } else if (kind == ENTRY_RECEIPT) {
        entry.tenant = 0;
        entry.stream = STREAM_CHAIN_FIRST;
        entry.receipt = (struct receipt_body){.feed = digest,
                                              .to = 5,
                                              .records = 5,
                                              .accepted = 5,
                                              .last_offset = 4,
                                              .last_hash = digest,
                                              .raw_hash = digest};
        memset(entry.batch.bytes, 1, sizeof entry.batch.bytes);
    } else {
        entry.control = (struct control_body){
            .subject = digest, .version = 1, .content = digest, .operator_key = digest};
    }
    return entry;
}

/* Tries the tenant and the streams that a kind may have; what none fits has no seed. */
static void add_entry(struct fuzz_corpus *corpus, enum entry_kind kind)
{
    unsigned char bytes[BODY_SIZE_MAX];
    for (unsigned i = 0; i < 12; i++) {
        struct entry entry = entry_of(kind);
        struct error err;
        entry.tenant = i % 2 == 0 ? entry.tenant : 0;
        entry.stream = i / 2 % 3 == 0 ? entry.stream : i / 2 % 3;
        if (i >= 6)
            entry.batch = (struct batch_id){0};
        if (body_check(&entry, &err)) {
            fuzz_add(corpus, bytes, body_encode(&entry, bytes));
            return;
        }
        if (i == 11)
            fuzz_must(false, &err);
    }
}

void fuzz_seeds(struct fuzz_corpus *corpus)
{
    struct series series = {.meter = slice_of("gpu_time"),
                            .unit = slice_of("uGPU.s"),
                            .scale = 6,
                            .aggregation = AGGREGATION_SUM,
                            .dimension_count = 2,
                            .dimensions = {{slice_of("sku"), slice_of("h100")},
                                           {slice_of("region"), slice_of("eu-1")}}};
    struct text descriptor CLEANUP(text_release);
    struct error err;
    text_init(&descriptor);
    for (enum entry_kind kind = ENTRY_USAGE; kind <= ENTRY_KIND_LAST; kind++)
        add_entry(corpus, kind);
    fuzz_must(series_encode(&series, &descriptor, &err), &err);
    fuzz_add(corpus, descriptor.data, descriptor.size);
}

static bool read_entry(const uint8_t *data, size_t size)
{
    unsigned char again[BODY_SIZE_MAX];
    struct entry entry;
    struct error err;
    if (!body_decode(data, size, &entry, &err))
        return false;
    assert(body_check(&entry, &err));
    assert(body_encode(&entry, again) == size && memcmp(again, data, size) == 0);
    return true;
}

static bool read_series(const uint8_t *data, size_t size)
{
    struct text again CLEANUP(text_release);
    struct series series;
    struct error err;
    text_init(&again);
    if (!series_decode(data, size, &series, &err))
        return false;
    assert(series_encode(&series, &again, &err));
    assert(again.size == size && memcmp(again.data, data, size) == 0);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool is_entry = read_entry(data, size), is_series = read_series(data, size);
    if (is_entry || is_series)
        fuzz_accept();
    return 0;
}
