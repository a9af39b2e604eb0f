#include "../core/testing.h"

#include "witness/request.h"

#define HASH "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"

static void reads_what_it_writes(void **state)
{
    static const char *const bodies[] = {
        "old 0\n\nnote",
        "old 20852014\n" HASH HASH "\nnote\n\nwith blank lines\n",
        "old 18446744073709551615\n\n",
    };
    struct request request;
    struct text again;
    struct error err;

    (void)state;
    text_init(&again);
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        assert_ok(request_parse(bodies[i], strlen(bodies[i]), &request, &err));
        text_clear(&again);
        request_format(&request, &again);
        assert_string_equal(again.data, bodies[i]);
    }
    text_release(&again);
}

static void refuses_every_other_form(void **state)
{
    static const char *const bodies[] = {
        "",
        "\n\nnote",
        "old\n\nnote",
        "old \n\nnote",
        "old 01\n\nnote",
        "old +1\n\nnote",
        "old -1\n\nnote",
        "old 1 \n\nnote",
        " old 1\n\nnote",
        "Old 1\n\nnote",
        "old 18446744073709551616\n\nnote",
        "old 1\r\n\r\nnote",
        "old 1",
        "old 1\n",
        "old 1\n" HASH,
        "old 1\nnote\n\n",
        "old 1\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpka==\n\nnote",
        "old 1\nPlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkax=\n\nnote",
        "old 1\n " HASH "\nnote",
    };
    struct request request;
    struct error err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bodies); i++) {
        if (request_parse(bodies[i], strlen(bodies[i]), &request, &err))
            fail_msg("'%s' was not refused", bodies[i]);
        assert_int_equal(err.code, ERROR_INPUT);
    }
}

static void takes_63_hashes_and_not_64(void **state)
{
    struct request request;
    struct text body;
    struct error err;

    (void)state;
    text_init(&body);
    text_append(&body, "old 7\n");
    for (size_t i = 0; i < REQUEST_HASHES_MAX; i++)
        text_append(&body, HASH);
    text_append(&body, "\nnote");
    assert_ok(request_parse(body.data, body.size, &request, &err));
    assert_int_equal(request.proof.count, REQUEST_HASHES_MAX);
    text_clear(&body);
    text_append(&body, "old 7\n");
    for (size_t i = 0; i <= REQUEST_HASHES_MAX; i++)
        text_append(&body, HASH);
    text_append(&body, "\nnote");
    assert_refused(request_parse(body.data, body.size, &request, &err), ERROR_INPUT);
    text_release(&body);
}

static void reads_a_size_only_as_a_witness_must_write_it(void **state)
{
    static const char *const wrong[] = {"",       "\n",    "50",     "050\n",
                                        "50\n\n", " 50\n", "50\r\n", "x\n"};
    uint64_t size = 77;
    struct error err;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_refused(request_parse_size(wrong[i], strlen(wrong[i]), &size, &err), ERROR_INPUT);
    assert_int_equal(size, 77);
    assert_ok(request_parse_size("0\n", 2, &size, &err));
    assert_int_equal(size, 0);
    assert_ok(request_parse_size("50\n", 3, &size, &err));
    assert_int_equal(size, 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_it_writes),
        cmocka_unit_test(refuses_every_other_form),
        cmocka_unit_test(takes_63_hashes_and_not_64),
        cmocka_unit_test(reads_a_size_only_as_a_witness_must_write_it),
    };

    return run_with_core(tests);
}
