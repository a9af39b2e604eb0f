/* What becomes of one event's quantity, step by step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "meter/per_event.h"

static const struct {
    const char *steps; /* JSON */
    int64_t quantity;
    int64_t result;
} cases[] = {
    {"[{\"round\":\"up\",\"increment\":60}]", 61, 120},
    {"[{\"round\":\"up\",\"increment\":60}]", 120, 120},
    {"[{\"round\":\"down\",\"increment\":60}]", 119, 60},
    {"[{\"round\":\"nearest\",\"increment\":60}]", 89, 60},
    {"[{\"round\":\"nearest\",\"increment\":60}]", 90, 120}, /* a half goes up */
    {"[{\"minimum\":\"30\"}]", 1, 30},
    {"[{\"minimum\":30}]", 0, 0}, /* what is nothing stays nothing */
    {"[{\"maximum\":30}]", 31, 30},
    {"[{\"multiply\":29900},{\"add\":2000000},{\"minimum\":1750000},{\"maximum\":12000000}]", 80,
     4392000},
    {"[{\"multiply\":29900},{\"minimum\":1750000},{\"maximum\":12000000}]", 10000, 12000000},
    /* In order: first the increment, then the minimum; or the other way. */
    {"[{\"round\":\"up\",\"increment\":60},{\"minimum\":90}]", 1, 90},
    {"[{\"minimum\":90},{\"round\":\"up\",\"increment\":60}]", 1, 120},
};

static void takes_the_steps_in_order(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        json_t *json = json_loads(cases[i].steps, 0, NULL);
        const struct event_step *steps = NULL;
        size_t count = 0;
        int128 quantity = cases[i].quantity;
        struct error err;

        assert_true(event_steps_compile(json, &arena, &steps, &count, &err));
        assert_true(event_steps_apply(steps, count, &quantity));
        if (quantity != cases[i].result)
            fail_msg("case %zu: %lld, expected %lld", i, (long long)quantity,
                     (long long)cases[i].result);
        json_decref(json);
    }
    arena_release(&arena);
}

static void leaves_a_quantity_that_does_not_fit_alone(void **state)
{
    const struct event_step steps[] = {{EVENT_ADD, 1}, {EVENT_MULTIPLY, INT128_MAX / 2}};
    int128 quantity = 4;

    (void)state;
    assert_false(event_steps_apply(steps, COUNT_OF(steps), &quantity));
    assert_int_equal((int64_t)quantity, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_the_steps_in_order),
        cmocka_unit_test(leaves_a_quantity_that_does_not_fit_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
