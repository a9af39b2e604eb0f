/* ingest/past_feeds: a range is read whole, is gone, or is another one; and it is never waited for
 * in vain. */
#include "ingest/past_feeds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define EVENTS_MAX 8

/* A feed that says what a case says, and then nothing more. */
struct scripted {
    struct feed feed; /* first: a feed is one of these */
    uint64_t low;
    uint64_t high;
    enum error_code bounds_code; /* ERROR_NONE: the bounds are known */
    const struct feed_event *events;
    size_t at;
};

static bool scripted_start(struct feed *feed, const struct feed_position *positions, size_t count,
                           struct error *err)
{
    (void)feed;
    (void)positions;
    (void)count;
    (void)err;
    return true;
}

static bool scripted_poll(struct feed *feed, int timeout_ms, struct feed_event *out,
                          struct error *err)
{
    struct scripted *scripted = (struct scripted *)feed;
    (void)timeout_ms;
    (void)err;
    *out = (struct feed_event){.kind = FEED_NOTHING};
    if (scripted->at < EVENTS_MAX)
        *out = scripted->events[scripted->at++];
    return true;
}

static bool scripted_bounds(struct feed *feed, uint32_t partition, uint64_t *out_low,
                            uint64_t *out_high, struct error *err)
{
    const struct scripted *scripted = (const struct scripted *)feed;
    (void)partition;
    if (scripted->bounds_code != ERROR_NONE)
        return error_set(err, scripted->bounds_code, "no bounds");
    *out_low = scripted->low;
    *out_high = scripted->high;
    return true;
}

static const struct feed_kind scripted_kind = {
    .poll = scripted_poll, .start = scripted_start, .bounds = scripted_bounds};

#define RECORD(place)                                                                              \
    {                                                                                              \
        .kind = FEED_RECORD, .offset = (place) + 1, .record = {.offset = (place) }                 \
    }
#define END(place)                                                                                 \
    {                                                                                              \
        .kind = FEED_END, .offset = (place)                                                        \
    }

static const struct range_case {
    const char *name;
    struct receipt_body receipt;
    uint64_t low;
    uint64_t high;
    enum error_code bounds;
    struct feed_event events[EVENTS_MAX];
    enum error_code code; /* ERROR_NONE: it was read */
} cases[] = {
    {"records, and markers behind them",
     {.from = 10, .to = 14, .records = 2, .last_offset = 11},
     0,
     20,
     ERROR_NONE,
     {RECORD(10), RECORD(11), RECORD(14)},
     ERROR_NONE},
    {"nothing but markers is not read at all",
     {.from = 10, .to = 14, .records = 0, .last_offset = 9},
     12,
     12,
     ERROR_NONE,
     {END(12)},
     ERROR_NONE},
    {"what the queue had before the range",
     {.from = 10, .to = 12, .records = 1, .last_offset = 11},
     0,
     20,
     ERROR_NONE,
     {RECORD(8), RECORD(11)},
     ERROR_NONE},
    {"an end that was true when it was said",
     {.from = 10, .to = 12, .records = 2, .last_offset = 11},
     0,
     12,
     ERROR_NONE,
     {RECORD(10), END(11), RECORD(11)},
     ERROR_NONE},
    {"an end that is one",
     {.from = 10, .to = 12, .records = 2, .last_offset = 11},
     0,
     11,
     ERROR_NONE,
     {RECORD(10), END(11)},
     ERROR_HALT},
    {"a last record that was taken out, and none behind it",
     {.from = 10, .to = 12, .records = 2, .last_offset = 11},
     0,
     12,
     ERROR_NONE,
     {RECORD(10), END(12)},
     ERROR_HALT},
    {"a last record that was taken out, and others behind it",
     {.from = 10, .to = 12, .records = 2, .last_offset = 11},
     0,
     20,
     ERROR_NONE,
     {RECORD(10), RECORD(15)},
     ERROR_HALT},
    {"one record more than were read",
     {.from = 10, .to = 14, .records = 1, .last_offset = 12},
     0,
     20,
     ERROR_NONE,
     {RECORD(10), RECORD(11), RECORD(12)},
     ERROR_HALT},
    {"what retention took",
     {.from = 10, .to = 12, .records = 2, .last_offset = 11},
     11,
     20,
     ERROR_NONE,
     {{.kind = FEED_RANGE}},
     ERROR_NOT_FOUND},
    {"a topic that is gone",
     {.from = 10, .to = 12, .records = 2, .last_offset = 11},
     0,
     0,
     ERROR_NOT_FOUND,
     {{.kind = FEED_RANGE}},
     ERROR_NOT_FOUND},
    {"a topic that ends before",
     {.from = 10, .to = 12, .records = 2, .last_offset = 11},
     0,
     5,
     ERROR_NONE,
     {{.kind = FEED_RANGE}},
     ERROR_HALT},
    {"brokers that do not say",
     {.from = 10, .to = 12, .records = 2, .last_offset = 11},
     0,
     0,
     ERROR_BUSY,
     {{.kind = FEED_RANGE}},
     ERROR_BUSY},
    {"a receipt with more records than offsets",
     {.from = 10, .to = 12, .records = 3, .last_offset = 11},
     0,
     20,
     ERROR_NONE,
     {RECORD(10)},
     ERROR_HALT},
    {"a receipt whose last record lies behind it",
     {.from = 10, .to = 12, .records = 1, .last_offset = 12},
     0,
     20,
     ERROR_NONE,
     {RECORD(10)},
     ERROR_HALT},
    {"a receipt of no offsets",
     {.from = 10, .to = 10, .records = 0, .last_offset = 9},
     0,
     20,
     ERROR_NONE,
     {RECORD(10)},
     ERROR_HALT},
    {"a receipt of a partition that nothing has",
     {.partition = FEED_PARTITIONS_MAX, .from = 10, .to = 12, .records = 1, .last_offset = 11},
     0,
     20,
     ERROR_NONE,
     {RECORD(11)},
     ERROR_HALT},
};

static void reads_each_range_of_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct load load;
        struct error err = {.code = ERROR_NONE};
        struct claim claim = {.assignment = {.partition = cases[i].receipt.partition}};
        struct scripted scripted = {.feed = {.kind = &scripted_kind, .name = "scripted"},
                                    .low = cases[i].low,
                                    .high = cases[i].high,
                                    .bounds_code = cases[i].bounds,
                                    .events = cases[i].events};
        load_init(&load);
        struct load_range *range = load_range(&load, &claim, cases[i].receipt.from);
        bool ok = past_feeds_read(&scripted.feed, &cases[i].receipt, &load, range, &err);
        if (ok != (cases[i].code == ERROR_NONE) || (!ok && err.code != cases[i].code))
            fail_msg("%s: %s", cases[i].name, ok ? "it was read" : err.message);
        if (ok && (range->count != cases[i].receipt.records || range->to != cases[i].receipt.to))
            fail_msg("%s: %zu records", cases[i].name, range->count);
        load_release(&load);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_each_range_of_the_table),
    };
    core_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
