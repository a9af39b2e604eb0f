/*
 * The fixture of the tests of `daybook-verify bundle`: the sample bundle, the file that it is
 * verified from, and what was found in it.
 */
#ifndef HARNESS_BUNDLE_FIXTURE_H
#define HARNESS_BUNDLE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "core/canonical.h"
#include "harness/sample_bundle.h"
#include "verify/bundle.h"

struct fixture {
    char path[64];
    struct bundle_sample sample;
    struct verify_keys keys;
};

static inline int set_up(void **state)
{
    struct fixture *fixture = memory_alloc(sizeof *fixture);
    snprintf(fixture->path, sizeof fixture->path, "/tmp/daybook-bundle-XXXXXX");
    int file = mkstemp(fixture->path);
    assert_true(file >= 0);
    close(file);
    bundle_sample_init(&fixture->sample);
    fixture->keys =
        (struct verify_keys){.log = fixture->sample.log_key, .root = fixture->sample.root_key};
    *state = fixture;
    return 0;
}

static inline int tear_down(void **state)
{
    struct fixture *fixture = *state;
    unlink(fixture->path);
    bundle_sample_release(&fixture->sample);
    free(fixture);
    return 0;
}

/* ---------------------------------------------------------------------------------- verifying */

static inline void write_file(const struct fixture *fixture, const char *bytes, size_t size)
{
    FILE *file = fopen(fixture->path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* The findings' words, in the table's order, separated by spaces. */
static inline bool words_are(const struct fixture *fixture, const char *expected)
{
    struct verify_bundle_report report;
    struct findings findings;
    struct error err = {0};
    struct text words CLEANUP(text_release);
    struct text lines CLEANUP(text_release);
    struct text bytes CLEANUP(text_release);
    text_init(&words);
    text_init(&lines);
    text_init(&bytes);
    assert_true(canonical_write(fixture->sample.bundle, &bytes, &err));
    write_file(fixture, bytes.data, bytes.size);
    findings_init(&findings);
    assert_true(verify_bundle(fixture->path, NULL, NULL, &fixture->keys, &report, &findings, &err));
    for (enum finding f = 0; f < FINDING_COUNT; f++)
        if (findings.counts[f] > 0)
            text_printf(&words, "%s%s", words.size > 0 ? " " : "", finding_word(f));
    bool same = strcmp(words.data, expected) == 0;
    findings_format(&findings, &lines);
    if (!same)
        print_message("# '%s' expected, found:\n%s", expected, lines.data);
    findings_release(&findings);
    return same;
}

static inline void expect_findings(const struct fixture *fixture, const char *expected)
{
    assert_true(words_are(fixture, expected));
}

#endif
