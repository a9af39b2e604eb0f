/* ingest/past: what is decided again takes its published leaf only if that commits to it. */
#include "ingest/past.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/instant.h"

enum { USAGE, RECEIPT, ENTRIES };

/* A batch of one usage entry and its receipt, as it was published and as it is made again. */
struct fixture {
    unsigned char salt_key[32];
    struct secret_key *key;
    struct writer writer;
    struct signed_entry made[ENTRIES];
    struct leaf leaves[ENTRIES];
    struct entry receipt;
    struct chapter chapter;
    struct past_batch past;
};

static void write_entries(struct fixture *f)
{
    f->made[USAGE].entry = (struct entry){
        .kind = ENTRY_USAGE,
        .tenant = 7,
        .stream = STREAM_USAGE,
        .stream_seq = 42,
        .usage = {
            .from_us = 5 * HOUR_US, .length_seconds = 3600, .quantity = 1000, .contributions = 1}};
    f->made[RECEIPT].entry = (struct entry){
        .kind = ENTRY_RECEIPT,
        .stream = 16,
        .receipt = {.from = 0, .to = 1, .records = 1, .incarnation = 1, .accepted = 1}};
    f->receipt = f->made[RECEIPT].entry;
}

static int set_up(void **state)
{
    static struct fixture fixture;
    struct fixture *f = &fixture;
    static const unsigned char seed[32] = {1};
    struct error err;
    core_init();
    memset(f, 0, sizeof *f);
    if (!key_from_seed("daybook.example/test/ingest", seed, &f->key, &err))
        return 1;
    f->writer = (struct writer){.key = f->key, .role = ROLE_INGEST, .salt_key = f->salt_key};
    write_entries(f);
    for (size_t i = 0; i < ENTRIES; i++) {
        writer_sign(&f->writer, &f->made[i]);
        f->leaves[i] = f->made[i].leaf;
        memset(&f->made[i].leaf, 0, sizeof f->made[i].leaf);
    }
    f->chapter = (struct chapter){.entry_count = ENTRIES, .receipt_count = 1, .entries = f->made};
    f->past = (struct past_batch){.first_index = 100,
                                  .leaf_count = ENTRIES,
                                  .leaves = f->leaves,
                                  .receipt_count = 1,
                                  .receipts = &f->receipt};
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    key_release(f->key);
    return 0;
}

static void expect_halt(struct fixture *f, const char *said)
{
    struct error err = {0};
    assert_false(past_take(&f->past, &f->writer, &f->chapter, &err));
    assert_int_equal(err.code, ERROR_HALT);
    if (strstr(err.message, said) == NULL)
        fail_msg("it says: %s", err.message);
}

static void what_is_made_again_takes_the_published_leaves(void **state)
{
    struct fixture *f = *state;
    struct error err;
    assert_true(past_take(&f->past, &f->writer, &f->chapter, &err));
    for (size_t i = 0; i < ENTRIES; i++)
        assert_memory_equal(&f->made[i].leaf, &f->leaves[i], sizeof f->leaves[i]);
}

static void an_entry_that_its_leaf_does_not_commit_to_is_a_halt(void **state)
{
    struct fixture *f = *state;
    f->made[USAGE].entry.usage.quantity++;
    expect_halt(f, "entry 100 (usage) is not what its leaf commits to");
}

static void another_salt_key_is_a_halt(void **state)
{
    struct fixture *f = *state;
    f->salt_key[0] ^= 1;
    expect_halt(f, "entry 100 (usage) is not what its leaf commits to");
}

static void fewer_entries_than_were_published_are_a_halt(void **state)
{
    struct fixture *f = *state;
    f->chapter.entries = &f->made[RECEIPT];
    f->chapter.entry_count = 1;
    expect_halt(f, "the batch from entry 100 makes 1 entries, 2 were published");
}

static void fewer_receipts_than_were_published_are_a_halt(void **state)
{
    struct fixture *f = *state;
    f->chapter.receipt_count = 0;
    expect_halt(f, "has 0 receipts, 1 were published");
}

static void a_receipt_that_counts_otherwise_is_told_by_what_differs(void **state)
{
    struct fixture *f = *state;
    f->receipt.receipt.accepted = 0;
    f->receipt.receipt.duplicate = 1;
    expect_halt(f,
                "entry 101, the receipt of partition 0 [0, 1): accepted differs: the records are "
                "decided otherwise");
    f->receipt.receipt.raw_hash.bytes[0] ^= 1;
    expect_halt(f, "raw_hash differs: the feed has other records");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_made_again_takes_the_published_leaves),
        TEST(an_entry_that_its_leaf_does_not_commit_to_is_a_halt),
        TEST(another_salt_key_is_a_halt),
        TEST(fewer_entries_than_were_published_are_a_halt),
        TEST(fewer_receipts_than_were_published_are_a_halt),
        TEST(a_receipt_that_counts_otherwise_is_told_by_what_differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
