#include "fuzz/mutate.h"

#include <string.h>

#define CHANGES_MAX 6

/* splitmix64: any seed will do, and a run needs no state but it. */
static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

static size_t below(uint64_t *state, size_t bound)
{
    return bound == 0 ? 0 : (size_t)(draw(state) % bound);
}

/* Puts `with` where `removed` bytes stood. */
static void replace(struct text *text, size_t at, size_t removed, const char *with, size_t size)
{
    struct text changed;
    if (text->size - removed + size > MUTATED_SIZE_MAX)
        return;
    text_init(&changed);
    text_append_n(&changed, text->data, at);
    text_append_n(&changed, with, size);
    text_append_n(&changed, text->data + at + removed, text->size - at - removed);
    text_release(text);
    *text = changed;
}

/* ------------------------------------------------------------------------------------ changes */

typedef void change(struct text *text, const struct fuzz_corpus *corpus, uint64_t *state);

static void flip_bit(struct text *text, const struct fuzz_corpus *corpus, uint64_t *state)
{
    (void)corpus;
    if (text->size > 0)
        text->data[below(state, text->size)] ^= (char)(1U << below(state, 8));
}

static void set_byte(struct text *text, const struct fuzz_corpus *corpus, uint64_t *state)
{
    static const char bytes[] = {0, -1, 127, -128, 1, '\n', '"', '\\', '0', '9', '-', ' '};
    (void)corpus;
    if (text->size > 0)
        text->data[below(state, text->size)] =
            below(state, 2) == 0 ? bytes[below(state, sizeof bytes)] : (char)draw(state);
}

/* Another digit for a digit: what is a number stays one. */
static void set_digit(struct text *text, const struct fuzz_corpus *corpus, uint64_t *state)
{
    (void)corpus;
    size_t from = below(state, text->size);
    for (size_t i = from; i < text->size; i++) {
        if (text->data[i] < '0' || text->data[i] > '9')
            continue;
        text->data[i] = (char)('0' + below(state, 10));
        return;
    }
}

static void insert_bytes(struct text *text, const struct fuzz_corpus *corpus, uint64_t *state)
{
    char bytes[8];
    (void)corpus;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)draw(state);
    replace(text, below(state, text->size + 1), 0, bytes, 1 + below(state, sizeof bytes));
}

static void delete_bytes(struct text *text, const struct fuzz_corpus *corpus, uint64_t *state)
{
    (void)corpus;
    size_t at = below(state, text->size), most = text->size - at;
    size_t size = below(state, 4) == 0 ? most : most < 16 ? most : 16;
    if (text->size > 0)
        replace(text, at, 1 + below(state, size), "", 0);
}

/* A part of the input once more: doubled members, lines, hashes. */
static void repeat_bytes(struct text *text, const struct fuzz_corpus *corpus, uint64_t *state)
{
    (void)corpus;
    if (text->size == 0)
        return;
    size_t from = below(state, text->size), size = 1 + below(state, text->size - from);
    struct text part CLEANUP(text_release);
    text_init(&part);
    text_append_n(&part, text->data + from, size > 256 ? 256 : size);
    replace(text, below(state, text->size + 1), 0, part.data, part.size);
}

static void move_line(struct text *text, const struct fuzz_corpus *corpus, uint64_t *state)
{
    (void)corpus;
    if (text->size == 0)
        return;
    const char *end = text->data + text->size;
    const char *from = text->data + below(state, text->size);
    while (from > text->data && from[-1] != '\n')
        from--;
    const char *stop = memchr(from, '\n', (size_t)(end - from));
    if (stop == NULL)
        return;
    struct text line CLEANUP(text_release);
    text_init(&line);
    text_append_n(&line, from, (size_t)(stop + 1 - from));
    replace(text, (size_t)(from - text->data), line.size, "", 0);
    replace(text, below(state, 2) * text->size, 0, line.data, line.size);
}

/* The beginning of this one and the end of another. */
static void splice(struct text *text, const struct fuzz_corpus *corpus, uint64_t *state)
{
    const struct text *other = &corpus->items[below(state, corpus->count)];
    size_t at = below(state, text->size + 1), from = below(state, other->size + 1);
    replace(text, at, text->size - at, other->data + from, other->size - from);
}

static void insert_word(struct text *text, const struct fuzz_corpus *corpus, uint64_t *state)
{
    size_t count = 0;
    (void)corpus;
    while (fuzz_words[count] != NULL)
        count++;
    if (count == 0)
        return;
    const char *word = fuzz_words[below(state, count)];
    size_t at = below(state, text->size + 1), most = text->size - at;
    size_t removed = below(state, 2) * strlen(word);
    replace(text, at, removed > most ? most : removed, word, strlen(word));
}

void mutate(const struct fuzz_corpus *corpus, uint64_t seed, uint64_t number, struct text *out)
{
    static change *const changes[] = {flip_bit,     set_byte,     set_digit,  set_digit,
                                      insert_bytes, delete_bytes, move_line,  repeat_bytes,
                                      splice,       insert_word,  insert_word};
    uint64_t state = seed * 0x100000001b3U + number;
    bool is_seed = number < corpus->count;
    const struct text *from =
        &corpus->items[is_seed ? (size_t)number : below(&state, corpus->count)];
    text_clear(out);
    text_append_n(out, from->data, from->size);
    if (is_seed)
        return;
    for (size_t i = 1 + below(&state, CHANGES_MAX); i > 0; i--)
        changes[below(&state, COUNT_OF(changes))](out, corpus, &state);
}
