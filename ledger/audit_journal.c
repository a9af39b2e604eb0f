/* The private journal, where it lies: it is what a lost database is built from again, so it must
 * say what the rows say. */
#include <assert.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "ledger/audit_parts.h"
#include "ledger/journal.h"
#include "store/journal.h"

#define JOURNAL_FILE_SIZE_MAX ((size_t)1 << 30)

static void mismatch(struct audit *audit, enum finding finding, const char *file, const char *what)
{
    findings_add(&audit->findings, finding, FINDING_NO_INDEX, "'private/journal/%s' %s", file,
                 what);
}

/* What the rows make of the block; false with a finding where they cannot be read. */
static bool block_of_rows(struct audit *audit, uint64_t first, uint64_t size, struct text *out,
                          bool *out_good, struct error *err)
{
    *out_good = journal_block(audit->store, audit->log.log, first, size, out, err);
    if (*out_good || err->code != ERROR_CONFLICT)
        return *out_good;
    findings_add(&audit->findings, FINDING_JOURNAL_MISMATCH, first,
                 "the journal from here on cannot be compared: %s", err->message);
    return audit_begin_again(audit, err);
}

/* -------------------------------------------------------------------------------------- blocks */

/* "0-4095.ndjson": the blocks' files; others are not. */
static bool parse_name(const char *name, uint64_t *out_first, uint64_t *out_last)
{
    const char *dash = strchr(name, '-');
    const char *dot = strchr(name, '.');
    struct error why;
    return dash != NULL && dot != NULL && dash < dot && strcmp(dot, ".ndjson") == 0 &&
           number_parse_u64(name, (size_t)(dash - name), "first", out_first, &why) &&
           number_parse_u64(dash + 1, (size_t)(dot - dash) - 1, "last", out_last, &why);
}

static bool check_block(struct audit *audit, const char *folder, const char *name, uint64_t first,
                        uint64_t last, struct error *err)
{
    struct text CLEANUP(text_release) kept;
    struct text CLEANUP(text_release) made;
    bool good;
    text_init(&kept);
    text_init(&made);
    const char *path = arena_printf(&audit->arena, "%s/%s", folder, name);
    if (!file_read(path, JOURNAL_FILE_SIZE_MAX, &kept, err))
        return false;
    if (first % JOURNAL_BLOCK != 0 || last < first || last - first >= JOURNAL_BLOCK) {
        mismatch(audit, FINDING_JOURNAL_MISMATCH, name, "has a name that no block has");
        return true;
    }
    if (!block_of_rows(audit, first, last + 1, &made, &good, err))
        return false;
    if (good && slice_compare((struct slice){kept.data, kept.size},
                              (struct slice){made.data, made.size}) != 0)
        mismatch(audit, FINDING_JOURNAL_MISMATCH, name, "is not what the rows make");
    return true;
}

/* Every block of what is sealed must be there, unless nothing of it is to be kept. */
static bool check_missing(struct audit *audit, const uint64_t *ends, size_t count,
                          struct error *err)
{
    for (size_t block = 0; block < count; block++) {
        uint64_t first = (uint64_t)block * JOURNAL_BLOCK;
        uint64_t end =
            audit->sealed - first < JOURNAL_BLOCK ? audit->sealed : first + JOURNAL_BLOCK;
        struct text CLEANUP(text_release) made;
        bool good;
        text_init(&made);
        if (ends[block] >= end)
            continue;
        if (!block_of_rows(audit, ends[block] > first ? ends[block] : first, end, &made, &good,
                           err))
            return false;
        if (made.size > 0)
            findings_add(&audit->findings, FINDING_JOURNAL_MISMATCH, first,
                         "the journal of the entries from here to %" PRIu64 " is not there", end);
    }
    return true;
}

static bool check_blocks(struct audit *audit, const char *folder, DIR *files, struct error *err)
{
    size_t count = (size_t)((audit->sealed + JOURNAL_BLOCK - 1) / JOURNAL_BLOCK);
    uint64_t *ends = memory_alloc((count + 1) * sizeof(*ends)); /* of what is kept of each block */
    bool good = true;
    for (struct dirent *file = readdir(files); good && file != NULL; file = readdir(files)) {
        uint64_t first, last;
        if (!parse_name(file->d_name, &first, &last))
            continue;
        if (first / JOURNAL_BLOCK < count && last + 1 > ends[first / JOURNAL_BLOCK])
            ends[first / JOURNAL_BLOCK] = last + 1;
        if (last >= audit->from)
            good = check_block(audit, folder, file->d_name, first, last, err);
    }
    good = good && check_missing(audit, ends, count, err);
    free(ends);
    return good;
}

/* --------------------------------------------------------------------------------------- lists */

static bool has_line(const struct text *lines, const char *line, size_t size)
{
    for (const char *at = lines->data; at != NULL && at < lines->data + lines->size;) {
        const char *end = memchr(at, '\n', (size_t)(lines->data + lines->size - at));
        if (end == NULL)
            return false;
        if ((size_t)(end - at) == size && memcmp(at, line, size) == 0)
            return true;
        at = end + 1;
    }
    return false;
}

struct list {
    const char *name;
    enum finding finding;
    bool is_kept_first; /* a row is in the list before it takes effect, not within the minute */
    bool (*read)(struct store *store, int log, struct text *out, struct error *err);
};

static const struct list lists[] = {
    {"dispositions.ndjson", FINDING_DISPOSITION_MISMATCH, false, journal_dispositions},
    {"floors.ndjson", FINDING_JOURNAL_MISMATCH, true, journal_floors},
    {"reviews.ndjson", FINDING_JOURNAL_MISMATCH, false, journal_reviews},
    {"approvals.ndjson", FINDING_JOURNAL_MISMATCH, false, journal_approvals},
};

/* Names each line of the one text that the other does not have. */
static void compare_lines(struct audit *audit, const struct list *list, const struct text *lines,
                          const struct text *others, const char *what)
{
    for (char *at = lines->data; at != NULL && at < lines->data + lines->size;) {
        char *end = memchr(at, '\n', (size_t)(lines->data + lines->size - at));
        size_t size = end == NULL ? (size_t)(lines->data + lines->size - at) : (size_t)(end - at);
        if (end == NULL || !has_line(others, at, size))
            mismatch(audit, list->finding, list->name, what);
        at += size + 1;
    }
}

/* Rows may have come since the list was kept; none may have gone or changed. */
static bool check_list(struct audit *audit, const char *folder, const struct list *list,
                       const struct text *made, struct error *err)
{
    struct text CLEANUP(text_release) kept;
    text_init(&kept);
    const char *path = arena_printf(&audit->arena, "%s/%s", folder, list->name);
    if (!file_read(path, JOURNAL_FILE_SIZE_MAX, &kept, err)) {
        if (err->code != ERROR_NOT_FOUND)
            return false;
        if (made->size > 0)
            mismatch(audit, list->finding, list->name, "is not there");
        return true;
    }
    compare_lines(audit, list, &kept, made, "has a line that no row makes");
    if (list->is_kept_first)
        compare_lines(audit, list, made, &kept, "lacks a line that a row makes");
    return true;
}

static bool check_lists(struct audit *audit, const char *folder, struct error *err)
{
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        struct text CLEANUP(text_release) made;
        text_init(&made);
        if (!lists[i].read(audit->store, audit->log.log, &made, err) ||
            !check_list(audit, folder, &lists[i], &made, err))
            return false;
    }
    return true;
}

bool audit_journal(struct audit *audit, struct error *err)
{
    if (audit->archive == NULL)
        return true;
    const char *folder = arena_printf(&audit->arena, "%s/private/journal", audit->archive);
    DIR *files = opendir(folder);
    if (files == NULL)
        return true; /* the public half alone, or nobody's business */
    audit->has_journal = true;
    bool good = check_blocks(audit, folder, files, err) && check_lists(audit, folder, err);
    (void)closedir(files);
    return good;
}
