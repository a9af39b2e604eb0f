/* ingest/decide: what becomes of records, without Kafka and database. */
#include "ingest/decide.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/number.h"

#define HOUR 480000
#define ITEMS_MAX 64
#define SLOT 5

static const struct catalog_meter meter = {.aggregation = AGGREGATION_SUM};
static const struct catalog_meter max_meter = {.aggregation = AGGREGATION_MAX};
static const struct tenant tenant_a = {.number = 10, .id = "a", .slot = SLOT};
static const struct tenant tenant_b = {.number = 11, .id = "b", .slot = SLOT};
static struct series_ref other_x = {.series = {{0xee}}};
static struct series_ref series_x = {.series = {{2}}, .other = &other_x};
static struct series_ref series_y = {.series = {{1}}, .other = &other_x};

struct fixture {
    struct slot_table table;
    struct arena arena;
    struct item items[ITEMS_MAX];
    struct measure_part parts[ITEMS_MAX];
    size_t count;
    struct decision decision;
};

static void open_hour(struct fixture *f, int32_t hour)
{
    struct hour_set *set = hours_open(&f->table.hours, SLOT, hour);
    set->in_use = true;
    set->complete_step = f->table.slots[SLOT].step;
}

static int setup(void **state)
{
    static struct fixture fixture;
    fixture.count = 0;
    slot_table_init(&fixture.table, SIZE_MAX);
    arena_init(&fixture.arena);
    fixture.table.slots[SLOT].is_known = true;
    slot_open_account(&fixture.table, tenant_a.number, SLOT, STREAM_SEQ_NONE);
    slot_open_account(&fixture.table, tenant_b.number, SLOT, 41);
    open_hour(&fixture, HOUR);
    open_hour(&fixture, HOUR + 1);
    *state = &fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    slot_table_release(&f->table);
    arena_release(&f->arena);
    return 0;
}

/* One more record: an event with this id and meaning, and one part of this quantity, or none. */
static struct item *add(struct fixture *f, const struct tenant *tenant, unsigned char id,
                        uint64_t meaning, const struct series_ref *series, int quantity)
{
    struct item *item = &f->items[f->count];
    struct measure_part *part = &f->parts[f->count];
    *part = (struct measure_part){
        .meter = &meter, .series = series, .window = {HOUR * HOUR_US, 3600}, .quantity = quantity};
    *item = (struct item){.record = {.offset = (int64_t)f->count},
                          .tenant = tenant,
                          .measure = {.event_hour = HOUR,
                                      .identity = {id, 9},
                                      .meaning = meaning,
                                      .part_count = quantity > 0,
                                      .parts = part}};
    f->count++;
    return item;
}

static void decide_with(struct fixture *f, struct decide_limits limits)
{
    struct decide_range range = {.items = f->items, .count = f->count, .from = 0, .to = f->count};
    if (limits.series_per_tenant == 0)
        limits.series_per_tenant = 1000;
    if (limits.entries_max == 0)
        limits.entries_max = 1000;
    if (limits.records_max == 0)
        limits.records_max = 1000;
    decide(&f->table, &limits, &range, 1, &f->arena, &f->decision);
}

static void decide_all(struct fixture *f)
{
    decide_with(f, (struct decide_limits){.records_max = 0});
}

static void assert_counts(const struct fixture *f, uint64_t accepted, uint64_t duplicate,
                          uint64_t quarantined)
{
    const struct decided_range *range = &f->decision.ranges[0];
    assert_int_equal(range->accepted, accepted);
    assert_int_equal(range->duplicate, duplicate);
    assert_int_equal(range->quarantined, quarantined);
    assert_int_equal(range->taken, accepted + duplicate + quarantined);
}

static void sums_events_of_a_series_and_window(void **state)
{
    struct fixture *f = *state;
    add(f, &tenant_a, 1, 1, &series_x, 5);
    add(f, &tenant_a, 2, 2, &series_x, 7);
    decide_all(f);
    assert_counts(f, 2, 0, 0);
    assert_int_equal(f->decision.entry_count, 1);
    assert_true(f->decision.entries[0].quantity == 12);
    assert_int_equal(f->decision.entries[0].contributions, 2);
}

static void takes_the_largest_of_a_max_meter(void **state)
{
    struct fixture *f = *state;
    add(f, &tenant_a, 1, 1, &series_x, 5);
    add(f, &tenant_a, 2, 2, &series_x, 9);
    add(f, &tenant_a, 3, 3, &series_x, 7);
    for (size_t i = 0; i < f->count; i++)
        f->parts[i].meter = &max_meter;
    decide_all(f);
    assert_true(f->decision.entries[0].quantity == 9);
    assert_int_equal(f->decision.entries[0].contributions, 3);
}

static void a_copy_in_the_same_batch_is_a_duplicate(void **state)
{
    struct fixture *f = *state;
    add(f, &tenant_a, 1, 1, &series_x, 5);
    add(f, &tenant_a, 1, 1, &series_x, 5);
    decide_all(f);
    assert_counts(f, 1, 1, 0);
    assert_true(f->decision.entries[0].quantity == 5);
}

static void another_meaning_is_a_conflict(void **state)
{
    struct fixture *f = *state;
    add(f, &tenant_a, 1, 1, &series_x, 5);
    struct item *changed = add(f, &tenant_a, 1, 2, &series_x, 6);
    decide_all(f);
    assert_counts(f, 1, 0, 1);
    assert_int_equal(f->decision.refusals[0].refusal->reason, REFUSAL_CONFLICT);
    assert_ptr_equal(f->decision.refusals[0].item, changed);
}

static void only_the_events_own_hour_is_asked(void **state)
{
    struct fixture *f = *state;
    add(f, &tenant_a, 1, 1, &series_x, 5);
    add(f, &tenant_a, 1, 1, &series_x, 5)->measure.event_hour = HOUR + 1;
    decide_all(f);
    assert_counts(f, 2, 0, 0);
}

static void memory_is_as_before_until_it_is_merged(void **state)
{
    struct fixture *f = *state;
    add(f, &tenant_a, 1, 1, &series_x, 5);
    decide_all(f);
    decide_all(f); /* a batch that was rolled back is decided again, and the same */
    assert_counts(f, 1, 0, 0);
    assert_int_equal(f->decision.entries[0].stream_seq, 0);
    decision_merge(&f->decision, &f->table, 3);
    decide_all(f);
    assert_counts(f, 0, 1, 0);
}

static void merging_moves_the_slot_one_step(void **state)
{
    struct fixture *f = *state;
    add(f, &tenant_b, 1, 1, &series_x, 5);
    decide_all(f);
    assert_int_equal(f->decision.entries[0].stream_seq, 42);
    decision_merge(&f->decision, &f->table, 3);
    assert_int_equal(f->table.slots[SLOT].step, 1);
    assert_int_equal(f->table.slots[SLOT].control_index, 3);
    assert_int_equal(hours_find(&f->table.hours, SLOT, HOUR)->complete_step, 1);
    assert_int_equal(hours_find(&f->table.hours, SLOT, HOUR + 1)->complete_step, 1);
    assert_int_equal(slot_account(&f->table, tenant_b.number)->last_seq, 42);
    assert_true(account_has_series(slot_account(&f->table, tenant_b.number), &series_x.series));
}

static void duplicates_alone_touch_no_slot(void **state)
{
    struct fixture *f = *state;
    add(f, &tenant_a, 1, 1, &series_x, 5);
    decide_all(f);
    decision_merge(&f->decision, &f->table, 3);
    decide_all(f);
    int32_t slots[SLOT_COUNT];
    assert_int_equal(decision_slots(&f->decision, slots), 0);
    assert_int_equal(f->decision.entry_count, 0);
    assert_int_equal(f->decision.ranges[0].to, 1); /* but the range is taken */
}

static void entries_stand_by_tenant_series_window(void **state)
{
    struct fixture *f = *state;
    add(f, &tenant_b, 1, 1, &series_x, 1);
    add(f, &tenant_a, 2, 2, &series_x, 2);
    add(f, &tenant_a, 3, 3, &series_y, 3);
    add(f, &tenant_a, 4, 4, &series_x, 4);
    f->parts[3].window.from_us -= HOUR_US;
    decide_all(f);
    const int expected[] = {3, 4, 2, 1};
    assert_int_equal(f->decision.entry_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_true(f->decision.entries[i].quantity == expected[i]);
    assert_int_equal(f->decision.entries[0].stream_seq, 0);
    assert_int_equal(f->decision.entries[2].stream_seq, 2);
    assert_int_equal(f->decision.entries[3].stream_seq, 42);
}

/* count ids of (tenant, seq) at the n-th line of a block */
static void assert_line(const struct decided_hour *hour, size_t n, uint64_t tenant, uint64_t seq,
                        uint32_t count)
{
    const unsigned char *line = (const unsigned char *)hour->entries.data + n * DEDUP_ENTRY_SIZE;
    assert_int_equal(bytes_get_u64(line), tenant);
    assert_int_equal(bytes_get_u64(line + 8), seq);
    assert_int_equal(bytes_get_u32(line + 16), count);
}

static void blocks_name_each_identity_by_its_first_entry(void **state)
{
    struct fixture *f = *state;
    add(f, &tenant_a, 1, 1, &series_x, 1);
    add(f, &tenant_a, 2, 2, &series_x, 0); /* nothing to count */
    add(f, &tenant_a, 3, 3, &series_y, 1);
    add(f, &tenant_a, 4, 4, &series_x, 1);
    struct measure_part both[2] = {f->parts[0], f->parts[2]};
    f->items[3].measure.parts = both; /* in x and in y: y stands first */
    f->items[3].measure.part_count = 2;
    decide_all(f);
    assert_int_equal(f->decision.hour_count, 1);
    const struct decided_hour *hour = &f->decision.hours[0];
    assert_int_equal(hour->ids.size, 4 * DEDUP_ID_SIZE);
    assert_int_equal(hour->entries.size, 3 * DEDUP_ENTRY_SIZE);
    assert_line(hour, 0, tenant_a.number, 0, 2); /* y: 3, then 4 */
    assert_line(hour, 1, tenant_a.number, 1, 1); /* x: 1 */
    assert_line(hour, 2, tenant_a.number, STREAM_SEQ_NONE, 1);
    const unsigned char order[] = {3, 4, 1, 2};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal((unsigned char)hour->ids.data[i * DEDUP_ID_SIZE], order[i]);
}

static void new_series_are_written_once(void **state)
{
    struct fixture *f = *state;
    add(f, &tenant_a, 1, 1, &series_x, 1);
    add(f, &tenant_a, 2, 2, &series_x, 1);
    add(f, &tenant_b, 3, 3, &series_x, 1);
    decide_all(f);
    assert_int_equal(f->decision.series_count, 2);
    decision_merge(&f->decision, &f->table, 3);
    f->items[0].measure.identity[1] = 77;
    decide_all(f);
    assert_int_equal(f->decision.series_count, 0);
}

static void beyond_the_cap_labels_become_other(void **state)
{
    struct fixture *f = *state;
    add(f, &tenant_a, 1, 1, &series_x, 1);
    add(f, &tenant_a, 2, 2, &series_y, 2);
    add(f, &tenant_a, 3, 3, &series_x, 4);
    decide_with(f, (struct decide_limits){.series_per_tenant = 1});
    assert_int_equal(f->decision.entry_count, 2);
    assert_memory_equal(&f->decision.entries[0].series, &series_x.series, DIGEST_SIZE);
    assert_true(f->decision.entries[0].quantity == 5); /* a known series stays what it is */
    assert_memory_equal(&f->decision.entries[1].series, &other_x.series, DIGEST_SIZE);
}

static void refuses_what_is_below_the_floor(void **state)
{
    struct fixture *f = *state;
    add(f, &tenant_a, 1, 1, &series_x, 1);
    f->table.slots[SLOT].floor_hour = HOUR + 1;
    decide_all(f);
    assert_counts(f, 0, 0, 1);
    assert_int_equal(f->decision.refusals[0].refusal->reason, REFUSAL_BELOW_FLOOR);
}

static void refuses_hours_before_1970(void **state)
{
    struct fixture *f = *state;
    add(f, &tenant_a, 1, 1, &series_x, 1)->measure.event_hour = -1;
    decide_all(f);
    assert_counts(f, 0, 0, 1);
}

static void keeps_the_refusals_of_measuring(void **state)
{
    struct fixture *f = *state;
    static const struct refusal malformed = {.reason = REFUSAL_MALFORMED};
    add(f, &tenant_a, 1, 1, &series_x, 1)->refusal = &malformed;
    decide_all(f);
    assert_counts(f, 0, 0, 1);
    assert_ptr_equal(f->decision.refusals[0].refusal, &malformed);
}

static void ends_before_the_record_that_does_not_fit(void **state)
{
    struct fixture *f = *state;
    for (unsigned char id = 0; id < 10; id++) {
        add(f, &tenant_a, id, id, &series_x, 1);
        f->parts[id].window.from_us += id * HOUR_US;
    }
    decide_with(f, (struct decide_limits){.entries_max = 4});
    assert_int_equal(f->decision.entry_count, 4);
    assert_int_equal(f->decision.ranges[0].to, 4);
    decide_with(f, (struct decide_limits){.records_max = 7});
    assert_int_equal(f->decision.ranges[0].to, 7);
    assert_int_equal(f->decision.ranges[0].taken, 7);
}

static void one_event_may_be_larger_than_a_batch(void **state)
{
    struct fixture *f = *state;
    add(f, &tenant_a, 1, 1, &series_x, 1);
    add(f, &tenant_a, 2, 2, &series_x, 1);
    struct measure_part both[2] = {f->parts[0], f->parts[0]};
    both[1].series = &series_y;
    f->items[0].measure.parts = both;
    f->items[0].measure.part_count = 2;
    decide_with(f, (struct decide_limits){.entries_max = 1});
    assert_int_equal(f->decision.ranges[0].to, 1);
    assert_int_equal(f->decision.entry_count, 2);
}

/* Wherever batches end, the same records give the same sums, counts and identities. */
static void batch_borders_change_no_decision(void **state)
{
    struct fixture *f = *state;
    for (unsigned char i = 0; i < ITEMS_MAX; i++)
        add(f, i % 3 ? &tenant_a : &tenant_b, i % 40, i % 7 ? i % 40 : i,
            i % 2 ? &series_x : &series_y, i % 5);
    for (size_t limit = 1; limit <= ITEMS_MAX; limit++) {
        uint64_t accepted = 0;
        uint64_t duplicate = 0;
        int128 sum = 0;
        struct slot_table table = f->table;
        slot_table_init(&f->table, SIZE_MAX);
        f->table.slots[SLOT].is_known = true;
        slot_open_account(&f->table, tenant_a.number, SLOT, STREAM_SEQ_NONE);
        slot_open_account(&f->table, tenant_b.number, SLOT, 41);
        open_hour(f, HOUR);
        for (size_t at = 0; at < f->count;) {
            struct decide_limits limits = {limit, 1000, 1000};
            struct decide_range range = {f->items + at, f->count - at, at, f->count};
            decide(&f->table, &limits, &range, 1, &f->arena, &f->decision);
            decision_merge(&f->decision, &f->table, 0);
            accepted += f->decision.ranges[0].accepted;
            duplicate += f->decision.ranges[0].duplicate;
            for (size_t i = 0; i < f->decision.entry_count; i++)
                sum += f->decision.entries[i].quantity;
            at = f->decision.ranges[0].to;
        }
        slot_table_release(&f->table);
        f->table = table;
        static uint64_t first_accepted, first_duplicate;
        static int128 first_sum;
        if (limit == 1) {
            first_accepted = accepted;
            first_duplicate = duplicate;
            first_sum = sum;
        }
        assert_int_equal(accepted, first_accepted);
        assert_int_equal(duplicate, first_duplicate);
        assert_true(sum == first_sum);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(sums_events_of_a_series_and_window),
        TEST(takes_the_largest_of_a_max_meter),
        TEST(a_copy_in_the_same_batch_is_a_duplicate),
        TEST(another_meaning_is_a_conflict),
        TEST(only_the_events_own_hour_is_asked),
        TEST(memory_is_as_before_until_it_is_merged),
        TEST(merging_moves_the_slot_one_step),
        TEST(duplicates_alone_touch_no_slot),
        TEST(entries_stand_by_tenant_series_window),
        TEST(blocks_name_each_identity_by_its_first_entry),
        TEST(new_series_are_written_once),
        TEST(beyond_the_cap_labels_become_other),
        TEST(refuses_what_is_below_the_floor),
        TEST(refuses_hours_before_1970),
        TEST(keeps_the_refusals_of_measuring),
        TEST(ends_before_the_record_that_does_not_fit),
        TEST(one_event_may_be_larger_than_a_batch),
        TEST(batch_borders_change_no_decision),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
