/* ingest/ndjson: lines of a file as records. */
#include "ingest/feed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define LINES_MAX 16

struct lines {
    size_t count;
    char values[LINES_MAX][64];
    uint64_t offsets[LINES_MAX];
    uint64_t next[LINES_MAX];
    uint64_t end;
};

static struct feed *open_text(const char *text, size_t size)
{
    char path[] = "/tmp/daybook-ndjson-XXXXXX";
    struct error err;
    struct feed *feed = NULL;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, size), size);
    close(fd);
    assert_true(ndjson_open(path, &feed, &err));
    unlink(path);
    return feed;
}

static struct lines read_from(struct feed *feed, uint64_t offset)
{
    struct lines lines = {0};
    struct feed_event event = {.kind = FEED_NOTHING};
    struct feed_position start = {0, offset};
    struct error err;
    assert_true(feed->kind->poll(feed, 0, &event, &err));
    assert_true(feed->kind->start(feed, &start, 1, &err));
    for (;;) {
        assert_true(feed->kind->poll(feed, 0, &event, &err));
        if (event.kind == FEED_END)
            break;
        assert_int_equal(event.kind, FEED_RECORD);
        assert_true(lines.count < LINES_MAX && event.record.is_file);
        snprintf(lines.values[lines.count], sizeof lines.values[0], "%.*s",
                 (int)event.record.value.size, event.record.value.data);
        lines.offsets[lines.count] = (uint64_t)event.record.offset;
        lines.next[lines.count++] = event.offset;
    }
    lines.end = event.offset;
    return lines;
}

static struct lines read_text(const char *text)
{
    struct feed *feed = open_text(text, strlen(text));
    struct lines lines = read_from(feed, 0);
    feed->kind->close(feed);
    return lines;
}

static void offsets_are_the_bytes_where_lines_start(void **state)
{
    (void)state;
    struct lines lines = read_text("{a}\n{bb}\n{c}\n");
    assert_int_equal(lines.count, 3);
    assert_string_equal(lines.values[1], "{bb}");
    assert_int_equal(lines.offsets[1], 4);
    assert_int_equal(lines.next[0], 4);
    assert_int_equal(lines.offsets[2], 9);
    assert_int_equal(lines.next[2], 13);
    assert_int_equal(lines.end, 13);
}

static void the_last_line_may_lack_its_newline(void **state)
{
    (void)state;
    struct lines lines = read_text("{a}\n{b}");
    assert_int_equal(lines.count, 2);
    assert_string_equal(lines.values[1], "{b}");
    assert_int_equal(lines.next[1], 7);
}

static void blank_lines_hold_no_record(void **state)
{
    (void)state;
    struct lines lines = read_text("\n  \r\n{a}\n\n\t\n{b}\n\n");
    assert_int_equal(lines.count, 2);
    assert_int_equal(lines.offsets[0], 5);
    assert_int_equal(lines.next[0], lines.offsets[1]);
    assert_int_equal(lines.next[1], lines.end);
}

static void carriage_returns_are_not_of_the_record(void **state)
{
    (void)state;
    struct lines lines = read_text("{a}\r\n{b}\r\n");
    assert_string_equal(lines.values[0], "{a}");
    assert_string_equal(lines.values[1], "{b}");
    assert_int_equal(lines.offsets[1], 5);
}

static void an_empty_file_ends_at_once(void **state)
{
    (void)state;
    struct lines lines = read_text("");
    assert_int_equal(lines.count, 0);
    assert_int_equal(lines.end, 0);
}

static void reading_goes_on_where_it_is_told(void **state)
{
    (void)state;
    struct feed *feed = open_text("{a}\n{b}\n{c}\n", 12);
    struct lines lines = read_from(feed, 4);
    assert_int_equal(lines.count, 2);
    assert_string_equal(lines.values[0], "{b}");
    feed->kind->close(feed);
}

static void the_feed_is_named_by_its_bytes(void **state)
{
    (void)state;
    struct feed *feed = open_text("abc", 3);
    assert_string_equal(feed->name,
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    feed->kind->close(feed);
}

static void refuses_what_is_not_a_file(void **state)
{
    (void)state;
    struct feed *feed = NULL;
    struct error err;
    assert_false(ndjson_open("/nowhere/at/all", &feed, &err));
    assert_false(ndjson_open("/tmp", &feed, &err));
    assert_int_equal(err.code, ERROR_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets_are_the_bytes_where_lines_start),
        cmocka_unit_test(the_last_line_may_lack_its_newline),
        cmocka_unit_test(blank_lines_hold_no_record),
        cmocka_unit_test(carriage_returns_are_not_of_the_record),
        cmocka_unit_test(an_empty_file_ends_at_once),
        cmocka_unit_test(reading_goes_on_where_it_is_told),
        cmocka_unit_test(the_feed_is_named_by_its_bytes),
        cmocka_unit_test(refuses_what_is_not_a_file),
    };
    core_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
