/*
 * Whole numbers of 128 bits and exact decimals. Nothing here is floating point.
 *
 * Arithmetic is checked: a function returns false and leaves its output alone when the
 * result does not fit. Text forms are canonical: no '+', no leading zeros, no exponent.
 */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

#define INT128_TEXT_SIZE 41 /* sign, 39 digits, zero */
#define DECIMAL_TEXT_SIZE 48
#define DECIMAL_SCALE_MAX 18

#define INT128_MAX ((int128)(~(uint128)0 >> 1))
#define INT128_MIN (-INT128_MAX - 1)

/* A word of which each byte is this one: for looking at eight characters at once. */
#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* A decimal number: coefficient × 10^-scale. "1.50" is {150, 2}. */
struct decimal {
    int128 coefficient;
    unsigned scale; /* 0 … DECIMAL_SCALE_MAX */
};

MUST_CHECK bool number_add(int128 a, int128 b, int128 *out);
MUST_CHECK bool number_subtract(int128 a, int128 b, int128 *out);
MUST_CHECK bool number_multiply(int128 a, int128 b, int128 *out);
/* 10^exponent; exponent ≤ 38 or it asserts. */
int128 number_power10(unsigned exponent);
/* a / b rounded half away from zero; b > 0. Never overflows. */
int128 number_divide_round(int128 a, int128 b);
/* a / b rounded towards minus infinity; b > 0. */
int128 number_divide_floor(int128 a, int128 b);
int128 number_gcd(int128 a, int128 b);

/* "-?(0|[1-9][0-9]*)" and nothing else; "-0" is refused. `what` names the field in the message. */
MUST_CHECK bool number_parse_int128(const char *text, size_t size, const char *what, int128 *out,
                                    struct error *err);
MUST_CHECK bool number_parse_u64(const char *text, size_t size, const char *what, uint64_t *out,
                                 struct error *err);
/* "-?(0|[1-9][0-9]*)(\.[0-9]{1,18})?"; trailing zeros are kept in the scale. */
MUST_CHECK bool decimal_parse(const char *text, size_t size, const char *what, struct decimal *out,
                              struct error *err);

/* Returns out, for use in printf. */
const char *number_format(int128 number, char out[INT128_TEXT_SIZE]);
/* Exactly `scale` decimals: (12345, 2) → "123.45". Returns out. */
const char *decimal_format(int128 coefficient, unsigned scale, char out[DECIMAL_TEXT_SIZE]);
/* Without trailing zeros: {150, 2} → "1.5". Returns out. */
const char *decimal_format_short(struct decimal decimal, char out[DECIMAL_TEXT_SIZE]);

/* Big-endian fixed width, for signed bytes. */
void bytes_put_u16(unsigned char *out, uint16_t value);
void bytes_put_u32(unsigned char *out, uint32_t value);
void bytes_put_u64(unsigned char *out, uint64_t value);
void bytes_put_i64(unsigned char *out, int64_t value);
void bytes_put_int128(unsigned char *out, int128 value); /* 16 bytes, two's complement */
uint16_t bytes_get_u16(const unsigned char *in);
uint32_t bytes_get_u32(const unsigned char *in);
uint64_t bytes_get_u64(const unsigned char *in);
int64_t bytes_get_i64(const unsigned char *in);
int128 bytes_get_int128(const unsigned char *in);

#endif
