#include "store/past_journal.h"

#include <dirent.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "core/canonical.h"

#define JOURNAL_FILE_MAX ((size_t)1 << 31)
#define PATH_SIZE 4096

struct past_block {
    uint64_t first;
    uint64_t last;
};

/* ---------------------------------------------------------------------------------------- blocks
 */

static int by_first(const void *a, const void *b)
{
    const struct past_block *x = a;
    const struct past_block *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

/* Of two files of one block the longer one has what the other has. */
static void add_block(struct past_journal *journal, const struct past_block *block)
{
    for (size_t i = 0; i < journal->block_count; i++) {
        if (journal->blocks[i].first != block->first)
            continue;
        if (journal->blocks[i].last < block->last)
            journal->blocks[i].last = block->last;
        return;
    }
    journal->blocks = memory_grow(journal->blocks, &journal->block_capacity,
                                  journal->block_count + 1, sizeof *journal->blocks);
    journal->blocks[journal->block_count++] = *block;
}

/* "4096-5000.ndjson"; false for anything else. */
static bool parse_name(const char *name, struct past_block *out)
{
    struct error ignored;
    size_t first_size = strcspn(name, "-");
    size_t last_size = strcspn(name + first_size, ".");
    return last_size > 1 && strcmp(name + first_size + last_size, ".ndjson") == 0 &&
           number_parse_u64(name, first_size, "first", &out->first, &ignored) &&
           number_parse_u64(name + first_size + 1, last_size - 1, "last", &out->last, &ignored) &&
           out->last >= out->first;
}

static bool list_blocks(struct past_journal *journal, struct error *err)
{
    DIR *folder = opendir(journal->folder);
    if (folder == NULL)
        return error_set_errno(err, ERROR_HALT, "cannot open the journal '%s'", journal->folder);
    const struct dirent *file;
    struct past_block block;
    while ((file = readdir(folder)) != NULL)
        if (parse_name(file->d_name, &block))
            add_block(journal, &block);
    closedir(folder);
    if (journal->block_count > 0)
        qsort(journal->blocks, journal->block_count, sizeof *journal->blocks, by_first);
    return true;
}

bool past_journal_open(const char *archive, uint64_t size, struct past_journal *out,
                       struct error *err)
{
    *out = (struct past_journal){.size = size, .block_at = SIZE_MAX};
    arena_init(&out->arena);
    arena_init(&out->loaded);
    out->folder = arena_printf(&out->arena, "%s/private/journal", archive);
    return list_blocks(out, err);
}

void past_journal_close(struct past_journal *journal)
{
    free(journal->blocks);
    arena_release(&journal->loaded);
    arena_release(&journal->arena);
}

/* ----------------------------------------------------------------------------------------- lines
 */

static bool each_line(const struct text *bytes, past_line *visit, void *context, struct error *err)
{
    const char *at = bytes->data;
    const char *end = bytes->data + bytes->size;
    while (at < end) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        const char *stop = newline ? newline : end;
        if (!visit(context, (struct slice){at, (size_t)(stop - at)}, err))
            return false;
        at = newline ? newline + 1 : end;
    }
    return true;
}

static bool read_body(const char *hex, struct entry *out, struct error *err)
{
    unsigned char body[BODY_SIZE_MAX];
    size_t size = hex ? strlen(hex) : 0;
    if (size % 2 != 0 || size / 2 > sizeof body ||
        !hex_decode(hex ? hex : "", size, body, size / 2))
        return error_set(err, ERROR_HALT, "its body is not hex");
    return body_decode(body, size / 2, out, err);
}

static bool read_content(const json_t *json, struct arena *arena, struct past_entry *entry,
                         struct error *err)
{
    const json_t *content = json_object_get(json, "content");
    const char *subject = json_string_value(json_object_get(json, "subject"));
    struct text CLEANUP(text_release) bytes;
    text_init(&bytes);
    if (content == NULL || subject == NULL)
        return error_set(err, ERROR_HALT, "it lacks its content or subject");
    if (!canonical_write(content, &bytes, err))
        return false;
    entry->subject_id = arena_text(arena, subject);
    entry->content = (struct slice){arena_text_n(arena, bytes.data, bytes.size), bytes.size};
    return true;
}

static bool is_usage_of_batch(const struct entry *entry)
{
    static const struct batch_id none;
    return entry->kind <= ENTRY_EXCLUSION && memcmp(&entry->batch, &none, sizeof none) != 0;
}

static bool take_entry(struct past_journal *journal, const json_t *json, struct error *err)
{
    struct past_entry entry = {.index =
                                   (uint64_t)json_integer_value(json_object_get(json, "index"))};
    if (!read_body(json_string_value(json_object_get(json, "body")), &entry.entry, err))
        return false;
    if (entry.index >= journal->size || is_usage_of_batch(&entry.entry))
        return true;
    if (entry_kind_is_control(entry.entry.kind) &&
        !read_content(json, &journal->loaded, &entry, err))
        return false;
    journal->entries[journal->count++] = entry;
    return true;
}

static bool take_line(void *context, struct slice line, struct error *err)
{
    struct past_journal *journal = context;
    json_error_t where;
    CLEANUP(json_release)
    json_t *json = json_loadb(line.data, line.size, JSON_REJECT_DUPLICATES, &where);
    if (json == NULL)
        return error_set(err, ERROR_HALT, "%s", where.text);
    if (take_entry(journal, json, err))
        return true;
    return error_prefix(
        err, "entry %lld: ", (long long)json_integer_value(json_object_get(json, "index")));
}

/* ----------------------------------------------------------------------------------------- reading
 */

static bool load_block(struct past_journal *journal, size_t at, struct error *err)
{
    char path[PATH_SIZE];
    const struct past_block *block = &journal->blocks[at];
    struct text CLEANUP(text_release) bytes;
    text_init(&bytes);
    snprintf(path, sizeof path, "%s/%" PRIu64 "-%" PRIu64 ".ndjson", journal->folder, block->first,
             block->last);
    arena_reset(&journal->loaded);
    journal->block_at = SIZE_MAX;
    journal->count = 0;
    journal->entries = arena_array(&journal->loaded, (size_t)(block->last - block->first) + 1,
                                   sizeof *journal->entries);
    if (!file_read(path, JOURNAL_FILE_MAX, &bytes, err) ||
        !each_line(&bytes, take_line, journal, err)) {
        err->code = ERROR_HALT;
        return error_prefix(err, "the journal's '%s': ", path);
    }
    journal->block_at = at;
    return true;
}

bool past_journal_next(struct past_journal *journal, uint64_t from, struct past_entry *out,
                       bool *out_found, struct error *err)
{
    for (size_t at = 0; at < journal->block_count; at++) {
        if (journal->blocks[at].last < from)
            continue;
        if (journal->block_at != at && !load_block(journal, at, err))
            return false;
        for (size_t i = 0; i < journal->count; i++) {
            if (journal->entries[i].index < from)
                continue;
            *out = journal->entries[i];
            *out_found = true;
            return true;
        }
    }
    *out_found = false;
    return true;
}

bool past_journal_list(const struct past_journal *journal, const char *name, past_line *visit,
                       void *context, struct error *err)
{
    char path[PATH_SIZE];
    struct text CLEANUP(text_release) bytes;
    text_init(&bytes);
    snprintf(path, sizeof path, "%s/%s.ndjson", journal->folder, name);
    if (!file_read(path, JOURNAL_FILE_MAX, &bytes, err))
        return err->code == ERROR_NOT_FOUND;
    return each_line(&bytes, visit, context, err);
}
