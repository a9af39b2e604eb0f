#include "ledger/journal.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/file.h"
#include "core/canonical.h"
#include "store/contents.h"
#include "store/entries.h"
#include "store/journal.h"

#define JOURNAL_PATH_SIZE 96
#define LIST_SIZE_MAX ((size_t)1 << 30)

struct journal_content {
    uint64_t index;
    const char *bytes;
    size_t size;
    const char *subject; /* as JSON */
};

/* One extension: the contents of the range, and the lines of the block that is being written. */
struct journal {
    struct arena arena;
    struct archive *archive;
    struct store *store;
    int log;
    uint64_t size; /* of the log */
    struct journal_content *contents;
    size_t content_count;
    size_t content_capacity;
    size_t content_next; /* entries and contents come in the same order */
    struct text lines;
};

static void journal_release(struct journal *journal)
{
    free(journal->contents);
    text_release(&journal->lines);
    arena_release(&journal->arena);
}

static const char *subject_json(struct arena *arena, const char *subject_id)
{
    CLEANUP(json_release) json_t *value = json_string(subject_id);
    char *text = json_dumps(value, JSON_ENCODE_ANY);
    const char *kept = arena_text(arena, text);
    free(text);
    return kept;
}

static bool keep_content(void *context, const struct content *content, struct error *err)
{
    (void)err;
    struct journal *journal = context;
    journal->contents = memory_grow(journal->contents, &journal->content_capacity,
                                    journal->content_count + 1, sizeof(*journal->contents));
    journal->contents[journal->content_count++] = (struct journal_content){
        content->index, arena_text_n(&journal->arena, content->bytes, content->size), content->size,
        subject_json(&journal->arena, content->subject_id)};
    return true;
}

static const struct journal_content *content_of(struct journal *journal, uint64_t index)
{
    while (journal->content_next < journal->content_count &&
           journal->contents[journal->content_next].index < index)
        journal->content_next++;
    const struct journal_content *next = journal->content_next < journal->content_count
                                             ? &journal->contents[journal->content_next]
                                             : NULL;
    return next != NULL && next->index == index ? next : NULL;
}

static bool append_line(void *context, const struct entry_row *row, struct error *err)
{
    struct journal *journal = context;
    unsigned char body[BODY_SIZE_MAX];
    if (!body_check(&row->entry, err)) {
        err->code = ERROR_CONFLICT;
        return false;
    }
    char body_hex[2 * BODY_SIZE_MAX + 1];
    char signature_hex[2 * SIGNATURE_SIZE + 1];
    char writer_hex[DIGEST_HEX_SIZE];
    const struct journal_content *content = content_of(journal, row->index);
    hex_encode(body, body_encode(&row->entry, body), body_hex);
    hex_encode(row->leaf.signature.bytes, SIGNATURE_SIZE, signature_hex);
    text_printf(&journal->lines, "{\"body\":\"%s\",", body_hex);
    if (content != NULL) {
        text_append(&journal->lines, "\"content\":");
        text_append_n(&journal->lines, content->bytes, content->size);
        text_append_char(&journal->lines, ',');
    }
    text_printf(&journal->lines, "\"index\":%" PRIu64 ",\"kind\":\"%s\",\"signature\":\"%s\",",
                row->index, entry_kind_word(row->entry.kind), signature_hex);
    if (content != NULL)
        text_printf(&journal->lines, "\"subject\":%s,", content->subject);
    text_printf(&journal->lines, "\"writer\":\"%s\"}\n", digest_hex(&row->leaf.writer, writer_hex));
    return true;
}

static void block_path(uint64_t index, uint64_t size, char out[JOURNAL_PATH_SIZE])
{
    uint64_t first = index - index % JOURNAL_BLOCK;
    uint64_t last = size - first < JOURNAL_BLOCK ? size - 1 : first + JOURNAL_BLOCK - 1;
    snprintf(out, JOURNAL_PATH_SIZE, "private/journal/%" PRIu64 "-%" PRIu64 ".ndjson", first, last);
}

static bool put_block(struct journal *journal, uint64_t index, struct error *err)
{
    char path[JOURNAL_PATH_SIZE];
    block_path(index, journal->size, path);
    bool good =
        archive_put(journal->archive, path, 0600, journal->lines.data, journal->lines.size, err);
    text_clear(&journal->lines);
    return good;
}

/* The end of the run of consecutive indexes at `at` that stays in its block. */
static size_t run_end(const uint64_t *indexes, size_t count, size_t at)
{
    size_t end = at + 1;
    while (end < count && indexes[end] == indexes[end - 1] + 1 && indexes[end] % JOURNAL_BLOCK != 0)
        end++;
    return end;
}

static bool put_blocks(struct journal *journal, const uint64_t *indexes, size_t count,
                       struct error *err)
{
    for (size_t at = 0; at < count;) {
        size_t end = run_end(indexes, count, at);
        if (!entries_each(journal->store, journal->log, indexes[at], indexes[end - 1] + 1,
                          append_line, journal, err))
            return false;
        bool block_ends =
            end == count || indexes[end] / JOURNAL_BLOCK != indexes[at] / JOURNAL_BLOCK;
        if (block_ends && !put_block(journal, indexes[at], err))
            return false;
        at = end;
    }
    return true;
}

bool journal_extend(struct archive *archive, struct store *store, int log, uint64_t old_size,
                    uint64_t size, struct error *err)
{
    assert(size > 0 && old_size <= size);
    struct journal CLEANUP(journal_release)
        journal = {.archive = archive, .store = store, .log = log, .size = size};
    uint64_t from = old_size - old_size % JOURNAL_BLOCK;
    uint64_t *indexes;
    size_t count;
    arena_init(&journal.arena);
    text_init(&journal.lines);
    return journal_indexes(store, log, from, size, &journal.arena, &indexes, &count, err) &&
           contents_each(store, log, ~0u, from == 0 ? CONTENT_FIRST : from - 1, size - 1,
                         keep_content, &journal, err) &&
           put_blocks(&journal, indexes, count, err);
}

bool journal_block(struct store *store, int log, uint64_t first, uint64_t size, struct text *out,
                   struct error *err)
{
    struct journal CLEANUP(journal_release) journal = {.store = store, .log = log, .size = size};
    uint64_t *indexes;
    size_t count;
    arena_init(&journal.arena);
    text_init(&journal.lines);
    if (!journal_indexes(store, log, first, size, &journal.arena, &indexes, &count, err) ||
        !contents_each(store, log, ~0u, first == 0 ? CONTENT_FIRST : first - 1, size - 1,
                       keep_content, &journal, err))
        return false;
    for (size_t at = 0, end; at < count; at = end) {
        end = run_end(indexes, count, at);
        if (!entries_each(store, log, indexes[at], indexes[end - 1] + 1, append_line, &journal,
                          err))
            return false;
    }
    text_append_n(out, journal.lines.data, journal.lines.size);
    return true;
}

/* An empty list is put too: one that is not there has been removed. */
static bool put_if_changed(struct archive *archive, const char *path, const struct text *lines,
                           struct error *err)
{
    struct text CLEANUP(text_release) name;
    struct text CLEANUP(text_release) old;
    text_init(&name);
    text_init(&old);
    text_printf(&name, "%s/%s", archive->root, path);
    bool is_there = file_read(name.data, LIST_SIZE_MAX, &old, err);
    if (!is_there && err->code != ERROR_NOT_FOUND)
        return false;
    if (is_there && slice_compare((struct slice){old.data, old.size},
                                  (struct slice){lines->data, lines->size}) == 0)
        return true;
    if (lines->size < old.size)
        return error_set(err, ERROR_HALT,
                         "'%s' has more than the database, which only ever adds to it: run "
                         "`daybook-ingest recover`",
                         name.data);
    return archive_put(archive, path, 0600, lines->data, lines->size, err);
}

struct journal_list {
    const char *path;
    bool (*read)(struct store *store, int log, struct text *out, struct error *err);
};

static const struct journal_list lists[] = {
    {"private/journal/dispositions.ndjson", journal_dispositions},
    {"private/journal/floors.ndjson", journal_floors},
    {"private/journal/reviews.ndjson", journal_reviews},
    {"private/journal/approvals.ndjson", journal_approvals},
};

bool journal_extend_lists(struct archive *archive, struct store *store, int log, struct error *err)
{
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        struct text CLEANUP(text_release) lines;
        text_init(&lines);
        if (!lists[i].read(store, log, &lines, err) ||
            !put_if_changed(archive, lists[i].path, &lines, err))
            return false;
    }
    return true;
}

void journal_prune(struct archive *archive, uint64_t old_size, uint64_t size)
{
    char old_path[JOURNAL_PATH_SIZE];
    char path[JOURNAL_PATH_SIZE];
    if (old_size == 0 || old_size % JOURNAL_BLOCK == 0)
        return;
    block_path(old_size - 1, old_size, old_path);
    block_path(old_size - 1, size, path);
    if (slice_compare(slice_of(old_path), slice_of(path)) != 0 && archive_has(archive, path))
        archive_remove(archive, old_path);
}
