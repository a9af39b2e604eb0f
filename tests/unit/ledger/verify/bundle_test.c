/*
 * daybook-verify bundle over a small bundle, whole and changed.
 */
#include "harness/bundle_fixture.h"

static void verifies_an_intact_bundle(void **state)
{
    expect_findings(*state, "");
}

/* --------------------------------------------------------------------------- changed afterwards */

/* Changes a digit of a text member of a list's item. */
static void flip(const struct fixture *fixture, const char *list, size_t item, const char *member,
                 size_t at)
{
    json_t *object = json_array_get(json_object_get(fixture->sample.bundle, list), item);
    char *text = strdup(json_string_value(json_object_get(object, member)));
    assert_non_null(text);
    assert_true(at < strlen(text));
    text[at] = text[at] == '1' ? '2' : '1';
    json_object_set_new(object, member, json_string(text));
    free(text);
}

static void names_every_flipped_member_and_nothing_else(void **state)
{
    static const struct {
        const char *list;
        size_t item;
        const char *member;
        size_t at;
        const char *findings;
    } rows[] = {
        {"entries", AT_USAGE_1, "salt", 3, "proof_invalid entry_signature bundle_forward"},
        {"entries", AT_CONTRACT, "signature", 9, "proof_invalid entry_signature"},
        {"entries", AT_CONTRACT, "writer", 0, "proof_invalid entry_writer"},
        {"contents", AT_CONTRACT, "content", 7, "content_mismatch"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fixture *fixture = *state;
        json_t *whole = json_deep_copy(fixture->sample.bundle);
        flip(fixture, rows[i].list, rows[i].item, rows[i].member, rows[i].at);
        print_message("# %s %zu %s\n", rows[i].list, rows[i].item, rows[i].member);
        expect_findings(fixture, rows[i].findings);
        json_decref(fixture->sample.bundle);
        fixture->sample.bundle = whole;
    }
}

static void refuses_members_that_nobody_reads(void **state)
{
    struct fixture *fixture = *state;
    json_object_set_new(fixture->sample.bundle, "note", json_string("paid"));
    expect_findings(fixture, "bundle_malformed");
    bundle_sample_make(&fixture->sample, NULL);
    json_object_set_new(json_array_get(json_object_get(fixture->sample.bundle, "entries"), 2),
                        "note", json_string("paid"));
    expect_findings(fixture, "bundle_malformed");
}

static void finds_a_descriptor_that_nothing_needs(void **state)
{
    struct fixture *fixture = *state;
    json_t *series = json_object_get(fixture->sample.bundle, "series");
    json_array_append(series, json_array_get(series, 0));
    expect_findings(fixture, "series_mismatch");
}

/* Leaves out what the bundle's proof then no longer covers: the proof is made again. */
static void finds_an_entry_that_was_left_out(void **state)
{
    struct fixture *fixture = *state;
    json_array_remove(json_object_get(fixture->sample.bundle, "entries"), AT_USAGE_3 - 1);
    expect_findings(fixture, "proof_invalid stream_gap bundle_usage");
}

static void finds_another_document(void **state)
{
    struct fixture *fixture = *state;
    char *text = strdup(json_string_value(json_object_get(fixture->sample.bundle, "document")));
    assert_non_null(text);
    char *quantity = strstr(text, "\"20\"");
    assert_non_null(quantity);
    quantity[1] = '4';
    json_object_set_new(fixture->sample.bundle, "document", json_string(text));
    free(text);
    expect_findings(fixture, "bundle_usage bundle_document");
}

static struct secret_key *other_log_key(void)
{
    static const unsigned char seed[32] = {9};
    struct secret_key *key;
    struct error err;
    assert_true(key_from_seed(SAMPLE_ORIGIN, seed, &key, &err));
    return key;
}

static void refuses_other_pinned_keys(void **state)
{
    struct fixture *fixture = *state;
    struct secret_key *other = other_log_key();
    fixture->keys.log = *key_public(other);
    expect_findings(fixture, "checkpoint_signature key_chain");
    key_release(other);
}

static void refuses_what_is_no_bundle(void **state)
{
    struct fixture *fixture = *state;
    json_object_clear(fixture->sample.bundle);
    expect_findings(fixture, "bundle_malformed");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(verifies_an_intact_bundle),         TEST(names_every_flipped_member_and_nothing_else),
        TEST(refuses_members_that_nobody_reads), TEST(finds_a_descriptor_that_nothing_needs),
        TEST(finds_an_entry_that_was_left_out),  TEST(finds_another_document),
        TEST(refuses_other_pinned_keys),         TEST(refuses_what_is_no_bundle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
