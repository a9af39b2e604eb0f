/* ingest/partition_state: every cell of the table, as ingest/README.md shows it; what holds in all
 * of them. Run where the sources are. */
#include "ingest/partition_state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

#define README_SIZE_MAX (1 << 20)

static const char *const done_words[ACTION_COUNT] = {
    [ACTION_NONE] = "",
    [ACTION_COLLECT] = "collect the record",
    [ACTION_TAIL] = "take the offsets",
    [ACTION_END] = "note the end",
    [ACTION_EXPIRED] = "say so in the next receipt",
    [ACTION_CLAIM] = "claim all again",
    [ACTION_LOOK] = "look at older receipts' records too",
    [ACTION_HALT] = "halt: ",
};

/* A cell: calls `visit` for each that can happen. */
typedef void visit_cell(enum partition_state state, enum partition_event event,
                        struct partition_step step);

static void each_cell(visit_cell *visit)
{
    for (enum partition_event event = 0; event < EVENT_COUNT; event++)
        for (enum partition_state state = 0; state < STATE_COUNT; state++)
            if (partition_step_exists(state, event))
                visit(state, event, partition_step(state, event));
}

/* ------------------------------------------------------------------------------------- the README
 */

/* In any state but HALTED, where nothing is done. */
static struct partition_step step_of(enum partition_event event)
{
    enum partition_state state = STATE_FREE;
    while (!partition_step_exists(state, event))
        state++;
    assert_int_not_equal(state, STATE_HALTED);
    return partition_step(state, event);
}

static void format_row(enum partition_event event, char *out, size_t out_size)
{
    struct partition_step any = step_of(event);
    int size =
        snprintf(out, out_size, "| `%s` | %s%s |", partition_event_word(event),
                 done_words[any.action], any.action == ACTION_HALT ? halt_row(any.halt)->word : "");
    for (enum partition_state state = 0; state < STATE_COUNT; state++) {
        const char *next = partition_step_exists(state, event)
                               ? partition_state_word(partition_step(state, event).next)
                               : "";
        size += snprintf(out + size, out_size - (size_t)size, " %s |", next);
    }
    snprintf(out + size, out_size - (size_t)size, "\n");
}

static void every_cell_is_as_the_readme_shows_it(void **state)
{
    (void)state;
    struct text readme;
    struct error err;
    text_init(&readme);
    if (!file_read("ingest/README.md", README_SIZE_MAX, &readme, &err))
        fail_msg("%s", err.message);
    for (enum partition_event event = 0; event < EVENT_COUNT; event++) {
        char row[512];
        format_row(event, row, sizeof row);
        if (memmem(readme.data, readme.size, row, strlen(row)) == NULL)
            fail_msg("ingest/README.md lacks the row %s", row);
    }
    text_release(&readme);
}

/* -------------------------------------------------------------------------------- what always
 * holds
 */

static void only_reading_collects(enum partition_state state, enum partition_event event,
                                  struct partition_step step)
{
    (void)event;
    if (step.action == ACTION_COLLECT || step.action == ACTION_TAIL || step.action == ACTION_END) {
        assert_int_equal(state, STATE_READING);
        assert_int_equal(step.next, STATE_READING);
    }
}

static void records_are_collected_while_reading_only(void **state)
{
    (void)state;
    each_cell(only_reading_collects);
}

static void reading_follows_claims(enum partition_state state, enum partition_event event,
                                   struct partition_step step)
{
    if (step.next != STATE_READING || state == STATE_READING)
        return;
    if (state == STATE_VERIFYING)
        assert_int_equal(event, EVENT_ANCHOR_SAME);
    else
        assert_true(event == EVENT_CLAIMED_NEW || event == EVENT_CLAIMED_EXPIRED);
}

static void reading_begins_behind_the_anchor_or_without_one(void **state)
{
    (void)state;
    each_cell(reading_follows_claims);
}

static void claims_are_of_what_is_not_held(enum partition_state state, enum partition_event event,
                                           struct partition_step step)
{
    (void)step;
    if (event <= EVENT_CLAIMED_LOST)
        assert_true(state == STATE_FREE || state == STATE_STALE);
    if (state == STATE_FREE)
        assert_true(event <= EVENT_CLAIMED_LOST);
}

static void nothing_but_a_claim_happens_to_what_is_not_held(void **state)
{
    (void)state;
    each_cell(claims_are_of_what_is_not_held);
}

static void halts_are_left_by_release(enum partition_state state, enum partition_event event,
                                      struct partition_step step)
{
    if (state != STATE_HALTED)
        return;
    assert_int_equal(step.next, event == EVENT_GIVEN_BACK ? STATE_FREE : STATE_HALTED);
    assert_int_equal(step.action, ACTION_NONE);
}

static void a_halt_ends_when_the_partition_is_given_back(void **state)
{
    (void)state;
    each_cell(halts_are_left_by_release);
}

static void halts_have_a_reason(enum partition_state state, enum partition_event event,
                                struct partition_step step)
{
    (void)event;
    bool halts = state != STATE_HALTED && step.next == STATE_HALTED;
    assert_int_equal(step.action == ACTION_HALT, halts);
    assert_int_equal(step.halt != HALT_NONE, halts);
}

static void whatever_halts_says_why(void **state)
{
    (void)state;
    each_cell(halts_have_a_reason);
}

static void stale_is_claimed(enum partition_state state, enum partition_event event,
                             struct partition_step step)
{
    if (step.action == ACTION_CLAIM)
        assert_int_equal(step.next, STATE_STALE);
    if (state != STATE_STALE || step.next == STATE_STALE || step.next == STATE_FREE)
        return;
    assert_true(event <= EVENT_CLAIMED_LOST || event == EVENT_RATE || event == EVENT_TROUBLE);
}

static void what_is_stale_waits_for_its_claim(void **state)
{
    (void)state;
    each_cell(stale_is_claimed);
}

static void every_halt_is_reached_and_has_words_for_the_operator(void **state)
{
    (void)state;
    bool is_reached[HALT_COUNT] = {true};
    for (enum partition_event event = 0; event < EVENT_COUNT; event++)
        is_reached[step_of(event).halt] = true;
    for (enum halt halt = HALT_NONE + 1; halt < HALT_COUNT; halt++) {
        assert_true(is_reached[halt]);
        assert_true(strlen(halt_row(halt)->word) > 0);
        assert_true(strlen(halt_row(halt)->sentence) > 20);
        assert_true(strlen(halt_row(halt)->advice) > 20);
    }
}

/* ------------------------------------------------------------------------------ what cannot happen
 */

static bool aborts(enum partition_state state, enum partition_event event)
{
    pid_t child = fork();
    if (child == 0) {
        (void)signal(SIGABRT, SIG_DFL);
        (void)dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
        (void)partition_step(state, event);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

static void what_cannot_happen_ends_the_process(void **state)
{
    (void)state;
    for (enum partition_event event = 0; event < EVENT_COUNT; event++)
        for (enum partition_state from = 0; from < STATE_COUNT; from++)
            if (!partition_step_exists(from, event) && !aborts(from, event))
                fail_msg("%s in %s", partition_event_word(event), partition_state_word(from));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_is_as_the_readme_shows_it),
        cmocka_unit_test(records_are_collected_while_reading_only),
        cmocka_unit_test(reading_begins_behind_the_anchor_or_without_one),
        cmocka_unit_test(nothing_but_a_claim_happens_to_what_is_not_held),
        cmocka_unit_test(a_halt_ends_when_the_partition_is_given_back),
        cmocka_unit_test(whatever_halts_says_why),
        cmocka_unit_test(what_is_stale_waits_for_its_claim),
        cmocka_unit_test(every_halt_is_reached_and_has_words_for_the_operator),
        cmocka_unit_test(what_cannot_happen_ends_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
