/*
 * Values: numbers, decimals, instants, canonical JSON, base64, hex (base/number, base/instant,
 * core/canonical, core/digest).
 *
 * What has one form formats to what was parsed; an instant formats to a text of the same instant;
 * canonical JSON written, read and written again is the same.
 */
#include <assert.h>
#include <string.h>

#include "base/instant.h"
#include "base/number.h"
#include "core/canonical.h"
#include "fuzz/fuzz.h"

#define BASE64_BYTES_MAX 512

const char *const fuzz_words[] = {
    "0",       "-",   "1",       "9",   ".",       "00",  "Z",     "+01:00",   "-0",
    ":60",     "T24", "-02-29",  "\\u", "\\ud83d", "1e1", "\"a\"", "null",     "-1.0E-9",
    "\\u0000", "[",   "{\"a\":", "]",   "}",       "=",   "==",    "\xf4\x90", NULL};

void fuzz_seeds(struct fuzz_corpus *corpus)
{
    static const char *const seeds[] = {"0",
                                        "-170141183460469231731687303715884105728",
                                        "18446744073709551615",
                                        "-12.50",
                                        "0.000000000000000001",
                                        "2026-10-25T02:30:00+02:00",
                                        "2024-02-29T23:59:59.123456Z",
                                        "0001-01-01T00:00:00Z",
                                        "{\"a\":[1,-2,null,true],\"\xc3\xa4\":\"\\u0001\\n/\"}",
                                        "[{\"b\":{}, \"a\" : \"\\ud83d\\ude00\"}]",
                                        "Zm9vYg==",
                                        "00ff7e"};
    for (size_t i = 0; i < COUNT_OF(seeds); i++)
        fuzz_add_text(corpus, seeds[i]);
}

static bool is_text(const char *bytes, size_t size, const char *text)
{
    return strlen(text) == size && memcmp(bytes, text, size) == 0;
}

static bool read_number(const char *bytes, size_t size)
{
    char whole_text[INT128_TEXT_SIZE], decimal_text[DECIMAL_TEXT_SIZE];
    struct decimal decimal;
    struct error err;
    uint64_t u64;
    int128 whole;
    bool is_whole = number_parse_int128(bytes, size, "n", &whole, &err);
    assert(!is_whole || is_text(bytes, size, number_format(whole, whole_text)));
    if (number_parse_u64(bytes, size, "n", &u64, &err))
        assert(is_whole && whole == (int128)u64);
    bool is_decimal = decimal_parse(bytes, size, "n", &decimal, &err);
    /* "-0.0" is a decimal that is written without its sign. */
    if (is_decimal && (decimal.coefficient != 0 || bytes[0] != '-'))
        assert(
            is_text(bytes, size, decimal_format(decimal.coefficient, decimal.scale, decimal_text)));
    return is_whole || is_decimal;
}

static bool read_instant(const char *bytes, size_t size)
{
    char text[INSTANT_TEXT_SIZE];
    int64_t instant_us, again_us;
    struct error err;
    if (!instant_parse(bytes, size, "instant", &instant_us, &err))
        return false;
    instant_format(instant_us, text);
    assert(instant_parse(text, strlen(text), "instant", &again_us, &err));
    assert(again_us == instant_us);
    assert(instant_of_civil_utc(civil_of_instant(instant_us)) / SECOND_US ==
           instant_floor(instant_us, SECOND_US) / SECOND_US);
    return true;
}

static bool read_json(const char *bytes, size_t size)
{
    CLEANUP(json_release) json_t *json = NULL;
    CLEANUP(json_release) json_t *again = NULL;
    CLEANUP(json_release) json_t *strict = NULL;
    struct text first CLEANUP(text_release);
    struct error err;
    text_init(&first);
    if (!canonical_parse(bytes, size, "json", &json, &err))
        return false;
    if (!canonical_write(json, &first, &err))
        return false; /* a number out of range */
    assert(canonical_read(first.data, first.size, "json", &again, &err));
    assert(json_equal(json, again));
    assert(canonical_read(bytes, size, "json", &strict, &err) ==
           (first.size == size && memcmp(first.data, bytes, size) == 0));
    return true;
}

static bool read_bytes(const char *bytes, size_t size)
{
    char base64[BASE64_SIZE(BASE64_BYTES_MAX)], hex[2 * BASE64_BYTES_MAX + 1];
    unsigned char out[BASE64_BYTES_MAX];
    size_t out_size;
    bool is_base64 = base64_decode(bytes, size, out, sizeof out, &out_size);
    assert(!is_base64 || is_text(bytes, size, base64_encode(out, out_size, base64, sizeof base64)));
    bool is_hex = size / 2 <= sizeof out && hex_decode(bytes, size, out, size / 2);
    if (is_hex)
        hex_encode(out, size / 2, hex);
    assert(!is_hex || is_text(bytes, size, hex));
    return is_base64 || is_hex;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *bytes = (const char *)data;
    core_init();
    bool is_number = read_number(bytes, size), is_instant = read_instant(bytes, size);
    bool is_json = read_json(bytes, size), is_bytes = read_bytes(bytes, size);
    if (is_number || is_instant || is_json || is_bytes)
        fuzz_accept();
    return 0;
}
