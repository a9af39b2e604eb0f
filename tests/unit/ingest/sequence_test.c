/* ingest/sequence: runs of numbers, against the plainest model that there is: a list of them. */
#include "ingest/sequence.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROUNDS 4000
#define SPAN 24 /* numbers of the model: −12 to 11 */

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

/* How often each number came. */
struct model {
    size_t times[SPAN];
};

static void add_batch(struct sequence_set *set, struct model *model, uint32_t *seed,
                      struct arena *arena)
{
    int64_t numbers[40];
    size_t count = next_random(seed) % COUNT_OF(numbers);
    for (size_t i = 0; i < count; i++) {
        numbers[i] = (int64_t)(next_random(seed) % SPAN) - SPAN / 2;
        model->times[numbers[i] + SPAN / 2]++;
    }
    assert_true(sequence_decode(sequence_encode(numbers, count, arena), set));
}

/* The runs of the model's life, at this place of the set; returns what is behind them. */
static size_t check_life(const struct sequence_set *set, size_t at, const struct model *model,
                         size_t life)
{
    for (size_t i = 0; i < SPAN; i++) {
        if (model->times[i] < life || (i > 0 && model->times[i - 1] >= life))
            continue;
        size_t end = i;
        while (end + 1 < SPAN && model->times[end + 1] >= life)
            end++;
        assert_true(at < set->count);
        assert_int_equal(set->runs[at].first, (int64_t)i - SPAN / 2);
        assert_int_equal(set->runs[at].last, (int64_t)end - SPAN / 2);
        at++;
    }
    return at;
}

static void any_batches_in_any_order_are_the_numbers_that_came(void **state)
{
    (void)state;
    uint32_t seed = 7;
    for (int round = 0; round < ROUNDS; round++) {
        struct arena arena;
        struct sequence_set set = {.count = 0};
        struct model model = {{0}};
        arena_init(&arena);
        for (uint32_t batches = next_random(&seed) % 6; batches > 0; batches--) {
            add_batch(&set, &model, &seed, &arena);
            if (next_random(&seed) % 3 == 0)
                (void)sequence_set_settle(&set); /* now or later: the same */
        }
        size_t most = 0;
        for (size_t i = 0; i < SPAN; i++)
            most = model.times[i] > most ? model.times[i] : most;
        assert_int_equal(sequence_set_settle(&set), most);
        size_t at = 0;
        for (size_t life = 1; life <= most; life++)
            at = check_life(&set, at, &model, life);
        assert_int_equal(at, set.count);
        sequence_set_release(&set);
        arena_release(&arena);
    }
}

static void a_number_that_always_comes_is_as_many_lives(void **state)
{
    (void)state;
    struct sequence_set set = {.count = 0};
    for (int i = 0; i < 200000; i++)
        sequence_set_add(&set, (struct sequence_run){1, 1});
    assert_int_equal(sequence_set_settle(&set), 200000);
    sequence_set_release(&set);
}

static void numbers_are_whole_and_written_in_one_way(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t number;
    } good[] = {{"0", 0},
                {"1", 1},
                {"-1", -1},
                {"2147483647", INT32_MAX},
                {"-2147483648", INT32_MIN},
                {"230584300921369384", 230584300921369384}};
    static const char *const bad[] = {"",
                                      "-",
                                      "00",
                                      "01",
                                      "-0",
                                      "-01",
                                      "+1",
                                      "1.0",
                                      "1e3",
                                      " 1",
                                      "1 ",
                                      "a",
                                      "0x1",
                                      "9223372036854775807",
                                      "99999999999999999999999999"};
    int64_t number = 0;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        assert_true(sequence_parse(slice_of(good[i].text), &number));
        assert_int_equal(number, good[i].number);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(sequence_parse(slice_of(bad[i]), &number));
}

static void a_run_of_any_length_is_a_few_bytes(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena);
    int64_t *numbers = arena_array(&arena, 100000, sizeof *numbers);
    for (size_t i = 0; i < 100000; i++)
        numbers[i] = (int64_t)(99999 - i) + 1;
    assert_int_equal(sequence_encode(numbers, 100000, &arena).size, 4);
    arena_release(&arena);
}

static void bytes_that_nobody_wrote_are_refused(void **state)
{
    (void)state;
    static const struct slice bad[] = {
        {"\x02", 1},                                      /* a run without a length */
        {"\x80", 1},                                      /* a number without an end */
        {"\x80\x00\x00", 3},                              /* longer than it need be */
        {"\x02\x00\x00\x00", 4},                          /* two runs that are one */
        {"\x02\x00\x03\x00", 4},                          /* descending */
        {"\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x00", 10}, /* out of range */
        {"\x00\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 10},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct sequence_set set = {.count = 0};
        assert_false(sequence_decode(bad[i], &set));
        sequence_set_release(&set);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_batches_in_any_order_are_the_numbers_that_came),
        cmocka_unit_test(a_number_that_always_comes_is_as_many_lives),
        cmocka_unit_test(numbers_are_whole_and_written_in_one_way),
        cmocka_unit_test(a_run_of_any_length_is_a_few_bytes),
        cmocka_unit_test(bytes_that_nobody_wrote_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
