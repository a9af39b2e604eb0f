/*
 * The files of a log as an outsider reads them (core/tile, verify/log, verify/key_entries).
 *
 * An input is a path of a tile, or: file u8, then that file's bytes in a small log that is whole
 * otherwise. Without a finding they are the honest file's; of the checkpoint, which may have lines
 * of strangers, the size and root are.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "core/canonical.h"
#include "core/keyring.h"
#include "core/leaf.h"
#include "core/tile.h"
#include "core/tree.h"
#include "fuzz/fuzz.h"
#include "verify/log.h"
#include "verify/signatures.h"

#define ORIGIN "daybook.example/log"
#define LEAVES 4
#define PATH_SIZE 128

const char *const fuzz_words[] = {"tile/",    "tile/entries/", "x001/", ".p/",    "000",  "256",
                                  "\x00\x80", "body",          "grant", "ingest", "\n\n", NULL};

static const char *const files[] = {"tile/entries/000.p/4", "tile/0/000.p/4", "keys/0.json",
                                    "keys/1.json", "checkpoint"};

static struct {
    char folder[32];
    struct secret_key *root, *log, *writer;
    struct verify_keys keys;
    struct text honest[COUNT_OF(files)];
    struct checkpoint checkpoint;
} own;

/* --------------------------------------------------------------------------------------- the log
 */

/* Not flushed: nothing here must outlive the run. */
static void write_file(const char *name, const void *bytes, size_t size)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", own.folder, name);
    FILE *file = fopen(path, "wb");
    bool is_written = file != NULL && fwrite(bytes, 1, size, file) == size;
    bool is_closed = file != NULL && fclose(file) == 0;
    assert(is_written && is_closed);
}

static struct leaf sign(const struct entry *entry, const struct secret_key *key)
{
    const unsigned char tenant_key[32] = {0};
    struct leaf leaf;
    leaf_sign(key, tenant_key, entry, &leaf);
    return leaf;
}

/* The entry's file goes to `out`. */
static struct leaf key_entry(uint64_t index, enum entry_kind kind, json_t *content,
                             struct text *out)
{
    struct entry entry = {.kind = kind, .stream = STREAM_CONTROL, .stream_seq = index};
    unsigned char body[BODY_SIZE_MAX];
    char hex[2 * BODY_SIZE_MAX + 1];
    struct error err;
    entry.ledger = ledger_id_of_origin(ORIGIN);
    entry.control.subject = digest_subject("key", "x");
    entry.control.version = 1;
    fuzz_must(canonical_digest(content, &entry.control.content, &err), &err);
    hex_encode(body, body_encode(&entry, body), hex);
    json_t *file = json_pack("{s:I,s:s,s:s,s:o}", "index", (json_int_t)index, "kind",
                             entry_kind_word(kind), "body", hex, "content", content);
    fuzz_must(canonical_write(file, out, &err), &err);
    json_decref(file);
    return sign(&entry, own.root);
}

static void make_files(void)
{
    struct leaf leaves[LEAVES];
    struct tree tree;
    leaves[0] =
        key_entry(0, ENTRY_LOG, keyring_log_content(ORIGIN, &own.keys.log, &own.keys.root, NULL),
                  &own.honest[2]);
    leaves[1] =
        key_entry(1, ENTRY_KEY, keyring_grant_content(key_public(own.writer), ROLE_INGEST, true),
                  &own.honest[3]);
    tree_init(&tree);
    for (uint64_t i = 0; i < LEAVES; i++) {
        struct entry entry = {.kind = ENTRY_USAGE, .tenant = 7, .stream_seq = i};
        unsigned char record[2 + LEAF_SIZE];
        entry.usage.length_seconds = 3600;
        if (i > 1)
            leaves[i] = sign(&entry, own.writer);
        bytes_put_u16(record, LEAF_SIZE);
        leaf_encode(&leaves[i], record + 2);
        text_append_n(&own.honest[0], record, sizeof record);
        struct digest hash = leaf_hash(&leaves[i]);
        text_append_n(&own.honest[1], hash.bytes, DIGEST_SIZE);
        tree_append(&tree, &hash);
    }
    own.checkpoint =
        (struct checkpoint){.origin = ORIGIN, .size = LEAVES, .root = tree_root(&tree)};
    checkpoint_sign(&own.checkpoint, own.log, &own.honest[4]);
}

static void remove_folder(void)
{
    char command[PATH_SIZE];
    snprintf(command, sizeof command, "rm -rf '%s'", own.folder);
    if (system(command) != 0)
        fprintf(stderr, "cannot remove '%s'\n", own.folder);
}

static void set_up(void)
{
    static const char *const folders[] = {"tile/entries/000.p", "tile/0/000.p", "keys"};
    char path[PATH_SIZE];
    struct error err;
    if (own.root != NULL)
        return;
    own.root = fuzz_key(ORIGIN "/root", 1);
    own.log = fuzz_key(ORIGIN, 2);
    own.writer = fuzz_key(ORIGIN "/ingest", 3);
    own.keys = (struct verify_keys){.log = *key_public(own.log), .root = *key_public(own.root)};
    snprintf(own.folder, sizeof own.folder, "%s/daybook-fuzz-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    assert(mkdtemp(own.folder) != NULL);
    atexit(remove_folder);
    for (size_t i = 0; i < COUNT_OF(folders); i++) {
        snprintf(path, sizeof path, "%s/%s", own.folder, folders[i]);
        fuzz_must(file_make_folders(path, 0700, &err), &err);
    }
    make_files();
    for (size_t i = 0; i < COUNT_OF(files); i++)
        write_file(files[i], own.honest[i].data, own.honest[i].size);
}

/* ---------------------------------------------------------------------------------------- inputs
 */

void fuzz_seeds(struct fuzz_corpus *corpus)
{
    static const char *const paths[] = {"tile/0/000", "tile/1/x001/234.p/5", "tile/entries/017",
                                        "tile/63/x018/x446/x744/x073/x709/551"};
    set_up();
    for (size_t i = 0; i < COUNT_OF(paths); i++)
        fuzz_add_text(corpus, paths[i]);
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        struct text bytes CLEANUP(text_release);
        text_init(&bytes);
        text_append_char(&bytes, (char)i);
        text_append_n(&bytes, own.honest[i].data, own.honest[i].size);
        fuzz_add(corpus, bytes.data, bytes.size);
    }
}

static bool check_path(const uint8_t *data, size_t size)
{
    char text[TILE_PATH_SIZE], again[TILE_PATH_SIZE];
    struct tile tile;
    if (size >= sizeof text || memchr(data, '\0', size) != NULL)
        return false;
    memcpy(text, data, size);
    text[size] = '\0';
    if (!tile_of_path(text, &tile))
        return false;
    assert(tile.width >= 1 && tile.width <= TILE_WIDTH);
    assert(strcmp(tile_path(&tile, again), text) == 0);
    return true;
}

static bool check_file(size_t file, const uint8_t *bytes, size_t size)
{
    struct verify_log_report report;
    struct findings findings;
    struct error err;
    findings_init(&findings);
    write_file(files[file], size > 0 ? bytes : (const uint8_t *)"", size);
    bool is_good = verify_log(own.folder, &own.keys, NULL, VERIFY_ALL, &report, &findings, &err) &&
                   findings.total == 0;
    bool is_honest = size == own.honest[file].size &&
                     memcmp(bytes, own.honest[file].data, own.honest[file].size) == 0;
    if (is_good && strcmp(files[file], "checkpoint") == 0)
        assert(report.checkpoint.size == LEAVES &&
               digest_equals(&report.checkpoint.root, &own.checkpoint.root));
    else
        assert(is_good == is_honest);
    findings_release(&findings);
    write_file(files[file], own.honest[file].data, own.honest[file].size);
    return is_good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    core_init();
    set_up();
    bool is_path = check_path(data, size);
    bool is_file = size > 0 && check_file(data[0] % COUNT_OF(files), data + 1, size - 1);
    if (is_path || is_file)
        fuzz_accept();
    return 0;
}
