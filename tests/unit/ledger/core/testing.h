/*
 * What the tests of core share: cmocka's headers, seeded random numbers, the vectors' files.
 */
#ifndef CORE_TESTING_H
#define CORE_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "core/digest.h"

/* splitmix64: the same numbers on every machine and in every run. */
struct random {
    uint64_t state;
};

static inline uint64_t random_u64(struct random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static inline uint64_t random_below(struct random *random, uint64_t limit)
{
    return random_u64(random) % limit;
}

static inline void random_fill(struct random *random, void *out, size_t size)
{
    unsigned char *bytes = out;

    for (size_t i = 0; i < size; i++)
        bytes[i] = (unsigned char)random_u64(random);
}

/* Fails the test with the error's own words. */
#define assert_ok(call)                                                                            \
    do {                                                                                           \
        if (!(call))                                                                               \
            fail_msg("%s: %s", #call, err.message);                                                \
    } while (0)

#define assert_refused(call, wanted_code)                                                          \
    do {                                                                                           \
        if (call)                                                                                  \
            fail_msg("%s: was not refused", #call);                                                \
        if (err.code != (wanted_code))                                                             \
            fail_msg("%s: %s: %s", #call, error_code_word(err.code), err.message);                 \
    } while (0)

static inline const char *vectors_folder(void)
{
    const char *folder = getenv("DAYBOOK_VECTORS");

    return folder ? folder : "tests/vectors";
}

static inline struct text vector_bytes(const char *name)
{
    struct text bytes;
    struct error err;
    char path[2048];

    text_init(&bytes);
    snprintf(path, sizeof(path), "%s/%s", vectors_folder(), name);
    assert_ok(file_read(path, 1 << 24, &bytes, &err));
    return bytes;
}

static inline json_t *vector_json(const char *name)
{
    struct text bytes = vector_bytes(name);
    json_error_t problem;
    json_t *value = json_loadb(bytes.data, bytes.size, 0, &problem);

    text_release(&bytes);
    if (!value)
        fail_msg("%s: line %d: %s", name, problem.line, problem.text);
    return value;
}

static inline const char *member_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    if (!text)
        fail_msg("a vector has no text '%s'", name);
    return text;
}

/* Hex of any length; returns how many bytes there are. */
static inline size_t member_hex(const json_t *object, const char *name, void *out, size_t capacity)
{
    const char *hex = member_text(object, name);
    size_t size = strlen(hex) / 2;

    assert_true(size <= capacity);
    assert_true(hex_decode(hex, strlen(hex), out, size));
    return size;
}

static inline struct digest member_digest(const json_t *object, const char *name)
{
    struct digest digest;

    assert_int_equal(member_hex(object, name, digest.bytes, DIGEST_SIZE), DIGEST_SIZE);
    return digest;
}

static inline void assert_digest(struct digest a, struct digest b)
{
    assert_true(digest_equals(&a, &b));
}

static inline uint64_t member_number(const json_t *vector, const char *name)
{
    return (uint64_t)json_integer_value(json_object_get(vector, name));
}

static inline int setup_core(void **state)
{
    (void)state;
    core_init();
    return 0;
}

#define run_with_core(tests) cmocka_run_group_tests(tests, setup_core, NULL)

#endif
