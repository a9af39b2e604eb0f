/*
 * A feed that is a file: one structured event a line; offsets are the bytes where lines start.
 *
 * The file is its content: its name and its digest are the SHA-256 of its bytes, so the same file
 * under another name is the same feed. Blank lines hold no record. The last line may lack its
 * newline.
 */
#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "ingest/feed.h"

enum ndjson_state { NDJSON_NEW, NDJSON_ASSIGNED, NDJSON_READING, NDJSON_ENDED, NDJSON_RELEASED };

struct ndjson {
    struct feed feed; /* first: a feed is one of these */
    const char *bytes;
    size_t size;
    size_t at;
    enum ndjson_state state;
};

static struct ndjson *self(struct feed *feed)
{
    return (struct ndjson *)feed;
}

static bool is_blank(const char *line, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
            return false;
    return true;
}

/* The end of the line that starts at `at`, without its newline. */
static size_t line_end(const struct ndjson *file, size_t at)
{
    const char *newline = memchr(file->bytes + at, '\n', file->size - at);
    return newline ? (size_t)(newline - file->bytes) : file->size;
}

static size_t after_line(const struct ndjson *file, size_t end)
{
    return end < file->size ? end + 1 : end;
}

/* Where the next line with a record starts, or the file's end. */
static size_t next_record(const struct ndjson *file, size_t at)
{
    while (at < file->size) {
        size_t end = line_end(file, at);
        if (!is_blank(file->bytes + at, end - at))
            break;
        at = after_line(file, end);
    }
    return at;
}

static void read_line(struct ndjson *file, struct feed_event *out)
{
    size_t end = line_end(file, file->at);
    size_t size = end - file->at;
    if (size > 0 && file->bytes[end - 1] == '\r')
        size--;
    *out = (struct feed_event){
        .kind = FEED_RECORD,
        .record = {.offset = (int64_t)file->at,
                   .value = {file->bytes + file->at, size},
                   .is_file = true},
    };
    file->at = next_record(file, after_line(file, end));
    out->offset = file->at;
}

static bool ndjson_poll(struct feed *feed, int timeout_ms, struct feed_event *out,
                        struct error *err)
{
    struct ndjson *file = self(feed);
    (void)timeout_ms;
    (void)err;
    *out = (struct feed_event){.kind = FEED_NOTHING};
    if (file->state == NDJSON_NEW) {
        file->state = NDJSON_ASSIGNED;
        out->kind = FEED_ASSIGNED;
    } else if (file->state == NDJSON_READING && file->at < file->size) {
        read_line(file, out);
    } else if (file->state == NDJSON_READING) {
        file->state = NDJSON_ENDED;
        *out = (struct feed_event){.kind = FEED_END, .offset = file->size};
    } else {
        usleep(1000);
    }
    return true;
}

static bool ndjson_start(struct feed *feed, const struct feed_position *positions, size_t count,
                         struct error *err)
{
    struct ndjson *file = self(feed);
    file->state = NDJSON_RELEASED;
    if (count == 0)
        return true;
    if (positions[0].offset > file->size)
        return error_set(err, ERROR_HALT, "the file ends before byte %llu",
                         (unsigned long long)positions[0].offset);
    file->at = positions[0].offset == 0 ? next_record(file, 0) : (size_t)positions[0].offset;
    file->state = NDJSON_READING;
    return true;
}

static bool ndjson_release(struct feed *feed, struct error *err)
{
    (void)err;
    self(feed)->state = NDJSON_RELEASED;
    return true;
}

static bool ndjson_bounds(struct feed *feed, uint32_t partition, uint64_t *out_low,
                          uint64_t *out_high, struct error *err)
{
    assert(partition == 0);
    (void)err;
    *out_low = 0;
    *out_high = self(feed)->size;
    return true;
}

static bool ndjson_ends(struct feed *feed, struct feed_position *positions, size_t count,
                        size_t *out_partitions, struct error *err)
{
    (void)err;
    *out_partitions = 1;
    for (size_t i = 0; i < count; i++)
        positions[i].offset = self(feed)->size;
    return true;
}

static bool ndjson_cluster_id(struct feed *feed, char *out, size_t out_size, struct error *err)
{
    (void)feed;
    (void)err;
    snprintf(out, out_size, "file");
    return true;
}

static void ndjson_note(struct feed *feed, const struct feed_position *positions, size_t count)
{
    (void)feed;
    (void)positions;
    (void)count;
}

static void ndjson_close(struct feed *feed)
{
    struct ndjson *file = self(feed);
    if (file->size > 0)
        munmap((void *)(uintptr_t)file->bytes, file->size);
    free(file);
}

static const struct feed_kind ndjson_kind = {
    .poll = ndjson_poll,
    .start = ndjson_start,
    .release = ndjson_release,
    .bounds = ndjson_bounds,
    .ends = ndjson_ends,
    .cluster_id = ndjson_cluster_id,
    .note = ndjson_note,
    .close = ndjson_close,
};

static bool map_file(const char *path, struct ndjson *file, struct error *err)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_set_errno(err, ERROR_INPUT, "cannot open '%s'", path);
    bool ok = fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
    if (ok && status.st_size > 0) {
        void *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        ok = bytes != MAP_FAILED;
        file->bytes = bytes;
        file->size = ok ? (size_t)status.st_size : 0;
    }
    close(fd);
    return ok || error_set(err, ERROR_INPUT, "'%s' is not a file that can be read", path);
}

bool ndjson_open(const char *path, struct feed **out, struct error *err)
{
    struct ndjson *file = memory_alloc(sizeof *file);
    if (!map_file(path, file, err)) {
        free(file);
        return false;
    }
    file->feed.kind = &ndjson_kind;
    file->feed.is_file = true;
    file->feed.id = digest_of(file->bytes, file->size);
    digest_hex(&file->feed.id, file->feed.name);
    file->feed.partition_count = 1;
    *out = &file->feed;
    return true;
}

struct slice ndjson_bytes(const struct feed *feed)
{
    const struct ndjson *file = (const struct ndjson *)feed;
    assert(feed->kind == &ndjson_kind);
    return (struct slice){file->bytes, file->size};
}
