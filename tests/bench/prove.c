/*
 * How long an inclusion proof of an entry takes that is made from a log's tiles, as files.
 *
 *   prove FOLDER COUNT
 *
 * COUNT entries at random, each verified against the checkpoint's root (outside the measured time).
 * Prints one line of JSON, nanoseconds of CPU time, which is what is left of latency once the tiles
 * are in the page cache: `fresh` opens a reader for each proof, as who is asked for one does;
 * `kept` goes on with one reader; `read` only reads the tiles' files that a fresh one needs;
 * `verify` is the proof's verification. `clock` is `fresh` by the clock on the wall.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/number.h"
#include "core/checkpoint.h"
#include "core/proof.h"
#include "core/tile_reader.h"

#define PATH_SIZE 1024
#define TILES_MAX 64 /* that one proof reads */

enum measure { FRESH, KEPT, READ, VERIFY, CLOCK, MEASURES };
static const char *const measure_names[MEASURES] = {"fresh", "kept", "read", "verify", "clock"};

struct proving {
    const char *folder;
    struct checkpoint checkpoint;
    struct tile tiles[TILES_MAX]; /* fetched by the proof at hand */
    size_t tile_count;
    uint64_t tiles_read;
    uint64_t *times_ns[MEASURES];
};

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static uint64_t now_ns(void)
{
    return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

static bool read_tile(const struct proving *proving, const struct tile *tile, void *out,
                      struct error *err)
{
    char path[PATH_SIZE], name[TILE_PATH_SIZE];
    size_t size = tile->width * (size_t)DIGEST_SIZE;
    snprintf(path, sizeof path, "%s/%s", proving->folder, tile_path(tile, name));
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return error_set_errno(err, ERROR_SYSTEM, "cannot open '%s'", path);
    bool good = read(file, out, size) == (ssize_t)size;
    close(file);
    return good || error_set(err, ERROR_INPUT, "'%s' is too short", path);
}

static bool fetch(void *context, const struct tile *tile, struct digest out_hashes[TILE_WIDTH],
                  struct error *err)
{
    struct proving *proving = context;
    if (proving->tile_count < TILES_MAX)
        proving->tiles[proving->tile_count++] = *tile;
    return read_tile(proving, tile, out_hashes, err);
}

static bool make(struct tile_reader *reader, const struct proving *proving, uint64_t index,
                 struct proof *out, struct error *err)
{
    return proof_make_inclusion(index, proving->checkpoint.size, tile_reader_read, reader, out,
                                err);
}

static bool prove_fresh(struct proving *proving, uint64_t index, struct proof *out,
                        struct error *err)
{
    struct tile_reader *reader CLEANUP(tile_reader_cleanup) =
        tile_reader_open(proving->checkpoint.size, fetch, proving);
    proving->tile_count = 0;
    return make(reader, proving, index, out, err);
}

static bool read_only(struct proving *proving, struct error *err)
{
    struct digest hashes[TILE_WIDTH];
    for (size_t i = 0; i < proving->tile_count; i++)
        if (!read_tile(proving, &proving->tiles[i], hashes, err))
            return false;
    return true;
}

static bool leaf_hash_at(struct proving *proving, uint64_t index, struct digest *out,
                         struct error *err)
{
    struct tile_reader *reader CLEANUP(tile_reader_cleanup) =
        tile_reader_open(proving->checkpoint.size, fetch, proving);
    return tile_reader_read(reader, 0, index, out, err);
}

static bool measure_one(struct proving *proving, struct tile_reader *kept, uint64_t index,
                        size_t at, struct error *err)
{
    struct proof proof, again;
    struct digest leaf;
    uint64_t times[MEASURES];
    if (!leaf_hash_at(proving, index, &leaf, err))
        return false;
    times[CLOCK] = clock_ns(CLOCK_MONOTONIC);
    times[FRESH] = now_ns();
    bool good = prove_fresh(proving, index, &proof, err);
    times[READ] = now_ns();
    proving->times_ns[CLOCK][at] = clock_ns(CLOCK_MONOTONIC) - times[CLOCK];
    proving->tiles_read += proving->tile_count;
    proving->times_ns[FRESH][at] = times[READ] - times[FRESH];
    good = good && read_only(proving, err);
    times[KEPT] = now_ns();
    proving->times_ns[READ][at] = times[KEPT] - times[READ];
    good = good && make(kept, proving, index, &again, err);
    times[VERIFY] = now_ns();
    proving->times_ns[KEPT][at] = times[VERIFY] - times[KEPT];
    good = good && proof_verify_inclusion(&leaf, index, proving->checkpoint.size, &proof,
                                          &proving->checkpoint.root, err);
    proving->times_ns[VERIFY][at] = now_ns() - times[VERIFY];
    return good;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void print_times(const struct proving *proving, size_t count)
{
    printf("{\"size\": %" PRIu64 ", \"proofs\": %zu, \"tiles\": %" PRIu64, proving->checkpoint.size,
           count, proving->tiles_read);
    for (int m = 0; m < MEASURES; m++) {
        uint64_t *times = proving->times_ns[m];
        qsort(times, count, sizeof *times, compare);
        printf(", \"%s\": {\"p50\": %" PRIu64 ", \"p99\": %" PRIu64 "}", measure_names[m],
               times[count / 2], times[count * 99 / 100]);
    }
    printf("}\n");
}

static bool measure(struct proving *proving, size_t count, struct error *err)
{
    struct text CLEANUP(text_release) note;
    char path[PATH_SIZE];
    text_init(&note);
    snprintf(path, sizeof path, "%s/checkpoint", proving->folder);
    if (!file_read(path, CHECKPOINT_NOTE_SIZE_MAX, &note, err) ||
        !checkpoint_read_unverified(note.data, note.size, &proving->checkpoint, err))
        return false;
    struct tile_reader *kept CLEANUP(tile_reader_cleanup) =
        tile_reader_open(proving->checkpoint.size, fetch, proving);
    for (size_t i = 0; i < count; i++) {
        uint64_t number;
        randombytes_buf(&number, sizeof number);
        if (!measure_one(proving, kept, number % proving->checkpoint.size, i, err))
            return false;
    }
    print_times(proving, count);
    return true;
}

int main(int argc, char **argv)
{
    static struct proving proving;
    struct error err;
    uint64_t count;
    if (argc != 3 || !number_parse_u64(argv[2], strlen(argv[2]), "COUNT", &count, &err) ||
        count == 0) {
        fprintf(stderr, "usage: prove FOLDER COUNT\n");
        return 2;
    }
    core_init();
    proving.folder = argv[1];
    for (int m = 0; m < MEASURES; m++)
        proving.times_ns[m] = memory_alloc((size_t)count * sizeof(uint64_t));
    bool good = measure(&proving, (size_t)count, &err);
    if (!good)
        fprintf(stderr, "prove: %s\n", err.message);
    for (int m = 0; m < MEASURES; m++)
        free(proving.times_ns[m]);
    return good ? 0 : 1;
}
