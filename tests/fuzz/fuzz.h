/*
 * Fuzz targets: a file each, which gives bytes of any kind to one reader of Daybook and asserts
 * what must hold of whatever it takes. A target knows nothing of who runs it: driver.c, with any
 * compiler, or clang's libFuzzer.
 *
 * A target fails by assert(), by a sanitizer, or by not coming back.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "core/key.h"

/* What mutation begins with. */
struct fuzz_corpus {
    struct text *items;
    size_t count;
    size_t capacity;
};

/* ------------------------------------------------------------------- what a target must have */

/* Always 0; libFuzzer's name. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* Well-formed inputs, by fuzz_add. Called once, before or without any input. */
void fuzz_seeds(struct fuzz_corpus *corpus);
/* Words that matter to the reader; the last one is NULL. */
extern const char *const fuzz_words[];

/* ------------------------------------------------------------------------------ what it gets */

/* Says that the input was one that the reader takes. At most once an input. */
void fuzz_accept(void);
extern uint64_t fuzz_accepted_count;

void fuzz_add(struct fuzz_corpus *corpus, const void *bytes, size_t size);
void fuzz_add_text(struct fuzz_corpus *corpus, const char *text);
/* A file of the repository, whose root is the current folder. */
void fuzz_add_file(struct fuzz_corpus *corpus, const char *path);
/* Each line of such a file. */
void fuzz_add_lines(struct fuzz_corpus *corpus, const char *path);
void fuzz_corpus_release(struct fuzz_corpus *corpus);

/* Aborts with the message of what went wrong: for what the target itself makes. */
void fuzz_must(bool is_good, const struct error *err);
/* A key that is the same in every run; `fill` is its seed. Never released: reachable for ever. */
struct secret_key *fuzz_key(const char *name, unsigned char fill);

#endif
