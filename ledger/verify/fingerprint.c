#include "verify/fingerprint.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/file.h"
#include "core/key.h"
#include "core/policy.h"

#define GROUP 4

const char *fingerprint_format(const struct digest *digest, char out[FINGERPRINT_SIZE])
{
    char hex[DIGEST_HEX_SIZE];
    char *end = out;
    digest_hex(digest, hex);
    for (const char *at = hex; *at != '\0'; at++) {
        if (at > hex && (at - hex) % GROUP == 0)
            *end++ = ' ';
        *end++ = *at;
    }
    *end = '\0';
    return out;
}

static bool print_policy(const char *path, struct error *err)
{
    struct arena CLEANUP(arena_release) arena;
    struct text CLEANUP(text_release) bytes;
    struct policy policy;
    char shown[FINGERPRINT_SIZE];
    arena_init(&arena);
    text_init(&bytes);
    if (!file_read(path, POLICY_SIZE_MAX, &bytes, err) ||
        !policy_parse(bytes.data, bytes.size, &arena, &policy, err))
        return false;
    struct digest hash = digest_of(bytes.data, bytes.size);
    printf("%s  policy '%s'\n", fingerprint_format(&hash, shown), path);
    return true;
}

bool fingerprint_print(const char *given, struct error *err)
{
    struct public_key key;
    struct error why;
    char shown[FINGERPRINT_SIZE];
    if (!key_read_vkey(given, &key, &why))
        return print_policy(given, err) ||
               error_set(err, ERROR_INPUT, "'%.200s' is no verifier key (%s) and no policy", given,
                         why.message);
    struct digest hash = key_hash(key.bytes);
    printf("%s  key '%s'\n", fingerprint_format(&hash, shown), key.name);
    return true;
}
