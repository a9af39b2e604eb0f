/*
 * Writing and reading the bytes of an entry.
 *
 * Reading is: take the fields, check the rules, write them again and compare. So a reserved byte
 * needs no code of its own, and the reader accepts exactly what the writer makes.
 */
#include "core/body.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/instant.h"

#define USAGE_SIZE 136
#define CORRECTION_SIZE 152
#define EXCLUSION_SIZE 144
#define TRANSFER_SIZE 184
#define RECEIPT_SIZE 280
#define CONTROL_SIZE 168
#define RANGE_SIZE 56

#define RECEIPT_FLAG_ANCHOR_EXPIRED 1u

static const unsigned char magic[4] = {'D', 'B', 'K', BODY_VERSION};

/* What a kind's tenant and batch may be. */
enum kind_rule {
    OF_TENANT = 1 << 0, /* tenant above 0; else exactly 0 */
    OF_INGEST = 1 << 1, /* may name a batch */
    CONTROL = 1 << 2,   /* has a struct control_body */
    PUBLIC = 1 << 3,    /* salt of zero bytes */
};

struct kind {
    const char *word;
    size_t size;
    uint32_t stream;
    unsigned rules;
    void (*put)(const struct entry *entry, unsigned char *out);
    bool (*get)(const unsigned char *in, struct entry *out, struct error *err);
    bool (*check)(const struct entry *entry, struct error *err);
};

static void put_digest(unsigned char *out, const struct digest *digest)
{
    memcpy(out, digest->bytes, DIGEST_SIZE);
}

static struct digest get_digest(const unsigned char *in)
{
    struct digest digest;

    memcpy(digest.bytes, in, DIGEST_SIZE);
    return digest;
}

/* ------------------------------------------------------------ usage, correction, exclusion */

static void usage_put(const struct entry *entry, unsigned char *out)
{
    const struct usage_body *usage = &entry->usage;

    put_digest(out + 64, &usage->series);
    bytes_put_i64(out + 96, usage->from_us);
    bytes_put_u32(out + 104, usage->length_seconds);
    bytes_put_int128(out + 112, usage->quantity);
    bytes_put_u64(out + 128, usage->contributions);
    if (entry->kind == ENTRY_CORRECTION) {
        bytes_put_u64(out + 136, usage->corrected_seq);
        bytes_put_u32(out + 144, usage->reason);
    } else if (entry->kind == ENTRY_EXCLUSION) {
        bytes_put_u32(out + 136, usage->reason);
    }
}

static bool usage_get(const unsigned char *in, struct entry *out, struct error *err)
{
    struct usage_body *usage = &out->usage;

    (void)err;
    usage->series = get_digest(in + 64);
    usage->from_us = bytes_get_i64(in + 96);
    usage->length_seconds = bytes_get_u32(in + 104);
    usage->quantity = bytes_get_int128(in + 112);
    usage->contributions = bytes_get_u64(in + 128);
    if (out->kind == ENTRY_CORRECTION) {
        usage->corrected_seq = bytes_get_u64(in + 136);
        usage->reason = bytes_get_u32(in + 144);
    } else if (out->kind == ENTRY_EXCLUSION) {
        usage->reason = bytes_get_u32(in + 136);
    }
    return true;
}

static bool usage_check(const struct entry *entry, struct error *err)
{
    const struct usage_body *usage = &entry->usage;

    if (usage->length_seconds == 0)
        return error_set(err, ERROR_INPUT, "the window's length is 0 seconds");
    if (usage->from_us < INSTANT_MIN || usage->from_us > INSTANT_MAX)
        return error_set(err, ERROR_INPUT, "the window begins outside the years 1 to 9999");
    if (usage->quantity < 0 && entry->kind != ENTRY_CORRECTION)
        return error_set(err, ERROR_INPUT, "a negative quantity outside a correction");
    return true;
}

/* -------------------------------------------------------------------------------- transfer */

static void transfer_put(const struct entry *entry, unsigned char *out)
{
    const struct transfer_body *transfer = &entry->transfer;

    put_digest(out + 64, &transfer->debit);
    put_digest(out + 96, &transfer->credit);
    bytes_put_int128(out + 128, transfer->amount);
    memcpy(out + 144, transfer->currency, 3);
    out[147] = transfer->exponent;
    bytes_put_u32(out + 148, transfer->code);
    put_digest(out + 152, &transfer->document);
}

static bool transfer_get(const unsigned char *in, struct entry *out, struct error *err)
{
    struct transfer_body *transfer = &out->transfer;

    (void)err;
    transfer->debit = get_digest(in + 64);
    transfer->credit = get_digest(in + 96);
    transfer->amount = bytes_get_int128(in + 128);
    memcpy(transfer->currency, in + 144, 3);
    transfer->exponent = in[147];
    transfer->code = bytes_get_u32(in + 148);
    transfer->document = get_digest(in + 152);
    return true;
}

static bool transfer_check(const struct entry *entry, struct error *err)
{
    const struct transfer_body *transfer = &entry->transfer;

    if (transfer->amount <= 0)
        return error_set(err, ERROR_INPUT, "a transfer's amount is not above zero");
    for (size_t i = 0; i < 3; i++)
        if (transfer->currency[i] < 'A' || transfer->currency[i] > 'Z')
            return error_set(err, ERROR_INPUT, "a currency is three letters from A to Z");
    if (transfer->currency[3] != '\0')
        return error_set(err, ERROR_INPUT, "a currency is three letters from A to Z");
    return true;
}

/* --------------------------------------------------------------------------------- receipt */

static void receipt_put(const struct entry *entry, unsigned char *out)
{
    const struct receipt_body *receipt = &entry->receipt;

    put_digest(out + 64, &receipt->feed);
    bytes_put_u32(out + 96, receipt->partition);
    bytes_put_u32(out + 100, receipt->incarnation);
    bytes_put_u64(out + 104, receipt->start);
    bytes_put_u64(out + 112, receipt->from);
    bytes_put_u64(out + 120, receipt->to);
    bytes_put_u64(out + 128, receipt->records);
    bytes_put_u64(out + 136, receipt->holes);
    bytes_put_u64(out + 144, receipt->last_offset);
    put_digest(out + 152, &receipt->last_hash);
    put_digest(out + 184, &receipt->raw_hash);
    bytes_put_u64(out + 216, receipt->accepted);
    bytes_put_u64(out + 224, receipt->duplicate);
    bytes_put_u64(out + 232, receipt->quarantined);
    bytes_put_u64(out + 240, receipt->elsewhere);
    bytes_put_u64(out + 248, receipt->control_index);
    bytes_put_i64(out + 256, receipt->as_of_us);
    bytes_put_u32(out + 264, receipt->anchor_expired ? RECEIPT_FLAG_ANCHOR_EXPIRED : 0);
}

static bool receipt_get(const unsigned char *in, struct entry *out, struct error *err)
{
    struct receipt_body *receipt = &out->receipt;
    uint32_t flags = bytes_get_u32(in + 264);

    receipt->feed = get_digest(in + 64);
    receipt->partition = bytes_get_u32(in + 96);
    receipt->incarnation = bytes_get_u32(in + 100);
    receipt->start = bytes_get_u64(in + 104);
    receipt->from = bytes_get_u64(in + 112);
    receipt->to = bytes_get_u64(in + 120);
    receipt->records = bytes_get_u64(in + 128);
    receipt->holes = bytes_get_u64(in + 136);
    receipt->last_offset = bytes_get_u64(in + 144);
    receipt->last_hash = get_digest(in + 152);
    receipt->raw_hash = get_digest(in + 184);
    receipt->accepted = bytes_get_u64(in + 216);
    receipt->duplicate = bytes_get_u64(in + 224);
    receipt->quarantined = bytes_get_u64(in + 232);
    receipt->elsewhere = bytes_get_u64(in + 240);
    receipt->control_index = bytes_get_u64(in + 248);
    receipt->as_of_us = bytes_get_i64(in + 256);
    receipt->anchor_expired = (flags & RECEIPT_FLAG_ANCHOR_EXPIRED) != 0;
    if ((flags & ~RECEIPT_FLAG_ANCHOR_EXPIRED) != 0)
        return error_set(err, ERROR_INPUT, "a receipt has unknown flags 0x%" PRIx32, flags);
    return true;
}

static bool receipt_check(const struct entry *entry, struct error *err)
{
    if (entry->receipt.to <= entry->receipt.from)
        return error_set(err, ERROR_INPUT, "a receipt's range [%" PRIu64 ", %" PRIu64 ") is empty",
                         entry->receipt.from, entry->receipt.to);
    return true;
}

/* --------------------------------------------------------------------------- control kinds */

static void control_put(const struct entry *entry, unsigned char *out)
{
    put_digest(out + 64, &entry->control.subject);
    bytes_put_u32(out + 96, entry->control.version);
    put_digest(out + 104, &entry->control.content);
    put_digest(out + 136, &entry->control.operator_key);
}

static bool control_get(const unsigned char *in, struct entry *out, struct error *err)
{
    (void)err;
    out->control.subject = get_digest(in + 64);
    out->control.version = bytes_get_u32(in + 96);
    out->control.content = get_digest(in + 104);
    out->control.operator_key = get_digest(in + 136);
    return true;
}

static bool control_check(const struct entry *entry, struct error *err)
{
    if (entry->control.version == 0)
        return error_set(err, ERROR_INPUT, "versions of a subject begin with 1");
    return true;
}

/* --------------------------------------------------------------------------------- the table */

#define TENANTS_CONTROL (OF_TENANT | CONTROL)
#define CONTROL_ROW(word, stream, rules)                                                           \
    {                                                                                              \
        word, CONTROL_SIZE, stream, rules, control_put, control_get, control_check                 \
    }

static const struct kind kinds[ENTRY_KIND_LAST + 1] = {
    [ENTRY_USAGE] = {"usage", USAGE_SIZE, STREAM_USAGE, OF_TENANT | OF_INGEST, usage_put, usage_get,
                     usage_check},
    [ENTRY_CORRECTION] = {"correction", CORRECTION_SIZE, STREAM_USAGE, OF_TENANT | OF_INGEST,
                          usage_put, usage_get, usage_check},
    [ENTRY_EXCLUSION] = {"exclusion", EXCLUSION_SIZE, STREAM_USAGE, OF_TENANT | OF_INGEST,
                         usage_put, usage_get, usage_check},
    [ENTRY_TRANSFER] = {"transfer", TRANSFER_SIZE, STREAM_MONEY, OF_TENANT, transfer_put,
                        transfer_get, transfer_check},
    [ENTRY_DOCUMENT] = CONTROL_ROW("document", STREAM_MONEY, TENANTS_CONTROL),
    [ENTRY_RECEIPT] = {"receipt", RECEIPT_SIZE, STREAM_CHAIN_FIRST, OF_INGEST, receipt_put,
                       receipt_get, receipt_check},
    [ENTRY_CATALOG] = CONTROL_ROW("catalog", STREAM_CONTROL, CONTROL),
    [ENTRY_TENANT] = CONTROL_ROW("tenant", STREAM_CONTROL, CONTROL),
    [ENTRY_PLAN] = CONTROL_ROW("plan", STREAM_CONTROL, CONTROL),
    [ENTRY_CONTRACT] = CONTROL_ROW("contract", STREAM_MONEY, TENANTS_CONTROL),
    [ENTRY_PERIOD] = CONTROL_ROW("period", STREAM_MONEY, TENANTS_CONTROL),
    [ENTRY_KEY] = CONTROL_ROW("key", STREAM_CONTROL, CONTROL | PUBLIC),
    [ENTRY_LOG] = CONTROL_ROW("log", STREAM_CONTROL, CONTROL | PUBLIC),
};

static const struct kind *kind_of(unsigned number)
{
    return number >= ENTRY_USAGE && number <= ENTRY_KIND_LAST ? &kinds[number] : NULL;
}

const char *entry_kind_word(enum entry_kind kind)
{
    const struct kind *row = kind_of(kind);

    return row ? row->word : NULL;
}

bool entry_kind_parse(const char *word, enum entry_kind *out)
{
    for (unsigned i = ENTRY_USAGE; i <= ENTRY_KIND_LAST; i++)
        if (strcmp(kinds[i].word, word) == 0) {
            *out = (enum entry_kind)i;
            return true;
        }
    return false;
}

bool entry_kind_is_control(enum entry_kind kind)
{
    const struct kind *row = kind_of(kind);

    return row && (row->rules & CONTROL) != 0;
}

bool entry_kind_is_public(enum entry_kind kind)
{
    const struct kind *row = kind_of(kind);

    return row && (row->rules & PUBLIC) != 0;
}

/* --------------------------------------------------------------------------- the whole entry */

static bool batch_is_zero(const struct batch_id *batch)
{
    static const struct batch_id zero;

    return memcmp(batch, &zero, sizeof(zero)) == 0;
}

bool body_check(const struct entry *entry, struct error *err)
{
    const struct kind *kind = kind_of(entry->kind);

    if (!kind)
        return error_set(err, ERROR_INPUT, "%d is not a kind of entry", (int)entry->kind);
    if (kind->stream == STREAM_CHAIN_FIRST ? entry->stream < STREAM_CHAIN_FIRST
                                           : entry->stream != kind->stream)
        return error_set(err, ERROR_INPUT, "an entry of kind %s does not belong to stream %" PRIu32,
                         kind->word, entry->stream);
    if (((kind->rules & OF_TENANT) != 0) != (entry->tenant != 0))
        return error_set(err, ERROR_INPUT, "an entry of kind %s does not belong to tenant %" PRIu64,
                         kind->word, entry->tenant);
    if ((kind->rules & OF_INGEST) == 0 && !batch_is_zero(&entry->batch))
        return error_set(err, ERROR_INPUT, "an entry of kind %s has no batch", kind->word);
    return kind->check(entry, err);
}

static size_t write_bytes(const struct entry *entry, unsigned char out[BODY_SIZE_MAX])
{
    const struct kind *kind = kind_of(entry->kind);

    assert(kind);
    memset(out, 0, kind->size);
    memcpy(out, magic, sizeof(magic));
    out[4] = (unsigned char)entry->kind;
    memcpy(out + 8, entry->ledger.bytes, sizeof(entry->ledger.bytes));
    bytes_put_u64(out + 24, entry->tenant);
    bytes_put_u32(out + 32, entry->stream);
    bytes_put_u64(out + 40, entry->stream_seq);
    memcpy(out + 48, entry->batch.bytes, sizeof(entry->batch.bytes));
    kind->put(entry, out);
    return kind->size;
}

size_t body_encode(const struct entry *entry, unsigned char out[BODY_SIZE_MAX])
{
    struct error err;

    assert(body_check(entry, &err));
    return write_bytes(entry, out);
}

/* Kind and size, from the header: what must hold before a field is read. */
static bool read_kind(const unsigned char *bytes, size_t size, enum entry_kind *out,
                      struct error *err)
{
    const struct kind *kind;

    if (size < BODY_HEADER_SIZE)
        return error_set(err, ERROR_INPUT, "an entry of %zu bytes has no header", size);
    if (memcmp(bytes, magic, sizeof(magic)) != 0)
        return error_set(err, ERROR_INPUT, "not an entry of version %d", BODY_VERSION);
    kind = kind_of(bytes[4]);
    if (!kind)
        return error_set(err, ERROR_INPUT, "%d is not a kind of entry", bytes[4]);
    if (size != kind->size)
        return error_set(err, ERROR_INPUT, "an entry of kind %s has %zu bytes, not %zu", kind->word,
                         kind->size, size);
    *out = (enum entry_kind)bytes[4];
    return true;
}

bool body_decode(const unsigned char *bytes, size_t size, struct entry *out, struct error *err)
{
    const struct kind *kind;
    struct entry entry;
    unsigned char again[BODY_SIZE_MAX];

    memset(&entry, 0, sizeof(entry));
    if (!read_kind(bytes, size, &entry.kind, err))
        return false;
    kind = kind_of(entry.kind);
    assert(kind && kind->size == size);
    memcpy(entry.ledger.bytes, bytes + 8, sizeof(entry.ledger.bytes));
    entry.tenant = bytes_get_u64(bytes + 24);
    entry.stream = bytes_get_u32(bytes + 32);
    entry.stream_seq = bytes_get_u64(bytes + 40);
    memcpy(entry.batch.bytes, bytes + 48, sizeof(entry.batch.bytes));
    if (!kind->get(bytes, &entry, err) || !body_check(&entry, err))
        return false;

    write_bytes(&entry, again);
    for (size_t i = 0; i < size; i++)
        if (again[i] != bytes[i])
            return error_set(err, ERROR_INPUT, "the entry's reserved byte %zu is not zero", i);
    *out = entry;
    return true;
}

struct ledger_id ledger_id_of_origin(const char *first_origin)
{
    struct digest digest = digest_of(first_origin, strlen(first_origin));
    struct ledger_id id;

    memcpy(id.bytes, digest.bytes, sizeof(id.bytes));
    return id;
}

static int compare_ranges(const void *a, const void *b)
{
    return memcmp(a, b, RANGE_SIZE);
}

struct batch_id batch_id_of(const struct batch_range *ranges, size_t count)
{
    unsigned char *bytes = memory_alloc(count * RANGE_SIZE + 1);
    struct digest digest;
    struct batch_id id;

    for (size_t i = 0; i < count; i++) {
        unsigned char *out = bytes + i * RANGE_SIZE;

        put_digest(out, &ranges[i].feed);
        bytes_put_u32(out + 32, ranges[i].partition);
        bytes_put_u32(out + 36, ranges[i].incarnation);
        bytes_put_u64(out + 40, ranges[i].from);
        bytes_put_u64(out + 48, ranges[i].to);
    }
    qsort(bytes, count, RANGE_SIZE, compare_ranges);
    digest = digest_of(bytes, count * RANGE_SIZE);
    free(bytes);
    memcpy(id.bytes, digest.bytes, sizeof(id.bytes));
    return id;
}
