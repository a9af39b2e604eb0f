#include "verify/predecessor.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "core/leaf.h"
#include "core/tile.h"
#include "verify/signatures.h"

#define PATH_SIZE 4096
#define RECORD_SIZE (2 + LEAF_SIZE) /* u16 length ‖ leaf */

/* ------------------------------------------------------------------------------------ the leaves
 */

/* A log's entry bundles, read from left to right. They were verified before. */
struct leaves {
    const char *folder;
    uint64_t size;
    uint64_t bundle; /* in memory; UINT64_MAX: none */
    struct text bytes;
};

static bool load(struct leaves *leaves, uint64_t number, struct error *err)
{
    char relative[TILE_PATH_SIZE], path[PATH_SIZE];
    uint64_t left = leaves->size - number * TILE_WIDTH;
    struct tile tile = {TILE_ENTRIES, number, left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH};
    snprintf(path, sizeof path, "%s/%s", leaves->folder, tile_path(&tile, relative));
    if (!file_exists(path)) {
        const struct tile full = {TILE_ENTRIES, number, TILE_WIDTH};
        snprintf(path, sizeof path, "%s/%s", leaves->folder, tile_path(&full, relative));
    }
    text_clear(&leaves->bytes);
    leaves->bundle = UINT64_MAX;
    if (!file_read(path, (size_t)TILE_WIDTH * RECORD_SIZE, &leaves->bytes, err))
        return false;
    if (leaves->bytes.size < (size_t)tile.width * RECORD_SIZE)
        return error_set(err, ERROR_INPUT, "'%s' is too short", path);
    leaves->bundle = number;
    return true;
}

/* The leaf's bytes, until the next one is asked for; NULL when it cannot be read. */
static const char *leaf_at(struct leaves *leaves, uint64_t index, struct error *err)
{
    if (leaves->bundle != index / TILE_WIDTH && !load(leaves, index / TILE_WIDTH, err))
        return NULL;
    return leaves->bytes.data + (size_t)(index % TILE_WIDTH) * RECORD_SIZE;
}

/* -------------------------------------------------------------------------------------- the story
 */

struct pair {
    struct leaves newer;
    struct leaves older;
    const struct verify_log_report *report; /* of the newer one */
    const struct verify_log_report *closed; /* of the older one */
    struct findings *findings;
};

static void differ(const struct pair *pair, uint64_t index, const char *what)
{
    findings_add(pair->findings, FINDING_SUCCESSION, index, "%s", what);
}

static void check_common(struct pair *pair)
{
    struct error why;
    for (uint64_t i = 0; i < pair->report->previous.common; i++) {
        const char *a = leaf_at(&pair->newer, i, &why);
        const char *b = a != NULL ? leaf_at(&pair->older, i, &why) : NULL;
        if (b == NULL || memcmp(a, b, RECORD_SIZE) != 0) {
            differ(pair, i, b == NULL ? why.message : "an entry that should be common differs");
            return; /* what follows differs, too */
        }
    }
}

/* Entries of the older log between what is common and its end, none of them twice. */
static void check_carried(struct pair *pair)
{
    struct error why;
    uint64_t end = pair->older.size - 1;
    uint64_t at = pair->report->previous.common;
    for (uint64_t i = at; i < pair->report->opened.opened_at; i++) {
        const char *a = leaf_at(&pair->newer, i, &why);
        const char *b = NULL;
        for (; a != NULL && at < end; at++) {
            b = leaf_at(&pair->older, at, &why);
            if (b == NULL || memcmp(a, b, RECORD_SIZE) == 0)
                break;
        }
        if (a == NULL || b == NULL || at == end) {
            differ(pair, i, "it was carried over, and is no entry of the log before");
            return;
        }
        at++;
    }
}

/* Each of the two names the other. */
static void check_names(const struct pair *pair)
{
    const struct verify_log_report *newer = pair->report;
    const struct verify_log_report *older = pair->closed;
    if (older->checkpoint.size != newer->opened.previous_size ||
        !digest_equals(&older->checkpoint.root, &newer->opened.previous_root))
        differ(pair, newer->opened.opened_at, "it names another last tree of the log before");
    if (!older->is_closed)
        differ(pair, FINDING_NO_INDEX, "the log before does not end with an entry that closes it");
    else if (strcmp(older->successor.key.name, newer->checkpoint.origin) != 0 ||
             memcmp(older->successor.key.bytes, newer->opened.key.bytes,
                    sizeof newer->opened.key.bytes) != 0 ||
             older->successor.common != newer->previous.common)
        differ(pair, older->checkpoint.size - 1, "the log before names another successor");
}

static bool is_readable(const struct pair *pair)
{
    return pair->report->opened.opened_at < pair->newer.size &&
           pair->older.size > pair->report->previous.common;
}

bool verify_predecessor(const char *folder, const char *older_folder,
                        const struct verify_keys *keys, const struct verify_log_report *report,
                        struct verify_log_report *out, struct findings *findings, struct error *err)
{
    struct verify_log_report older = {0};
    struct verify_keys older_keys = {.log = report->previous.key, .root = keys->root};
    struct pair pair = {.report = report, .closed = &older, .findings = findings};
    if (!report->has_previous) {
        findings_add(findings, FINDING_SUCCESSION, FINDING_NO_INDEX,
                     "the log does not say that it succeeds another");
        *out = older;
        return true;
    }
    if (!verify_log(older_folder, &older_keys, NULL, VERIFY_ALL, &older, findings, err))
        return error_prefix(err, "--predecessor: ");
    pair.newer = (struct leaves){folder, report->checkpoint.size, UINT64_MAX, {0}};
    pair.older = (struct leaves){older_folder, older.checkpoint.size, UINT64_MAX, {0}};
    text_init(&pair.newer.bytes);
    text_init(&pair.older.bytes);
    check_names(&pair);
    if (is_readable(&pair)) {
        check_common(&pair);
        check_carried(&pair);
    }
    text_release(&pair.newer.bytes);
    text_release(&pair.older.bytes);
    *out = older;
    return true;
}
