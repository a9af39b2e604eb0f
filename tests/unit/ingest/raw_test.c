/* ingest/raw: what receipts vouch for is the same, however records are kept and hashed. */
#include "ingest/raw.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/raw_hash.h"

#define ITEMS 40
#define RANGES 5

static const struct record_header headers[] = {
    {{"content-type", 12}, {"application/cloudevents+json", 28}},
    {{"empty", 5}, {"", 0}},
    {{"null", 4}, {NULL, 0}},
};

/* Keys, headers and values that are there, empty and absent, of any length. */
static struct record record_of(size_t i)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
                                  "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz";
    return (struct record){
        .offset = (int64_t)(i * i),
        .timestamp_type = (int32_t)(i % 2),
        .timestamp_ms = (int64_t)i * 1000,
        .key = {i % 3 == 0 ? NULL : letters, i % 3 == 0 ? 0 : i % 5},
        .headers = headers,
        .header_count = i % 4,
        .value = {i % 7 == 0 ? NULL : letters, i % 7 == 0 ? 0 : i * 2 % sizeof letters}};
}

static void keeps_a_record_as_the_bytes_that_are_hashed(void **state)
{
    struct arena bytes, arena;
    (void)state;
    arena_init(&bytes);
    arena_init(&arena);
    for (size_t i = 0; i < ITEMS; i++) {
        struct record record = record_of(i);
        struct record kept;
        kept = record;
        struct slice raw = raw_keep(&kept, &bytes, &arena);
        struct digest wanted = raw_digest(&record);
        struct digest of_bytes = digest_of(raw.data, raw.size);
        struct digest of_kept = raw_digest(&kept);
        assert_true(digest_equals(&wanted, &of_bytes));
        assert_true(digest_equals(&wanted, &of_kept));
        assert_true((kept.value.data == NULL) == (record.value.data == NULL));
        assert_int_equal(raw_size(&kept), raw_size(&record));
        if (kept.value.size > 0)
            assert_true(kept.value.data == raw.data + raw.size - kept.value.size);
    }
    arena_release(&bytes);
    arena_release(&arena);
}

static struct digest hash_of(const struct item *items, size_t count)
{
    struct digest_running running;
    digest_start(&running);
    for (size_t i = 0; i < count; i++)
        raw_add(&running, &items[i].record);
    return digest_finish(&running);
}

/* Ranges of every length, records kept and not, together and apart. */
static void hashes_ranges_two_at_a_time_as_one_by_one(void **state)
{
    static struct item items[RANGES][ITEMS];
    struct raw_range ranges[RANGES];
    struct arena bytes, arena;
    (void)state;
    arena_init(&bytes);
    arena_init(&arena);
    for (size_t round = 0; round < 300; round++) {
        size_t count = round % (RANGES + 1);
        for (size_t r = 0; r < count; r++)
            ranges[r] =
                (struct raw_range){.items = items[r], .count = (round * 7 + r * 11) % ITEMS};
        for (size_t i = 0; i < ITEMS * count; i++) {
            struct item *item = &items[i % count][i / count];
            struct record record = record_of(i + round);
            *item = (struct item){.record = record};
            if ((i + round) % 9 != 0)
                item->record = record;
            item->raw = raw_keep(&item->record, &bytes, &arena);
        }
        raw_hash_ranges(ranges, count, &arena);
        for (size_t r = 0; r < count; r++) {
            struct digest wanted = hash_of(items[r], ranges[r].count);
            assert_true(digest_equals(&wanted, &ranges[r].hash));
        }
        arena_reset(&bytes);
        arena_reset(&arena);
    }
    arena_release(&bytes);
    arena_release(&arena);
}

static int set_up(void **state)
{
    (void)state;
    core_init();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_a_record_as_the_bytes_that_are_hashed),
        cmocka_unit_test(hashes_ranges_two_at_a_time_as_one_by_one),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
