#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "meter/refusal.h"

static void has_a_word_a_sentence_and_a_remedy_for_every_reason(void **state)
{
    (void)state;
    for (int i = 0; i < REFUSAL_COUNT; i++) {
        const struct refusal_row *row = refusal_row((enum refusal_reason)i);
        assert_int_equal(row->reason, i);
        assert_true(strlen(row->word) > 0 && strlen(row->sentence) > 0);
        assert_true(strlen(row->remedy) > 0);
    }
}

static void finds_a_reason_by_its_word(void **state)
{
    (void)state;
    for (int i = 1; i < REFUSAL_COUNT; i++) {
        enum refusal_reason found = REFUSAL_NONE;
        assert_true(refusal_find(slice_of(refusal_word((enum refusal_reason)i)), &found));
        assert_int_equal(found, i);
    }
    enum refusal_reason left = REFUSAL_FUTURE;
    assert_false(refusal_find(slice_of("none"), &left));
    assert_false(refusal_find(slice_of("nonsense"), &left));
    assert_int_equal(left, REFUSAL_FUTURE);
}

static void lets_every_refusal_be_written_off_and_some_be_released(void **state)
{
    (void)state;
    for (int i = 1; i < REFUSAL_COUNT; i++)
        assert_true(refusal_allows((enum refusal_reason)i, DISPOSITION_WRITE_OFF));
    assert_true(refusal_allows(REFUSAL_UNKNOWN_TENANT, DISPOSITION_RELEASE));
    assert_true(refusal_allows(REFUSAL_FUTURE, DISPOSITION_RELEASE));
    assert_false(refusal_allows(REFUSAL_TOO_LARGE, DISPOSITION_RELEASE));
    assert_false(refusal_allows(REFUSAL_CONFLICT, DISPOSITION_RELEASE));
    assert_false(refusal_allows(REFUSAL_BELOW_FLOOR, DISPOSITION_RELEASE));
}

static void keeps_details_printable_utf8(void **state)
{
    (void)state;
    struct refusal refusal;
    assert_false(refusal_set(&refusal, REFUSAL_MALFORMED, "a\nb%s", "\x1b\xff"));
    assert_int_equal(refusal.reason, REFUSAL_MALFORMED);
    assert_string_equal(refusal.detail, "a b ?");
    char many[600];
    for (size_t i = 0; i < sizeof(many) - 2; i += 2)
        memcpy(many + i, "\xc3\xa4", 2);
    many[sizeof(many) - 2] = '\0';
    refusal_set(&refusal, REFUSAL_MALFORMED, "%s", many);
    assert_true(utf8_is_valid(refusal.detail, strlen(refusal.detail)));
    assert_int_equal(strlen(refusal.detail), REFUSAL_DETAIL_SIZE - 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_a_word_a_sentence_and_a_remedy_for_every_reason),
        cmocka_unit_test(finds_a_reason_by_its_word),
        cmocka_unit_test(lets_every_refusal_be_written_off_and_some_be_released),
        cmocka_unit_test(keeps_details_printable_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
