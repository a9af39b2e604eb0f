/*
 * daybook-verify bundle over a small bundle that this test makes itself, whole and changed.
 */
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
#include "base/file.h"
#include "core/canonical.h"
#include "core/keyring.h"
#include "core/leaf.h"
#include "core/proof.h"
#include "core/series.h"
#include "core/tree.h"
#include "verify/bundle.h"

#define ORIGIN "daybook.example/test"
#define SIZE 16
#define TENANT 7
#define OCTOBER_US INT64_C(1790812800000000) /* 2026-10-01T00:00:00Z */
#define NOVEMBER_US INT64_C(1793491200000000)

/* log, 3 keys, plan, contract, usage × 4 (last one of November), period, document, transfer;
 * three entries that nobody asked for follow. */
enum { AT_PLAN = 4, AT_CONTRACT, AT_USAGE, AT_PERIOD = 10, AT_DOCUMENT, AT_TRANSFER, COUNT };

struct fixture {
    char path[64];
    struct secret_key *root, *log, *writer;
    struct verify_keys keys;
    struct leaf leaves[SIZE];
    struct tree_memory tree;
    struct text descriptor;
    struct digest document_hash;
    json_t *bundle;
};

static struct secret_key *key_of(const char *name, unsigned char fill)
{
    unsigned char seed[32];
    struct secret_key *key;
    struct error err;
    memset(seed, fill, sizeof seed);
    assert_true(key_from_seed(name, seed, &key, &err));
    return key;
}

static json_t *hex_json(const void *bytes, size_t size)
{
    char hex[2 * SERIES_DESCRIPTOR_SIZE_MAX + 1];
    hex_encode(bytes, size, hex);
    return json_string(hex);
}

static void add_entry(struct fixture *fixture, uint64_t index, struct entry entry)
{
    unsigned char tenant_key[32] = {5}, body[BODY_SIZE_MAX];
    struct leaf *leaf = &fixture->leaves[index];
    entry.ledger = ledger_id_of_origin(ORIGIN);
    leaf_sign(entry_kind_is_public(entry.kind) ? fixture->root : fixture->writer, tenant_key,
              &entry, leaf);
    if (index >= COUNT)
        return;
    struct salt salt = leaf_salt(tenant_key, &entry);
    size_t size = body_encode(&entry, body);
    json_array_append_new(json_object_get(fixture->bundle, "entries"),
                          json_pack("{s:I,s:o,s:o,s:o,s:o}", "index", (json_int_t)index, "body",
                                    hex_json(body, size), "salt", hex_json(salt.bytes, 32),
                                    "signature", hex_json(leaf->signature.bytes, SIGNATURE_SIZE),
                                    "writer", hex_json(leaf->writer.bytes, DIGEST_SIZE)));
}

static struct digest add_control(struct fixture *fixture, uint64_t index, enum entry_kind kind,
                                 uint64_t tenant, uint64_t seq, json_t *content)
{
    struct entry entry = {.kind = kind,
                          .tenant = tenant,
                          .stream = tenant == 0 ? STREAM_CONTROL : STREAM_MONEY,
                          .stream_seq = seq};
    struct text bytes CLEANUP(text_release);
    struct error err;
    text_init(&bytes);
    assert_true(canonical_write(content, &bytes, &err));
    entry.control.version = 1;
    entry.control.content = digest_of(bytes.data, bytes.size);
    add_entry(fixture, index, entry);
    json_array_append_new(
        json_object_get(fixture->bundle, "contents"),
        json_pack("{s:I,s:s}", "index", (json_int_t)index, "content", bytes.data));
    if (kind == ENTRY_DOCUMENT)
        json_object_set_new(fixture->bundle, "document", json_string(bytes.data));
    json_decref(content);
    return entry.control.content;
}

static struct digest add_usage(struct fixture *fixture, uint64_t index, uint64_t seq,
                               int64_t from_us)
{
    struct entry entry = {
        .kind = ENTRY_USAGE, .tenant = TENANT, .stream = STREAM_USAGE, .stream_seq = seq};
    entry.usage.series = digest_of(fixture->descriptor.data, fixture->descriptor.size);
    entry.usage.from_us = from_us;
    entry.usage.length_seconds = 3600;
    entry.usage.quantity = 10;
    entry.usage.contributions = 1;
    add_entry(fixture, index, entry);
    return leaf_hash(&fixture->leaves[index]);
}

static json_t *set_json(uint64_t count, const void *hashes)
{
    char hex[DIGEST_HEX_SIZE];
    struct digest hash = digest_of(hashes, (size_t)count * DIGEST_SIZE);
    return json_pack("{s:I,s:s}", "count", (json_int_t)count, "hash", digest_hex(&hash, hex));
}

static json_t *range_json(int to)
{
    return json_pack("{s:i,s:i,s:i}", "from_seq", 0, "to_seq", to, "next", to);
}

static json_t *document_json(struct fixture *fixture, const struct digest *forward)
{
    struct ledger_id ledger = ledger_id_of_origin(ORIGIN);
    struct digest series = digest_of(fixture->descriptor.data, fixture->descriptor.size);
    json_t *name = hex_json(series.bytes, DIGEST_SIZE);
    json_t *usage = json_pack("[{s:s,s:O,s:s,s:i}]", "period", "2026-10", "series", name,
                              "quantity", "30", "entries", 3);
    json_t *descriptors = json_pack("[{s:o,s:o}]", "series", name, "descriptor",
                                    hex_json(fixture->descriptor.data, fixture->descriptor.size));
    return json_pack(
        "{s:o,s:{s:s},s:{s:i},s:[{s:i}],s:{s:s,s:s,s:s,s:i},s:{s:o,s:o},s:s,s:o,s:o,s:o,s:o}",
        "ledger_id", hex_json(ledger.bytes, sizeof ledger.bytes), "tenant", "number", "7",
        "contract", "index", AT_CONTRACT, "plans", "index", AT_PLAN, "period", "label", "2026-10",
        "from", "2026-10-01T00:00:00Z", "to", "2026-11-01T00:00:00Z", "index", AT_PERIOD, "entries",
        "usage", range_json(4), "money", range_json(2), "total", "12.34", "usage", usage, "series",
        descriptors, "carried", set_json(0, ""), "forward", set_json(1, forward));
}

static void add_transfer(struct fixture *fixture, const struct digest *document)
{
    struct entry entry = {
        .kind = ENTRY_TRANSFER, .tenant = TENANT, .stream = STREAM_MONEY, .stream_seq = 3};
    entry.transfer = (struct transfer_body){.debit = digest_subject("account", "a"),
                                            .credit = digest_subject("account", "b"),
                                            .amount = 1234,
                                            .currency = "EUR",
                                            .exponent = 2,
                                            .code = 1,
                                            .document = *document};
    add_entry(fixture, AT_TRANSFER, entry);
}

static void add_keys(struct fixture *fixture)
{
    static const unsigned roles[] = {ROLE_INGEST, ROLE_CONTROL, ROLE_INVOICES};
    add_control(fixture, 0, ENTRY_LOG, 0, 0,
                keyring_log_content(ORIGIN, &fixture->keys.log, &fixture->keys.root));
    for (uint64_t i = 0; i < COUNT_OF(roles); i++)
        add_control(fixture, i + 1, ENTRY_KEY, 0, i + 1,
                    keyring_grant_content(key_public(fixture->writer), roles[i], true));
}

static void add_entries(struct fixture *fixture)
{
    struct digest last = {{0}};
    add_keys(fixture);
    add_control(fixture, AT_PLAN, ENTRY_PLAN, 0, 4, json_pack("{s:s}", "plan", "p"));
    add_control(fixture, AT_CONTRACT, ENTRY_CONTRACT, TENANT, 0, json_pack("{s:s}", "id", "c"));
    for (uint64_t i = 0; i < 4; i++)
        last = add_usage(fixture, AT_USAGE + i, i,
                         i < 3 ? OCTOBER_US + (int64_t)i * INT64_C(3600000000) : NOVEMBER_US);
    add_control(fixture, AT_PERIOD, ENTRY_PERIOD, TENANT, 1, json_pack("{s:s}", "period", "x"));
    fixture->document_hash =
        add_control(fixture, AT_DOCUMENT, ENTRY_DOCUMENT, TENANT, 2, document_json(fixture, &last));
    add_transfer(fixture, &fixture->document_hash);
    for (uint64_t i = COUNT; i < SIZE; i++)
        add_usage(fixture, i, i, NOVEMBER_US);
}

/* The checkpoint and the proof over what the bundle holds. */
static void seal(struct fixture *fixture)
{
    struct checkpoint checkpoint = {.origin = ORIGIN, .size = SIZE};
    struct text note CLEANUP(text_release);
    struct arena arena CLEANUP(arena_release);
    struct digest *hashes;
    uint64_t indexes[COUNT];
    size_t count;
    struct error err;
    text_init(&note);
    arena_init(&arena);
    for (uint64_t i = 0; i < SIZE; i++) {
        struct digest hash = leaf_hash(&fixture->leaves[i]);
        tree_memory_append(&fixture->tree, &hash);
        if (i < COUNT)
            indexes[i] = i;
    }
    checkpoint.root = tree_memory_root(&fixture->tree, SIZE);
    checkpoint_sign(&checkpoint, fixture->log, &note);
    json_object_set_new(fixture->bundle, "checkpoint", json_string(note.data));
    assert_true(proof_make_many(indexes, COUNT, SIZE, tree_memory_read, &fixture->tree, &arena,
                                &hashes, &count, &err));
    for (size_t i = 0; i < count; i++) {
        char text[BASE64_SIZE(DIGEST_SIZE)];
        json_array_append_new(
            json_object_get(fixture->bundle, "proof"),
            json_string(base64_encode(hashes[i].bytes, DIGEST_SIZE, text, sizeof text)));
    }
}

static int set_up(void **state)
{
    struct fixture *fixture = memory_alloc(sizeof *fixture);
    struct series series = {
        .meter = slice_of("gpu_time"), .unit = slice_of("s"), .aggregation = AGGREGATION_SUM};
    struct error err;
    core_init();
    snprintf(fixture->path, sizeof fixture->path, "/tmp/daybook-bundle-XXXXXX");
    int file = mkstemp(fixture->path);
    assert_true(file >= 0);
    close(file);
    fixture->root = key_of(ORIGIN "/root", 1);
    fixture->log = key_of(ORIGIN, 2);
    fixture->writer = key_of(ORIGIN "/writer", 3);
    fixture->keys.log = *key_public(fixture->log);
    fixture->keys.root = *key_public(fixture->root);
    tree_memory_init(&fixture->tree);
    text_init(&fixture->descriptor);
    assert_true(series_encode(&series, &fixture->descriptor, &err));
    fixture->bundle = json_pack("{s:i,s:s,s:i,s:i,s:[],s:[],s:[],s:[{s:o}]}", "daybook_bundle", 1,
                                "origin", ORIGIN, "size", SIZE, "document_index", AT_DOCUMENT,
                                "entries", "contents", "proof", "series", "descriptor",
                                hex_json(fixture->descriptor.data, fixture->descriptor.size));
    add_entries(fixture);
    seal(fixture);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    unlink(fixture->path);
    key_release(fixture->root);
    key_release(fixture->log);
    key_release(fixture->writer);
    tree_memory_release(&fixture->tree);
    text_release(&fixture->descriptor);
    json_decref(fixture->bundle);
    free(fixture);
    return 0;
}

/* The findings' words, in the table's order, separated by spaces. */
static void expect_findings(const struct fixture *fixture, const char *expected)
{
    struct verify_bundle_report report;
    struct findings findings;
    struct error err = {0};
    struct text words CLEANUP(text_release);
    struct text bytes CLEANUP(text_release);
    text_init(&words);
    text_init(&bytes);
    findings_init(&findings);
    assert_true(canonical_write(fixture->bundle, &bytes, &err));
    assert_true(file_write_atomic(fixture->path, 0600, bytes.data, bytes.size, &err));
    assert_true(verify_bundle(fixture->path, &fixture->keys, &report, &findings, &err));
    for (enum finding f = 0; f < FINDING_COUNT; f++) {
        if (findings.counts[f] > 0)
            text_printf(&words, "%s%s", words.size > 0 ? " " : "", finding_word(f));
    }
    assert_string_equal(words.data, expected);
    findings_release(&findings);
}

static void verifies_an_intact_bundle(void **state)
{
    expect_findings(*state, "");
}

/* Changes a digit of a text member of a list's item. */
static void flip(const struct fixture *fixture, const char *list, size_t item, const char *member,
                 size_t at)
{
    json_t *object = json_array_get(json_object_get(fixture->bundle, list), item);
    char *text = strdup(json_string_value(json_object_get(object, member)));
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
        {"entries", AT_USAGE, "salt", 3, "proof_invalid entry_signature"},
        {"entries", AT_CONTRACT, "signature", 9, "proof_invalid entry_signature"},
        {"entries", AT_CONTRACT, "writer", 0, "proof_invalid entry_writer"},
        {"contents", AT_CONTRACT, "content", 7, "content_mismatch"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fixture *fixture = *state;
        json_t *whole = json_deep_copy(fixture->bundle);
        flip(fixture, rows[i].list, rows[i].item, rows[i].member, rows[i].at);
        print_message("# %s %zu %s\n", rows[i].list, rows[i].item, rows[i].member);
        expect_findings(fixture, rows[i].findings);
        json_decref(fixture->bundle);
        fixture->bundle = whole;
    }
}

static void finds_an_entry_that_was_left_out(void **state)
{
    struct fixture *fixture = *state;
    json_array_remove(json_object_get(fixture->bundle, "entries"), AT_USAGE + 1);
    expect_findings(fixture, "proof_invalid stream_gap bundle_usage");
}

static void finds_another_document(void **state)
{
    struct fixture *fixture = *state;
    char *text = strdup(json_string_value(json_object_get(fixture->bundle, "document")));
    char *quantity = strstr(text, "\"30\"");
    assert_non_null(quantity);
    quantity[1] = '4';
    json_object_set_new(fixture->bundle, "document", json_string(text));
    free(text);
    expect_findings(fixture, "bundle_usage bundle_document");
}

static void refuses_other_pinned_keys(void **state)
{
    struct fixture *fixture = *state;
    struct secret_key *other = key_of(ORIGIN, 9);
    fixture->keys.log = *key_public(other);
    expect_findings(fixture, "checkpoint_signature key_chain");
    key_release(other);
}

static void refuses_what_is_no_bundle(void **state)
{
    struct fixture *fixture = *state;
    json_object_clear(fixture->bundle);
    expect_findings(fixture, "bundle_malformed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(verifies_an_intact_bundle, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_every_flipped_member_and_nothing_else, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(finds_an_entry_that_was_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finds_another_document, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_other_pinned_keys, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_what_is_no_bundle, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
