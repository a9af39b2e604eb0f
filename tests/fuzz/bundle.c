/*
 * Proof bundles (verify/bundle): the honest sample bundle, changed.
 *
 * A bundle without a finding says what the honest one says: the same checkpoint, the same document
 * at the same index, and every member of the honest bundle as it was.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/canonical.h"
#include "fuzz/fuzz.h"
#include "harness/sample_bundle.h"
#include "verify/bundle.h"

const char *const fuzz_words[] = {"\"entries\"",
                                  "\"contents\"",
                                  "\"proof\"",
                                  "\"cut_proof\"",
                                  "\"document\"",
                                  "\"series\"",
                                  "\"index\"",
                                  "\"body\"",
                                  "null",
                                  "[]",
                                  "{}",
                                  "-1",
                                  "0",
                                  "1e9",
                                  "\\u0000",
                                  "\"\"",
                                  ",",
                                  "]",
                                  "}",
                                  "\\\"",
                                  "9007199254740993",
                                  NULL};

static struct {
    struct bundle_sample sample;
    struct verify_keys keys;
    struct verify_bundle_report report; /* of the honest one */
    struct text bytes;
} own;

static void set_up(void)
{
    struct findings findings;
    struct error err;
    if (own.sample.bundle != NULL)
        return;
    bundle_sample_init(&own.sample);
    own.keys = (struct verify_keys){.log = own.sample.log_key, .root = own.sample.root_key};
    text_init(&own.bytes);
    fuzz_must(canonical_write(own.sample.bundle, &own.bytes, &err), &err);
    findings_init(&findings);
    verify_bundle_text(own.bytes.data, own.bytes.size, &own.keys, &own.report, &findings);
    assert(findings.total == 0);
    findings_release(&findings);
}

void fuzz_seeds(struct fuzz_corpus *corpus)
{
    char *lines;
    set_up();
    fuzz_add(corpus, own.bytes.data, own.bytes.size);
    lines = json_dumps(own.sample.bundle, JSON_INDENT(1));
    fuzz_add_text(corpus, lines);
    free(lines);
}

static void check_same(const char *bytes, size_t size, const struct verify_bundle_report *report)
{
    CLEANUP(json_release) json_t *json = NULL;
    const char *name;
    json_t *value;
    struct error err;
    assert(report->checkpoint.size == own.report.checkpoint.size);
    assert(digest_equals(&report->checkpoint.root, &own.report.checkpoint.root));
    assert(report->document_index == own.report.document_index);
    assert(digest_equals(&report->document, &own.report.document));
    fuzz_must(canonical_parse(bytes, size, "bundle", &json, &err), &err);
    json_object_foreach (own.sample.bundle, name, value) {
        if (json_equal(json_object_get(json, name), value))
            continue;
        fprintf(stderr, "member %s differs\n", name);
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct verify_bundle_report report;
    struct findings findings CLEANUP(findings_release);
    struct text lines CLEANUP(text_release);
    const char *bytes = (const char *)data;
    set_up();
    text_init(&lines);
    findings_init(&findings);
    verify_bundle_text(bytes, size, &own.keys, &report, &findings);
    findings_format(&findings, &lines);
    assert((findings.total == 0) == (lines.size == 0));
    if (findings.total > 0)
        return 0;
    check_same(bytes, size, &report);
    fuzz_accept();
    return 0;
}
