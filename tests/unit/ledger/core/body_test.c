#include "testing.h"

#include "base/instant.h"
#include "core/body.h"

static struct digest random_digest(struct random *random)
{
    struct digest digest;

    random_fill(random, digest.bytes, sizeof(digest.bytes));
    return digest;
}

static void fill_usage(struct random *random, struct entry *entry)
{
    struct usage_body *usage = &entry->usage;

    usage->series = random_digest(random);
    usage->from_us = (int64_t)(random_u64(random) >> 14) - (INT64_C(1) << 48);
    usage->length_seconds = (uint32_t)random_below(random, 86400) + 1;
    usage->quantity = (int128)random_u64(random) << 60;
    usage->contributions = random_u64(random);
    if (entry->kind == ENTRY_CORRECTION) {
        usage->quantity = -usage->quantity;
        usage->corrected_seq = random_u64(random);
    }
    if (entry->kind != ENTRY_USAGE)
        usage->reason = (uint32_t)random_u64(random);
}

static void fill_transfer(struct random *random, struct entry *entry)
{
    struct transfer_body *transfer = &entry->transfer;

    transfer->debit = random_digest(random);
    transfer->credit = random_digest(random);
    transfer->amount = (int128)random_below(random, 1000000) + 1;
    memcpy(transfer->currency, "EUR", 4);
    transfer->exponent = 2;
    transfer->code = (uint32_t)random_u64(random);
    transfer->document = random_digest(random);
}

static void fill_receipt(struct random *random, struct entry *entry)
{
    struct receipt_body *receipt = &entry->receipt;

    receipt->feed = random_digest(random);
    receipt->partition = (uint32_t)random_u64(random);
    receipt->incarnation = (uint32_t)random_u64(random);
    receipt->start = random_u64(random);
    receipt->from = random_u64(random) >> 1;
    receipt->to = receipt->from + 1 + random_below(random, 1000);
    receipt->records = random_u64(random);
    receipt->holes = random_u64(random);
    receipt->last_offset = random_u64(random);
    receipt->last_hash = random_digest(random);
    receipt->raw_hash = random_digest(random);
    receipt->accepted = random_u64(random);
    receipt->duplicate = random_u64(random);
    receipt->quarantined = random_u64(random);
    receipt->elsewhere = random_u64(random);
    receipt->control_index = random_u64(random);
    receipt->as_of_us = (int64_t)random_u64(random);
    receipt->anchor_expired = (random_u64(random) & 1) != 0;
}

static void fill_control(struct random *random, struct entry *entry)
{
    entry->control.subject = random_digest(random);
    entry->control.version = (uint32_t)random_below(random, UINT32_MAX) + 1;
    entry->control.content = random_digest(random);
    entry->control.operator_key = random_digest(random);
}

static struct entry random_entry(struct random *random, enum entry_kind kind)
{
    static const uint32_t streams[] = {
        [ENTRY_TRANSFER] = 1, [ENTRY_DOCUMENT] = 1, [ENTRY_RECEIPT] = 16, [ENTRY_CATALOG] = 2,
        [ENTRY_TENANT] = 2,   [ENTRY_PLAN] = 2,     [ENTRY_CONTRACT] = 1, [ENTRY_PERIOD] = 1,
        [ENTRY_KEY] = 2,      [ENTRY_LOG] = 2,
    };
    struct entry entry;

    memset(&entry, 0, sizeof(entry));
    entry.kind = kind;
    random_fill(random, entry.ledger.bytes, sizeof(entry.ledger.bytes));
    entry.stream = streams[kind];
    entry.tenant = entry.stream < 2 ? (random_u64(random) | 1) : 0;
    entry.stream_seq = random_u64(random);
    if (kind <= ENTRY_EXCLUSION)
        fill_usage(random, &entry);
    else if (kind == ENTRY_TRANSFER)
        fill_transfer(random, &entry);
    else if (kind == ENTRY_RECEIPT)
        fill_receipt(random, &entry);
    else
        fill_control(random, &entry);
    if (kind <= ENTRY_EXCLUSION || kind == ENTRY_RECEIPT)
        random_fill(random, entry.batch.bytes, sizeof(entry.batch.bytes));
    return entry;
}

static void goes_to_bytes_and_back(void **state)
{
    struct random random = {1};
    struct error err;

    (void)state;
    for (int round = 0; round < 200; round++)
        for (int kind = ENTRY_USAGE; kind <= ENTRY_KIND_LAST; kind++) {
            struct entry entry = random_entry(&random, (enum entry_kind)kind);
            struct entry read;
            unsigned char bytes[BODY_SIZE_MAX];
            unsigned char again[BODY_SIZE_MAX];
            size_t size = body_encode(&entry, bytes);

            assert_ok(body_decode(bytes, size, &read, &err));
            assert_int_equal(body_encode(&read, again), size);
            assert_memory_equal(bytes, again, size);
            /* Field for field: both were zeroed, so padding is equal too. */
            assert_memory_equal(&entry.ledger, &read.ledger, sizeof(entry.ledger));
            assert_int_equal(entry.kind, read.kind);
            assert_true(entry.tenant == read.tenant && entry.stream_seq == read.stream_seq);
            assert_memory_equal(&entry.usage, &read.usage,
                                sizeof(entry) - offsetof(struct entry, usage));
        }
}

static void has_the_sizes_that_the_readme_says(void **state)
{
    static const size_t sizes[] = {
        [ENTRY_USAGE] = 136,    [ENTRY_CORRECTION] = 152, [ENTRY_EXCLUSION] = 144,
        [ENTRY_TRANSFER] = 184, [ENTRY_DOCUMENT] = 168,   [ENTRY_RECEIPT] = 280,
        [ENTRY_CATALOG] = 168,  [ENTRY_TENANT] = 168,     [ENTRY_PLAN] = 168,
        [ENTRY_CONTRACT] = 168, [ENTRY_PERIOD] = 168,     [ENTRY_KEY] = 168,
        [ENTRY_LOG] = 168,
    };
    struct random random = {2};

    (void)state;
    for (int kind = ENTRY_USAGE; kind <= ENTRY_KIND_LAST; kind++) {
        struct entry entry = random_entry(&random, (enum entry_kind)kind);
        unsigned char bytes[BODY_SIZE_MAX];

        assert_int_equal(body_encode(&entry, bytes), sizes[kind]);
    }
}

/* Whatever bit changes, the bytes are refused or are exactly those of another entry: no two byte
 * strings stand for one entry. */
static void every_changed_bit_is_refused_or_another_entry(void **state)
{
    struct random random = {3};

    (void)state;
    for (int kind = ENTRY_USAGE; kind <= ENTRY_KIND_LAST; kind++) {
        struct entry entry = random_entry(&random, (enum entry_kind)kind);
        unsigned char bytes[BODY_SIZE_MAX];
        size_t size = body_encode(&entry, bytes);

        for (size_t bit = 0; bit < size * 8; bit++) {
            struct entry read;
            struct error err;
            unsigned char again[BODY_SIZE_MAX];

            bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
            if (body_decode(bytes, size, &read, &err)) {
                assert_int_equal(body_encode(&read, again), size);
                assert_memory_equal(bytes, again, size);
            }
            bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
    }
}

/* Bytes that are reserved, or where no value but one is right, by kind: from, to (exclusive). */
static const struct {
    enum entry_kind kind;
    size_t from, to;
} fixed_bytes[] = {
    {ENTRY_USAGE, 0, 4},         {ENTRY_USAGE, 5, 8},          {ENTRY_USAGE, 32, 40},
    {ENTRY_USAGE, 108, 112},     {ENTRY_CORRECTION, 108, 112}, {ENTRY_CORRECTION, 148, 152},
    {ENTRY_EXCLUSION, 108, 112}, {ENTRY_EXCLUSION, 140, 144},  {ENTRY_TRANSFER, 5, 8},
    {ENTRY_TRANSFER, 32, 40},    {ENTRY_TRANSFER, 48, 64},     {ENTRY_RECEIPT, 5, 8},
    {ENTRY_RECEIPT, 24, 32},     {ENTRY_RECEIPT, 36, 40},      {ENTRY_RECEIPT, 264, 267},
    {ENTRY_RECEIPT, 268, 280},   {ENTRY_PLAN, 24, 40},         {ENTRY_PLAN, 48, 64},
    {ENTRY_PLAN, 100, 104},      {ENTRY_KEY, 24, 40},          {ENTRY_KEY, 48, 64},
    {ENTRY_KEY, 100, 104},       {ENTRY_DOCUMENT, 32, 40},     {ENTRY_DOCUMENT, 48, 64},
    {ENTRY_DOCUMENT, 100, 104},
};

static void every_bit_of_a_reserved_byte_is_refused(void **state)
{
    struct random random = {4};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(fixed_bytes); i++) {
        struct entry entry = random_entry(&random, fixed_bytes[i].kind);
        unsigned char bytes[BODY_SIZE_MAX];
        size_t size = body_encode(&entry, bytes);

        for (size_t bit = fixed_bytes[i].from * 8; bit < fixed_bytes[i].to * 8; bit++) {
            struct entry read;
            struct error err;

            bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
            if (body_decode(bytes, size, &read, &err))
                fail_msg("%s: bit %zu of byte %zu was not refused",
                         entry_kind_word(fixed_bytes[i].kind), bit % 8, bit / 8);
            assert_int_equal(err.code, ERROR_INPUT);
            bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
    }
}

/* What body_check() refuses: one change each to an entry that is right. */
static void break_negative(struct entry *e)
{
    e->usage.quantity = -1;
}
static void break_length(struct entry *e)
{
    e->usage.length_seconds = 0;
}
static void break_from(struct entry *e)
{
    e->usage.from_us = INSTANT_MAX + 1;
}
static void break_from_early(struct entry *e)
{
    e->usage.from_us = INSTANT_MIN - 1;
}
static void break_tenant(struct entry *e)
{
    e->tenant = 0;
}
static void break_ledger_tenant(struct entry *e)
{
    e->tenant = 7;
}
static void break_stream(struct entry *e)
{
    e->stream = STREAM_CONTROL;
}
static void break_chain_stream(struct entry *e)
{
    e->stream = 15;
}
static void break_control_stream(struct entry *e)
{
    e->stream = STREAM_MONEY;
}
static void break_batch(struct entry *e)
{
    e->batch.bytes[15] = 1;
}
static void break_amount(struct entry *e)
{
    e->transfer.amount = 0;
}
static void break_amount_sign(struct entry *e)
{
    e->transfer.amount = -5;
}
static void break_currency(struct entry *e)
{
    e->transfer.currency[1] = 'u';
}
static void break_currency_long(struct entry *e)
{
    e->transfer.currency[3] = 'X';
}
static void break_currency_short(struct entry *e)
{
    e->transfer.currency[2] = '\0';
}
static void break_range(struct entry *e)
{
    e->receipt.to = e->receipt.from;
}
static void break_range_back(struct entry *e)
{
    e->receipt.to = e->receipt.from - 1;
}
static void break_version(struct entry *e)
{
    e->control.version = 0;
}
static void break_kind(struct entry *e)
{
    e->kind = (enum entry_kind)0;
}
static void break_kind_high(struct entry *e)
{
    e->kind = (enum entry_kind)(ENTRY_KIND_LAST + 1);
}

static const struct {
    enum entry_kind kind;
    void (*change)(struct entry *entry);
} broken[] = {
    {ENTRY_USAGE, break_negative},
    {ENTRY_EXCLUSION, break_negative},
    {ENTRY_USAGE, break_length},
    {ENTRY_CORRECTION, break_length},
    {ENTRY_USAGE, break_from},
    {ENTRY_USAGE, break_from_early},
    {ENTRY_USAGE, break_tenant},
    {ENTRY_TRANSFER, break_tenant},
    {ENTRY_PERIOD, break_tenant},
    {ENTRY_RECEIPT, break_ledger_tenant},
    {ENTRY_PLAN, break_ledger_tenant},
    {ENTRY_KEY, break_ledger_tenant},
    {ENTRY_USAGE, break_stream},
    {ENTRY_TRANSFER, break_stream},
    {ENTRY_DOCUMENT, break_stream},
    {ENTRY_RECEIPT, break_chain_stream},
    {ENTRY_RECEIPT, break_stream},
    {ENTRY_CATALOG, break_control_stream},
    {ENTRY_TRANSFER, break_batch},
    {ENTRY_LOG, break_batch},
    {ENTRY_CONTRACT, break_batch},
    {ENTRY_TRANSFER, break_amount},
    {ENTRY_TRANSFER, break_amount_sign},
    {ENTRY_TRANSFER, break_currency},
    {ENTRY_TRANSFER, break_currency_long},
    {ENTRY_TRANSFER, break_currency_short},
    {ENTRY_RECEIPT, break_range},
    {ENTRY_RECEIPT, break_range_back},
    {ENTRY_TENANT, break_version},
    {ENTRY_USAGE, break_kind},
    {ENTRY_USAGE, break_kind_high},
};

static void refuses_entries_that_break_their_kinds_rules(void **state)
{
    struct random random = {5};

    (void)state;
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        struct entry entry = random_entry(&random, broken[i].kind);
        struct error err;

        assert_ok(body_check(&entry, &err));
        broken[i].change(&entry);
        assert_refused(body_check(&entry, &err), ERROR_INPUT);
    }
}

static void refuses_other_sizes_versions_and_kinds(void **state)
{
    struct random random = {6};
    struct entry entry = random_entry(&random, ENTRY_RECEIPT);
    struct entry read;
    struct error err;
    unsigned char bytes[BODY_SIZE_MAX + 1] = {0};
    size_t size = body_encode(&entry, bytes);

    (void)state;
    for (size_t other = 0; other <= BODY_SIZE_MAX + 1; other++)
        if (other != size)
            assert_refused(body_decode(bytes, other, &read, &err), ERROR_INPUT);
    for (unsigned kind = 0; kind < 256; kind++) {
        bytes[4] = (unsigned char)kind;
        if (kind != ENTRY_RECEIPT)
            assert_refused(body_decode(bytes, size, &read, &err), ERROR_INPUT);
    }
}

static void words_and_numbers_of_kinds_agree(void **state)
{
    enum entry_kind kind;

    (void)state;
    for (int i = ENTRY_USAGE; i <= ENTRY_KIND_LAST; i++) {
        assert_true(entry_kind_parse(entry_kind_word((enum entry_kind)i), &kind));
        assert_int_equal(kind, i);
        assert_int_equal(entry_kind_is_public(kind), kind == ENTRY_KEY || kind == ENTRY_LOG);
        assert_int_equal(entry_kind_is_control(kind),
                         kind > ENTRY_TRANSFER && kind != ENTRY_RECEIPT);
    }
    assert_false(entry_kind_parse("Usage", &kind));
    assert_false(entry_kind_parse("", &kind));
    assert_null(entry_kind_word((enum entry_kind)0));
    assert_null(entry_kind_word((enum entry_kind)14));
}

static void a_batchs_id_does_not_depend_on_the_order_of_its_ranges(void **state)
{
    struct batch_range ranges[3] = {
        {.feed = {{1}}, .partition = 2, .incarnation = 1, .from = 5, .to = 9},
        {.feed = {{1}}, .partition = 1, .incarnation = 1, .from = 256, .to = 300},
        {.feed = {{0}}, .partition = 9, .incarnation = 2, .from = 0, .to = 1},
    };
    struct batch_range turned[3] = {ranges[2], ranges[0], ranges[1]};
    struct batch_id a = batch_id_of(ranges, 3);
    struct batch_id b = batch_id_of(turned, 3);
    struct batch_id c = batch_id_of(ranges, 2);

    (void)state;
    assert_memory_equal(&a, &b, sizeof(a));
    assert_memory_not_equal(&a, &c, sizeof(a));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_to_bytes_and_back),
        cmocka_unit_test(has_the_sizes_that_the_readme_says),
        cmocka_unit_test(every_changed_bit_is_refused_or_another_entry),
        cmocka_unit_test(every_bit_of_a_reserved_byte_is_refused),
        cmocka_unit_test(refuses_entries_that_break_their_kinds_rules),
        cmocka_unit_test(refuses_other_sizes_versions_and_kinds),
        cmocka_unit_test(words_and_numbers_of_kinds_agree),
        cmocka_unit_test(a_batchs_id_does_not_depend_on_the_order_of_its_ranges),
    };

    return run_with_core(tests);
}
