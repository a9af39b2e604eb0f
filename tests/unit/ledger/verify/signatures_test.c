#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "verify/signatures.h"

#define ENTRIES 100
#define ROOTS 2 /* the first ones are the root key's */

/* A log whose writer was granted just behind the root key's entries. */
struct fixture {
    struct secret_key *root, *writer, *stranger;
    struct key_grant grant;
    struct keyring ring;
    struct leaf leaves[ENTRIES];
};

static struct fixture fixture;

static struct secret_key *key_of(const char *name, unsigned char number)
{
    unsigned char seed[32];
    struct secret_key *key = NULL;
    struct error err;
    memset(seed, number, sizeof seed);
    assert_true(key_from_seed(name, seed, &key, &err));
    return key;
}

static void sign(uint64_t index, const struct secret_key *key)
{
    unsigned char tenant_key[32] = {0};
    struct entry entry = {.kind = ENTRY_USAGE,
                          .tenant = 1,
                          .stream_seq = index,
                          .usage = {.length_seconds = 3600, .contributions = 1}};
    leaf_sign(key, tenant_key, &entry, &fixture.leaves[index]);
}

static int set_up(void **state)
{
    (void)state;
    fixture.root = key_of("root", 1);
    fixture.writer = key_of("writer", 2);
    fixture.stranger = key_of("stranger", 3);
    fixture.grant = (struct key_grant){.key = *key_public(fixture.writer),
                                       .hash = key_hash(key_public(fixture.writer)->bytes),
                                       .roles = ROLE_INGEST,
                                       .granted_at = ROOTS - 1,
                                       .revoked_at = UINT64_MAX};
    fixture.ring = (struct keyring){
        .root_key = *key_public(fixture.root), .grants = &fixture.grant, .count = 1};
    for (uint64_t i = 0; i < ENTRIES; i++)
        sign(i, i < ROOTS ? fixture.root : fixture.writer);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    key_release(fixture.root);
    key_release(fixture.writer);
    key_release(fixture.stranger);
    return 0;
}

static struct verify_signatures_report verify(uint64_t count, uint64_t sample,
                                              struct findings *findings)
{
    struct verify_signatures_report report = {0};
    struct verify_sample chosen;
    uint64_t half = count / 2; /* in two parts, as they come */
    verify_sample_choose(&chosen, count, sample);
    verify_signatures(fixture.leaves, 0, half, &fixture.ring, &chosen, &report, findings);
    verify_signatures(fixture.leaves + half, half, count - half, &fixture.ring, &chosen, &report,
                      findings);
    verify_sample_release(&chosen);
    return report;
}

/* How many were found of each, and that nothing else was. */
static struct verify_signatures_report expect(uint64_t sample, uint64_t signatures,
                                              uint64_t writers)
{
    struct findings findings;
    findings_init(&findings);
    struct verify_signatures_report report = verify(ENTRIES, sample, &findings);
    assert_int_equal(findings.counts[FINDING_ENTRY_SIGNATURE], signatures);
    assert_int_equal(findings.counts[FINDING_ENTRY_WRITER], writers);
    assert_int_equal(findings.total, signatures + writers);
    assert_int_equal(report.valid + report.unchecked + findings.total, ENTRIES);
    findings_release(&findings);
    return report;
}

static void verifies_every_signature_without_a_sample(void **state)
{
    (void)state;
    assert_int_equal(expect(VERIFY_ALL, 0, 0).valid, ENTRIES);
    assert_int_equal(expect(ENTRIES, 0, 0).valid, ENTRIES);
    for (uint64_t i = 0; i < ENTRIES; i++)
        fixture.leaves[i].signature.bytes[0] ^= 1;
    (void)expect(VERIFY_ALL, ENTRIES, 0);
}

static void says_of_a_sample_how_many_it_left_out(void **state)
{
    (void)state;
    assert_int_equal(expect(0, 0, 0).unchecked, ENTRIES - ROOTS);
    for (uint64_t sample = 1; sample < ENTRIES; sample++) {
        uint64_t unchecked = expect(sample, 0, 0).unchecked;
        assert_in_range(unchecked + sample, ENTRIES - ROOTS, ENTRIES); /* the root's may be in it */
    }
}

static void finds_in_a_sample_as_many_as_it_takes(void **state)
{
    (void)state;
    for (uint64_t i = ROOTS; i < ENTRIES; i++)
        fixture.leaves[i].signature.bytes[0] ^= 1;
    struct findings findings;
    findings_init(&findings);
    struct verify_signatures_report report = verify(ENTRIES, 10, &findings);
    assert_in_range(findings.total, 10 - ROOTS, 10);
    assert_int_equal(report.valid, ROOTS);
    findings_release(&findings);
}

static void chooses_every_entry_some_time(void **state)
{
    (void)state;
    fixture.leaves[ENTRIES - 1].signature.bytes[0] ^= 1;
    uint64_t found = 0;
    for (int round = 0; round < 1000 && found == 0; round++) {
        struct findings findings;
        findings_init(&findings);
        (void)verify(ENTRIES, 5, &findings);
        found = findings.total;
        findings_release(&findings);
    }
    assert_int_equal(found, 1);
}

static void always_verifies_the_root_keys_signatures(void **state)
{
    (void)state;
    fixture.leaves[0].signature.bytes[0] ^= 1;
    (void)expect(0, 1, 0);
}

static void always_asks_whether_the_writer_was_granted(void **state)
{
    (void)state;
    sign(ENTRIES / 2, fixture.stranger);
    sign(ROOTS - 1, fixture.writer); /* at the index of its own grant */
    (void)expect(0, 0, 2);
}

static void takes_an_empty_log(void **state)
{
    (void)state;
    struct findings findings;
    findings_init(&findings);
    struct verify_signatures_report report = verify(0, 0, &findings);
    assert_int_equal(report.valid + report.unchecked + findings.total, 0);
    findings_release(&findings);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(verifies_every_signature_without_a_sample),
        TEST(says_of_a_sample_how_many_it_left_out),
        TEST(finds_in_a_sample_as_many_as_it_takes),
        TEST(chooses_every_entry_some_time),
        TEST(always_verifies_the_root_keys_signatures),
        TEST(always_asks_whether_the_writer_was_granted),
        TEST(takes_an_empty_log),
    };
    core_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
