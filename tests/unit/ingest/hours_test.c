/* ingest/hours: identities by event hour, against a naive set. */
#include "ingest/hours.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NAIVE_MAX 20000

/* A pseudo-random sequence that every run repeats. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static struct identity identity_of(uint64_t number)
{
    struct identity identity = {.meaning = number * 3};
    uint64_t state = number;
    for (size_t i = 0; i < IDENTITY_SIZE; i += 8) {
        uint64_t word = next_random(&state);
        memcpy(identity.id + i, &word, 8);
    }
    return identity;
}

static void finds_what_was_inserted_and_nothing_else(void **state)
{
    (void)state;
    static bool naive[NAIVE_MAX];
    struct hours hours;
    uint64_t seed = 1;
    memset(naive, 0, sizeof naive);
    hours_init(&hours, SIZE_MAX);
    struct hour_set *set = hours_open(&hours, 5, 480000);
    for (int i = 0; i < 40000; i++) {
        uint64_t number = next_random(&seed) % NAIVE_MAX;
        struct identity identity = identity_of(number);
        uint64_t meaning = 0;
        assert_int_equal(hour_set_find(set, identity.id, &meaning), naive[number]);
        if (naive[number])
            assert_int_equal(meaning, number * 3);
        assert_int_equal(hour_set_insert(&hours, set, &identity), !naive[number]);
        naive[number] = true;
    }
    hours_release(&hours);
}

static void keeps_the_meaning_that_came_first(void **state)
{
    (void)state;
    struct hours hours;
    hours_init(&hours, SIZE_MAX);
    struct hour_set *set = hours_open(&hours, 0, 0);
    struct identity identity = identity_of(7);
    assert_true(hour_set_insert(&hours, set, &identity));
    identity.meaning = 99;
    assert_false(hour_set_insert(&hours, set, &identity));
    uint64_t meaning = 0;
    assert_true(hour_set_find(set, identity.id, &meaning));
    assert_int_equal(meaning, 21);
    hours_release(&hours);
}

static void holds_the_identity_of_zero_bytes_too(void **state)
{
    (void)state;
    struct hours hours;
    struct identity zero = {.meaning = 4};
    uint64_t meaning = 0;
    hours_init(&hours, SIZE_MAX);
    struct hour_set *set = hours_open(&hours, 0, 0);
    assert_false(hour_set_find(set, zero.id, &meaning));
    assert_true(hour_set_insert(&hours, set, &zero));
    assert_false(hour_set_insert(&hours, set, &zero));
    assert_true(hour_set_find(set, zero.id, &meaning));
    assert_int_equal(meaning, 4);
    assert_int_equal(set->count, 1);
    hours_release(&hours);
}

static void an_hour_of_one_slot_is_not_that_of_another(void **state)
{
    (void)state;
    struct hours hours;
    struct identity identity = identity_of(1);
    uint64_t meaning = 0;
    hours_init(&hours, SIZE_MAX);
    struct hour_set *a = hours_open(&hours, 1, 100);
    struct hour_set *b = hours_open(&hours, 2, 100);
    hour_set_insert(&hours, a, &identity);
    assert_false(hour_set_find(b, identity.id, &meaning));
    assert_ptr_equal(hours_find(&hours, 1, 100), a);
    assert_ptr_equal(hours_find(&hours, 2, 100), b);
    assert_null(hours_find(&hours, 1, 101));
    hours_release(&hours);
}

static void drops_the_least_recently_used_when_the_ceiling_is_passed(void **state)
{
    (void)state;
    struct hours hours;
    hours_init(&hours, 3 * hour_set_bytes(1));
    for (int32_t hour = 0; hour < 3; hour++) {
        struct identity identity = identity_of((uint64_t)hour);
        hour_set_insert(&hours, hours_open(&hours, 9, hour), &identity);
    }
    hours_settle(&hours);
    assert_int_equal(hours.count, 3);
    hours_find(&hours, 9, 0); /* now 1 is the oldest */
    struct identity identity = identity_of(3);
    hour_set_insert(&hours, hours_open(&hours, 9, 3), &identity);
    assert_int_equal(hours.count, 4); /* only a settled batch evicts: sets in use stay */
    hours_settle(&hours);
    assert_int_equal(hours.count, 3);
    assert_null(hours_find(&hours, 9, 1));
    assert_non_null(hours_find(&hours, 9, 0));
    assert_true(hours.bytes <= hours.ceiling_bytes);
    hours_release(&hours);
}

static void makes_room_of_what_is_not_in_use(void **state)
{
    (void)state;
    struct hours hours;
    hours_init(&hours, 3 * hour_set_bytes(1));
    for (int32_t hour = 0; hour < 3; hour++) {
        struct identity identity = identity_of((uint64_t)hour);
        hour_set_insert(&hours, hours_open(&hours, 9, hour), &identity);
    }
    hours_make_room(&hours, 0);
    assert_int_equal(hours.count, 3);
    hours_find(&hours, 9, 0)->in_use = true; /* the newest now, and 1 the oldest */
    hours_make_room(&hours, hour_set_bytes(1));
    assert_int_equal(hours.count, 2);
    assert_null(hours_find(&hours, 9, 1));
    hours_make_room(&hours, SIZE_MAX / 2);
    assert_int_equal(hours.count, 1);
    assert_non_null(hours_find(&hours, 9, 0));
    assert_true(hours.has_evicted);
    hours_release(&hours);
}

static void advances_only_the_sets_that_are_complete(void **state)
{
    (void)state;
    struct hours hours;
    hours_init(&hours, SIZE_MAX);
    struct hour_set *current = hours_open(&hours, 3, 10);
    struct hour_set *behind = hours_open(&hours, 3, 11);
    struct hour_set *elsewhere = hours_open(&hours, 4, 10);
    current->complete_step = 7;
    behind->complete_step = 5;
    elsewhere->complete_step = 7;
    hours_advance(&hours, 3, 7, 8);
    assert_int_equal(current->complete_step, 8);
    assert_int_equal(behind->complete_step, 5);
    assert_int_equal(elsewhere->complete_step, 7);
    hours_release(&hours);
}

static void forgets_a_slot_and_only_that(void **state)
{
    (void)state;
    struct hours hours;
    hours_init(&hours, SIZE_MAX);
    for (int32_t hour = 0; hour < 100; hour++) {
        hours_open(&hours, 1, hour);
        hours_open(&hours, 2, hour);
    }
    hours_drop_slot(&hours, 1);
    for (int32_t hour = 0; hour < 100; hour++) {
        assert_null(hours_find(&hours, 1, hour));
        assert_non_null(hours_find(&hours, 2, hour));
    }
    assert_int_equal(hours.count, 100);
    hours_release(&hours);
}

/* What memory holds is always what the book holds, for sets that come and go. */
static void reloading_gives_the_same_set_whatever_was_evicted(void **state)
{
    (void)state;
    enum { HOURS = 40, IDS = 200 };
    static bool book[HOURS][IDS];
    struct hours hours;
    uint64_t seed = 5;
    memset(book, 0, sizeof book);
    hours_init(&hours, 10 * hour_set_bytes(IDS));
    for (int i = 0; i < 20000; i++) {
        int32_t hour = (int32_t)(next_random(&seed) % HOURS);
        uint64_t number = next_random(&seed) % IDS;
        struct hour_set *set = hours_find(&hours, 0, hour);
        if (set == NULL) { /* loaded from the book, as slot_need_hours() does */
            set = hours_open(&hours, 0, hour);
            for (uint64_t id = 0; id < IDS; id++) {
                struct identity known = identity_of(id);
                if (book[hour][id])
                    hour_set_insert(&hours, set, &known);
            }
        }
        struct identity identity = identity_of(number);
        uint64_t meaning = 0;
        assert_int_equal(hour_set_find(set, identity.id, &meaning), book[hour][number]);
        hour_set_insert(&hours, set, &identity);
        book[hour][number] = true;
        if (i % 10 == 0)
            hours_settle(&hours);
    }
    hours_release(&hours);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_inserted_and_nothing_else),
        cmocka_unit_test(keeps_the_meaning_that_came_first),
        cmocka_unit_test(holds_the_identity_of_zero_bytes_too),
        cmocka_unit_test(an_hour_of_one_slot_is_not_that_of_another),
        cmocka_unit_test(drops_the_least_recently_used_when_the_ceiling_is_passed),
        cmocka_unit_test(makes_room_of_what_is_not_in_use),
        cmocka_unit_test(advances_only_the_sets_that_are_complete),
        cmocka_unit_test(forgets_a_slot_and_only_that),
        cmocka_unit_test(reloading_gives_the_same_set_whatever_was_evicted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
