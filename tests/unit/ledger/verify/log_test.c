/*
 * daybook-verify log over a small log that this test writes itself, whole and broken.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "core/canonical.h"
#include "core/keyring.h"
#include "core/leaf.h"
#include "core/tile.h"
#include "core/tree.h"
#include "verify/log.h"
#include "verify/signatures.h"

#define ORIGIN "daybook.example/test"
#define SIZE 600 /* two full tiles, a partial one, and a second level */

struct fixture {
    char folder[64];
    struct secret_key *root, *log, *writer;
    struct verify_keys keys;
    struct leaf leaves[SIZE];
    struct tree_memory tree;
    uint64_t size;
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

static void write_file(const struct fixture *fixture, const char *path, const void *bytes,
                       size_t size)
{
    char full[256], folder[256];
    struct error err;
    snprintf(full, sizeof full, "%s/%s", fixture->folder, path);
    snprintf(folder, sizeof folder, "%s", full);
    *strrchr(folder, '/') = '\0';
    assert_true(file_make_folders(folder, 0700, &err));
    assert_true(file_write_atomic(full, 0600, bytes, size, &err));
}

static void sign_entry(struct fixture *fixture, uint64_t index, const struct entry *entry,
                       const struct secret_key *key)
{
    unsigned char tenant_key[32] = {0};
    leaf_sign(key, tenant_key, entry, &fixture->leaves[index]);
}

/* A key or log entry, and its file under keys/. */
static void write_key_entry(struct fixture *fixture, uint64_t index, enum entry_kind kind,
                            json_t *content)
{
    struct entry entry = {.kind = kind, .stream = STREAM_CONTROL, .stream_seq = index};
    unsigned char body[BODY_SIZE_MAX];
    char hex[2 * BODY_SIZE_MAX + 1], path[64];
    struct error err;
    entry.ledger = ledger_id_of_origin(ORIGIN);
    entry.control.subject = digest_subject("key", "x");
    entry.control.version = 1;
    assert_true(canonical_digest(content, &entry.control.content, &err));
    hex_encode(body, body_encode(&entry, body), hex);
    json_t *file = json_pack("{s:I,s:s,s:s,s:o}", "index", (json_int_t)index, "kind",
                             entry_kind_word(kind), "body", hex, "content", content);
    struct text text CLEANUP(text_release);
    text_init(&text);
    assert_true(canonical_write(file, &text, &err));
    snprintf(path, sizeof path, "keys/%" PRIu64 ".json", index);
    write_file(fixture, path, text.data, text.size);
    json_decref(file);
    sign_entry(fixture, index, &entry, fixture->root);
}

static void write_leaves(struct fixture *fixture)
{
    for (uint64_t i = 2; i < fixture->size; i++) {
        struct entry entry = {
            .kind = ENTRY_USAGE, .tenant = 7, .stream = STREAM_USAGE, .stream_seq = i - 2};
        entry.usage.series = digest_of("s", 1);
        entry.usage.length_seconds = 3600;
        entry.usage.quantity = (int128)i;
        sign_entry(fixture, i, &entry, fixture->writer);
    }
    for (uint64_t i = 0; i < fixture->size; i++) {
        struct digest hash = leaf_hash(&fixture->leaves[i]);
        tree_memory_append(&fixture->tree, &hash);
    }
}

static bool write_tile(void *context, const struct tile *tile, struct error *err)
{
    struct fixture *fixture = context;
    unsigned char bytes[TILE_WIDTH * (2 + LEAF_SIZE)];
    char path[TILE_PATH_SIZE];
    size_t size = 0;
    for (unsigned i = 0; i < tile->width; i++) {
        uint64_t number = tile->number * TILE_WIDTH + i;
        if (tile->level == TILE_ENTRIES) {
            bytes_put_u16(bytes + size, LEAF_SIZE);
            leaf_encode(&fixture->leaves[number], bytes + size + 2);
            size += 2 + LEAF_SIZE;
        } else {
            struct digest hash;
            if (!tree_memory_read(&fixture->tree, (unsigned)tile->level * TILE_HEIGHT, number,
                                  &hash, err))
                return false;
            memcpy(bytes + size, hash.bytes, DIGEST_SIZE);
            size += DIGEST_SIZE;
        }
    }
    write_file(fixture, tile_path(tile, path), bytes, size);
    return true;
}

static void write_checkpoint(struct fixture *fixture, const struct secret_key *key)
{
    struct checkpoint checkpoint = {.origin = ORIGIN, .size = fixture->size};
    struct text note CLEANUP(text_release);
    text_init(&note);
    checkpoint.root = tree_memory_root(&fixture->tree, fixture->size);
    checkpoint_sign(&checkpoint, key, &note);
    write_file(fixture, "checkpoint", note.data, note.size);
}

static int set_up_size(void **state, uint64_t size)
{
    struct fixture *fixture = memory_alloc(sizeof *fixture);
    fixture->size = size;
    struct error err;
    core_init();
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/daybook-verify-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    fixture->root = key_of(ORIGIN "/root", 1);
    fixture->log = key_of(ORIGIN, 2);
    fixture->writer = key_of(ORIGIN "/ingest", 3);
    fixture->keys.log = *key_public(fixture->log);
    fixture->keys.root = *key_public(fixture->root);
    tree_memory_init(&fixture->tree);
    write_key_entry(fixture, 0, ENTRY_LOG,
                    keyring_log_content(ORIGIN, &fixture->keys.log, &fixture->keys.root, NULL));
    write_key_entry(fixture, 1, ENTRY_KEY,
                    keyring_grant_content(key_public(fixture->writer), ROLE_INGEST, true));
    write_leaves(fixture);
    assert_true(tile_each_new(0, fixture->size, write_tile, fixture, &err));
    write_checkpoint(fixture, fixture->log);
    *state = fixture;
    return 0;
}

static int set_up(void **state)
{
    return set_up_size(state, SIZE);
}

static int set_up_small(void **state)
{
    return set_up_size(state, 4);
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", fixture->folder);
    int status = system(command);
    key_release(fixture->root);
    key_release(fixture->log);
    key_release(fixture->writer);
    tree_memory_release(&fixture->tree);
    free(fixture);
    return status;
}

#define verify(fixture, seen, report, findings, err)                                               \
    verify_log((fixture)->folder, &(fixture)->keys, seen, VERIFY_ALL, report, findings, err)

/* The findings' words, in the table's order, separated by spaces. */
static void expect_findings(const struct fixture *fixture, const char *expected)
{
    struct verify_log_report report;
    struct findings findings;
    struct error err = {0};
    struct text words CLEANUP(text_release);
    text_init(&words);
    findings_init(&findings);
    assert_true(verify(fixture, NULL, &report, &findings, &err));
    for (enum finding f = 0; f < FINDING_COUNT; f++) {
        if (findings.counts[f] > 0)
            text_printf(&words, "%s%s", words.size > 0 ? " " : "", finding_word(f));
    }
    assert_string_equal(words.data, expected);
    findings_release(&findings);
}

/* Flips one bit of a file. */
static void flip(const struct fixture *fixture, const char *path, size_t at)
{
    char full[256];
    struct error err;
    struct text bytes CLEANUP(text_release);
    text_init(&bytes);
    snprintf(full, sizeof full, "%s/%s", fixture->folder, path);
    assert_true(file_read(full, 1 << 20, &bytes, &err));
    assert_true(at < bytes.size);
    bytes.data[at] = (char)(bytes.data[at] ^ 1);
    assert_true(file_write_atomic(full, 0600, bytes.data, bytes.size, &err));
}

static void remove_file(const struct fixture *fixture, const char *path)
{
    char full[256];
    snprintf(full, sizeof full, "%s/%s", fixture->folder, path);
    assert_int_equal(unlink(full), 0);
}

static void verifies_an_intact_log(void **state)
{
    expect_findings(*state, "");
}

/* What is flipped, where, and everything that must be found, nothing else. */
static void names_every_flipped_file_and_nothing_else(void **state)
{
    static const struct {
        const char *path;
        size_t at;
        const char *findings;
    } rows[] = {
        {"tile/0/001", 77, "tile_mismatch"}, /* a full tile: what weak verifiers miss */
        {"tile/0/002.p/88", 5, "tile_mismatch"},
        {"tile/1/000.p/2", 33, "tile_mismatch"},
        {"tile/entries/001", 2 + 3, "checkpoint_root tile_mismatch entry_signature"},
        {"tile/entries/002.p/88", 2 + 40, "checkpoint_root tile_mismatch entry_signature"},
        {"tile/entries/000", 130 * 9 + 2 + 100, "checkpoint_root tile_mismatch entry_writer"},
        {"tile/entries/000", 0, "leaves_malformed"},
        {"keys/1.json", 20, "key_body_mismatch entry_writer"},
        {"keys/0.json", 400, "key_body_mismatch key_refused entry_writer"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        flip(*state, rows[i].path, rows[i].at);
        print_message("# %s byte %zu\n", rows[i].path, rows[i].at);
        expect_findings(*state, rows[i].findings);
        flip(*state, rows[i].path, rows[i].at);
    }
    expect_findings(*state, "");
}

static void names_missing_files(void **state)
{
    static const struct {
        const char *path;
        const char *findings;
    } rows[] = {
        {"tile/0/000", "tile_missing"},
        {"keys/1.json", "key_body_missing entry_writer"},
        {"tile/entries/001", "leaves_missing"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        remove_file(*state, rows[i].path);
        expect_findings(*state, rows[i].findings);
        struct error err;
        assert_true(tile_each_new(0, SIZE, write_tile, *state, &err));
        write_key_entry(*state, 1, ENTRY_KEY,
                        keyring_grant_content(key_public(((struct fixture *)*state)->writer),
                                              ROLE_INGEST, true));
    }
    expect_findings(*state, "");
}

static void refuses_a_checkpoint_that_another_key_signed(void **state)
{
    struct fixture *fixture = *state;
    struct secret_key *other = key_of(ORIGIN, 9);
    write_checkpoint(fixture, other);
    expect_findings(fixture, "checkpoint_signature");
    key_release(other);
}

static void refuses_a_log_under_another_root_key(void **state)
{
    struct fixture *fixture = *state;
    struct secret_key *other = key_of(ORIGIN "/root", 9);
    fixture->keys.root = *key_public(other);
    expect_findings(fixture, "key_chain entry_writer");
    key_release(other);
}

static void finds_an_entry_signed_before_its_key_was_granted(void **state)
{
    struct fixture *fixture = *state;
    struct error err;
    fixture->leaves[3] = fixture->leaves[5];
    struct secret_key *thief = key_of(ORIGIN "/ingest", 9);
    struct entry entry = {.kind = ENTRY_USAGE, .tenant = 7};
    entry.usage.length_seconds = 1;
    sign_entry(fixture, 4, &entry, thief);
    key_release(thief);
    tree_memory_release(&fixture->tree);
    tree_memory_init(&fixture->tree);
    for (uint64_t i = 0; i < fixture->size; i++) {
        struct digest hash = leaf_hash(&fixture->leaves[i]);
        tree_memory_append(&fixture->tree, &hash);
    }
    assert_true(tile_each_new(0, fixture->size, write_tile, fixture, &err));
    write_checkpoint(fixture, fixture->log); /* re-signed with the log key */
    expect_findings(fixture, "entry_writer");
}

static void cannot_check_a_folder_without_a_checkpoint(void **state)
{
    struct fixture *fixture = *state;
    struct verify_log_report report;
    struct findings findings;
    struct error err;
    findings_init(&findings);
    remove_file(fixture, "checkpoint");
    assert_false(verify(fixture, NULL, &report, &findings, &err));
    assert_non_null(strstr(err.message, "nothing to verify"));
    findings_release(&findings);
}

static bool verifies(const struct fixture *fixture)
{
    struct verify_log_report report;
    struct findings findings;
    struct error err;
    findings_init(&findings);
    bool good = verify(fixture, NULL, &report, &findings, &err) && findings.total == 0;
    findings_release(&findings);
    return good;
}

static void verifies_no_log_with_a_changed_byte_or_one_more_or_less(void **state)
{
    static const char *const paths[] = {"checkpoint", "keys/0.json", "keys/1.json",
                                        "tile/0/000.p/4", "tile/entries/000.p/4"};
    struct fixture *fixture = *state;
    for (size_t p = 0; p < COUNT_OF(paths); p++) {
        char full[256];
        struct error err;
        struct text bytes CLEANUP(text_release);
        text_init(&bytes);
        snprintf(full, sizeof full, "%s/%s", fixture->folder, paths[p]);
        assert_true(file_read(full, 1 << 20, &bytes, &err));
        for (size_t i = 0; i < bytes.size; i++) {
            flip(fixture, paths[p], i);
            if (verifies(fixture))
                fail_msg("'%s' verifies with another byte %zu", paths[p], i);
            flip(fixture, paths[p], i);
        }
        assert_int_equal(truncate(full, (off_t)bytes.size - 1), 0);
        assert_false(verifies(fixture));
        assert_int_equal(truncate(full, (off_t)bytes.size + 1), 0);
        assert_false(verifies(fixture));
        assert_true(file_write_atomic(full, 0600, bytes.data, bytes.size, &err));
        assert_true(verifies(fixture));
    }
}

static void expect_seen(const struct fixture *fixture, const struct verify_seen *seen,
                        enum finding finding, uint64_t count)
{
    struct verify_log_report report;
    struct findings findings;
    struct error err;
    findings_init(&findings);
    assert_true(verify(fixture, seen, &report, &findings, &err));
    assert_int_equal(findings.total, count);
    assert_int_equal(findings.counts[finding], count);
    findings_release(&findings);
}

/* A fork, a log that was set back, and a revocation that somebody kept back. */
static void finds_a_log_that_does_not_extend_what_was_seen(void **state)
{
    static const uint64_t keys[] = {0, 1};
    struct fixture *fixture = *state;
    struct verify_seen seen = {.size = 3, .has_keys = true, .key_count = 2, .key_indexes = keys};
    seen.root = tree_memory_root(&fixture->tree, 3);
    expect_seen(fixture, &seen, FINDING_CHECKPOINT_ROOT, 0);
    seen.key_count = 1;
    expect_seen(fixture, &seen, FINDING_KEY_BODY_MISSING, 1);
    seen.key_count = 2;
    seen.root.bytes[0] ^= 1;
    expect_seen(fixture, &seen, FINDING_CHECKPOINT_ROOT, 1);
    seen.size = 5;
    expect_seen(fixture, &seen, FINDING_CHECKPOINT_AHEAD, 1);
}

/* Whoever signs nothing may claim any size: it must not cost memory. */
static void refuses_an_enormous_size_that_nobody_signed(void **state)
{
    struct fixture *fixture = *state;
    struct secret_key *other = key_of(ORIGIN, 9);
    struct checkpoint checkpoint = {.origin = ORIGIN, .size = UINT64_C(1) << 32};
    struct text note CLEANUP(text_release);
    struct verify_log_report report;
    struct findings findings;
    struct error err;
    text_init(&note);
    findings_init(&findings);
    checkpoint_sign(&checkpoint, other, &note);
    write_file(fixture, "checkpoint", note.data, note.size);
    assert_true(verify(fixture, NULL, &report, &findings, &err));
    assert_true(findings.counts[FINDING_CHECKPOINT_SIGNATURE] == 1);
    findings_release(&findings);
    key_release(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(verifies_an_intact_log, set_up, tear_down),
        cmocka_unit_test_setup_teardown(names_every_flipped_file_and_nothing_else, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(names_missing_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_a_checkpoint_that_another_key_signed, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(refuses_a_log_under_another_root_key, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finds_an_entry_signed_before_its_key_was_granted, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(verifies_no_log_with_a_changed_byte_or_one_more_or_less,
                                        set_up_small, tear_down),
        cmocka_unit_test_setup_teardown(finds_a_log_that_does_not_extend_what_was_seen,
                                        set_up_small, tear_down),
        cmocka_unit_test_setup_teardown(refuses_an_enormous_size_that_nobody_signed, set_up_small,
                                        tear_down),
        cmocka_unit_test_setup_teardown(cannot_check_a_folder_without_a_checkpoint, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
