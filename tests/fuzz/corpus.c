#include "fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"

#define SEED_SIZE_MAX (1 << 20)

uint64_t fuzz_accepted_count;

void fuzz_accept(void)
{
    fuzz_accepted_count++;
}

void fuzz_must(bool is_good, const struct error *err)
{
    if (is_good)
        return;
    fprintf(stderr, "fuzz: %s\n", err->message);
    abort();
}

void fuzz_add(struct fuzz_corpus *corpus, const void *bytes, size_t size)
{
    corpus->items =
        memory_grow(corpus->items, &corpus->capacity, corpus->count + 1, sizeof *corpus->items);
    struct text *item = &corpus->items[corpus->count++];
    text_init(item);
    text_append_n(item, bytes, size);
}

void fuzz_add_text(struct fuzz_corpus *corpus, const char *text)
{
    fuzz_add(corpus, text, strlen(text));
}

void fuzz_add_file(struct fuzz_corpus *corpus, const char *path)
{
    struct text bytes CLEANUP(text_release);
    struct error err;
    text_init(&bytes);
    fuzz_must(file_read(path, SEED_SIZE_MAX, &bytes, &err), &err);
    fuzz_add(corpus, bytes.data, bytes.size);
}

void fuzz_add_lines(struct fuzz_corpus *corpus, const char *path)
{
    struct text bytes CLEANUP(text_release);
    struct error err;
    text_init(&bytes);
    fuzz_must(file_read(path, SEED_SIZE_MAX, &bytes, &err), &err);
    for (char *line = bytes.data, *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
        fuzz_add(corpus, line, (size_t)(end - line));
}

void fuzz_corpus_release(struct fuzz_corpus *corpus)
{
    for (size_t i = 0; i < corpus->count; i++)
        text_release(&corpus->items[i]);
    free(corpus->items);
    *corpus = (struct fuzz_corpus){0};
}

struct secret_key *fuzz_key(const char *name, unsigned char fill)
{
    unsigned char seed[32];
    struct secret_key *key;
    struct error err;
    core_init();
    memset(seed, fill, sizeof seed);
    fuzz_must(key_from_seed(name, seed, &key, &err), &err);
    return key;
}
