/* store/past_journal: what the sealer wrote down is read back, or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "harness/folder.h"
#include "store/past_journal.h"

#define CONTENT "{\"a\":\"\xc3\xa9 \\\"x\\\"\",\"b\":[1,2]}"

static char root[] = "/tmp/daybook-past-XXXXXX";
static struct past_journal journal;
static struct error err;

static int make_root(void **state)
{
    (void)state;
    return mkdtemp(root) == NULL ? -1 : 0;
}

static int remove_root(void **state)
{
    (void)state;
    return folder_remove(root);
}

static int clear_journal(void **state)
{
    char path[256];
    (void)state;
    past_journal_close(&journal);
    snprintf(path, sizeof path, "%s/private", root);
    return folder_remove(path);
}

static void put(const char *name, const struct text *lines)
{
    char path[256];
    snprintf(path, sizeof path, "%s/private/journal", root);
    assert_true(file_make_folders(path, 0700, &err));
    snprintf(path, sizeof path, "%s/private/journal/%s", root, name);
    assert_true(file_write_atomic(path, 0600, lines->data, lines->size, &err));
}

static struct entry usage_of_batch(void)
{
    return (struct entry){.kind = ENTRY_USAGE,
                          .tenant = 7,
                          .batch = {{1}},
                          .usage = {.length_seconds = 3600, .quantity = 5, .contributions = 1}};
}

static struct entry catalog(void)
{
    return (struct entry){.kind = ENTRY_CATALOG,
                          .stream = STREAM_CONTROL,
                          .stream_seq = 3,
                          .control = {.version = 2}};
}

static struct entry receipt(void)
{
    return (struct entry){.kind = ENTRY_RECEIPT,
                          .stream = STREAM_CHAIN_FIRST,
                          .batch = {{1}},
                          .receipt = {.incarnation = 1, .to = 9, .last_offset = UINT64_MAX}};
}

/* A line as ledger/journal.c writes it. */
static void add_line(struct text *lines, uint64_t index, struct entry entry)
{
    unsigned char body[BODY_SIZE_MAX];
    char hex[2 * BODY_SIZE_MAX + 1];
    hex_encode(body, body_encode(&entry, body), hex);
    text_printf(lines, "{\"body\":\"%s\",", hex);
    if (entry_kind_is_control(entry.kind))
        text_append(lines, "\"content\":" CONTENT ",");
    text_printf(lines, "\"index\":%" PRIu64 ",\"kind\":\"x\",\"signature\":\"\",", index);
    if (entry_kind_is_control(entry.kind))
        text_append(lines, "\"subject\":\"a \\\"b\\\"\",");
    text_append(lines, "\"writer\":\"\"}\n");
}

static struct past_entry next(uint64_t from)
{
    struct past_entry entry = {.index = UINT64_MAX};
    bool is_found = false;
    assert_true(past_journal_next(&journal, from, &entry, &is_found, &err));
    assert_true(is_found == (entry.index != UINT64_MAX));
    return entry;
}

static void gives_entries_with_their_contents_and_passes_usage_over(void **state)
{
    struct text CLEANUP(text_release) lines;
    (void)state;
    text_init(&lines);
    add_line(&lines, 2, catalog());
    add_line(&lines, 3, usage_of_batch());
    add_line(&lines, 4, receipt());
    put("0-4.ndjson", &lines);
    assert_true(past_journal_open(root, 5, &journal, &err));
    struct past_entry entry = next(0);
    assert_int_equal(entry.index, 2);
    assert_string_equal(entry.subject_id, "a \"b\"");
    assert_true(slice_equals(entry.content, CONTENT));
    assert_int_equal(entry.entry.control.version, 2);
    assert_int_equal(next(3).index, 4);
    assert_int_equal(next(3).entry.receipt.to, 9);
    assert_true(next(5).index == UINT64_MAX);
}

static void takes_the_longer_file_of_a_block_and_goes_on_to_the_next(void **state)
{
    struct text CLEANUP(text_release) lines;
    (void)state;
    text_init(&lines);
    add_line(&lines, 2, catalog());
    put("0-2.ndjson", &lines);
    add_line(&lines, 9, receipt());
    put("0-4095.ndjson", &lines);
    text_clear(&lines);
    add_line(&lines, 4100, catalog());
    add_line(&lines, 4101, catalog());
    put("4096-4101.ndjson", &lines);
    put("dispositions.ndjson", &lines);
    assert_true(past_journal_open(root, 4101, &journal, &err));
    assert_int_equal(next(3).index, 9);
    assert_int_equal(next(10).index, 4100);
    assert_int_equal(next(0).index, 2);
    assert_true(next(4101).index == UINT64_MAX); /* behind the size that is sealed */
}

static void refuses_a_damaged_line_by_name(void **state)
{
    struct text CLEANUP(text_release) lines;
    struct past_entry entry;
    bool is_found;
    (void)state;
    text_init(&lines);
    add_line(&lines, 2, catalog());
    lines.data[12] = 'x';
    put("0-2.ndjson", &lines);
    assert_true(past_journal_open(root, 3, &journal, &err));
    assert_false(past_journal_next(&journal, 0, &entry, &is_found, &err));
    assert_int_equal(err.code, ERROR_HALT);
    assert_non_null(strstr(err.message, "0-2.ndjson': entry 2: "));
}

static bool count_line(void *context, struct slice line, struct error *unused)
{
    size_t *sizes = context;
    (void)unused;
    sizes[0]++;
    sizes[1] += line.size;
    return true;
}

static void gives_lists_line_by_line_and_a_missing_one_as_empty(void **state)
{
    struct text CLEANUP(text_release) lines;
    size_t sizes[2] = {0};
    (void)state;
    text_init(&lines);
    text_append(&lines, "{\"a\":1}\n{}\n");
    put("reviews.ndjson", &lines);
    assert_true(past_journal_open(root, 1, &journal, &err));
    assert_true(past_journal_list(&journal, "reviews", count_line, sizes, &err));
    assert_int_equal(sizes[0], 2);
    assert_int_equal(sizes[1], 9);
    assert_true(past_journal_list(&journal, "floors", count_line, sizes, &err));
    assert_int_equal(sizes[0], 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(gives_entries_with_their_contents_and_passes_usage_over,
                                  clear_journal),
        cmocka_unit_test_teardown(takes_the_longer_file_of_a_block_and_goes_on_to_the_next,
                                  clear_journal),
        cmocka_unit_test_teardown(refuses_a_damaged_line_by_name, clear_journal),
        cmocka_unit_test_teardown(gives_lists_line_by_line_and_a_missing_one_as_empty,
                                  clear_journal),
    };
    core_init();
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
