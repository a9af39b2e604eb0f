#include "base/number.h"

#include <assert.h>
#include <string.h>

#define DIGITS_MAX 38 /* every number of so many digits fits 128 bits */
#define SHOWN_MAX 60  /* bytes of a wrong input that a message quotes */

static int shown(size_t size)
{
    return (int)(size < SHOWN_MAX ? size : SHOWN_MAX);
}

bool number_add(int128 a, int128 b, int128 *out)
{
    int128 sum;
    if (__builtin_add_overflow(a, b, &sum))
        return false;
    *out = sum;
    return true;
}

bool number_subtract(int128 a, int128 b, int128 *out)
{
    int128 difference;
    if (__builtin_sub_overflow(a, b, &difference))
        return false;
    *out = difference;
    return true;
}

bool number_multiply(int128 a, int128 b, int128 *out)
{
    int128 product;
    if (__builtin_mul_overflow(a, b, &product))
        return false;
    *out = product;
    return true;
}

int128 number_power10(unsigned exponent)
{
    assert(exponent <= DIGITS_MAX);
    int128 power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

int128 number_divide_round(int128 a, int128 b)
{
    assert(b > 0);
    int128 quotient = a / b;
    int128 rest = a % b; /* between -b and b, so its negative fits */
    int128 magnitude = rest < 0 ? -rest : rest;
    if (magnitude < b - magnitude)
        return quotient;
    return a < 0 ? quotient - 1 : quotient + 1; /* rest != 0, so b > 1 and |quotient| < 2^126 + 1 */
}

int128 number_divide_floor(int128 a, int128 b)
{
    assert(b > 0);
    return a / b - (a % b < 0 ? 1 : 0);
}

static uint128 magnitude_of(int128 number)
{
    return number < 0 ? -(uint128)number : (uint128)number;
}

int128 number_gcd(int128 a, int128 b)
{
    uint128 x = magnitude_of(a);
    uint128 y = magnitude_of(b);
    while (y != 0) {
        uint128 rest = x % y;
        x = y;
        y = rest;
    }
    assert(x <= (uint128)INT128_MAX); /* only gcd(INT128_MIN, INT128_MIN or 0) is more */
    return (int128)x;
}

/* How many digits there are at the beginning of text: "0", or a run that does not begin with 0;
 * 0 when there is no number. */
static size_t whole_digits(const char *text, size_t size)
{
    if (size > 0 && text[0] == '0')
        return 1;
    size_t count = 0;
    while (count < size && text[count] >= '0' && text[count] <= '9')
        count++;
    return count;
}

/* Adds digits to a number; negative numbers grow downwards, so that the smallest one fits. */
static bool digits_append(const char *digits, size_t size, bool negative, int128 *number)
{
    int128 grown = *number;
    for (size_t i = 0; i < size; i++) {
        int128 digit = digits[i] - '0';
        if (!number_multiply(grown, 10, &grown) ||
            !number_add(grown, negative ? -digit : digit, &grown))
            return false;
    }
    *number = grown;
    return true;
}

bool number_parse_int128(const char *text, size_t size, const char *what, int128 *out,
                         struct error *err)
{
    bool negative = size > 0 && text[0] == '-';
    size_t sign = negative ? 1 : 0;
    size_t digits = whole_digits(text + sign, size - sign);
    if (digits == 0 || sign + digits != size || (negative && text[1] == '0'))
        return error_set(err, ERROR_INPUT, "%s '%.*s' is not a whole number", what, shown(size),
                         text);
    int128 number = 0;
    if (!digits_append(text + sign, digits, negative, &number))
        return error_set(err, ERROR_INPUT, "%s '%.*s' does not fit in 128 bits", what, shown(size),
                         text);
    *out = number;
    return true;
}

bool number_parse_u64(const char *text, size_t size, const char *what, uint64_t *out,
                      struct error *err)
{
    size_t digits = whole_digits(text, size);
    if (digits == 0 || digits != size)
        return error_set(err, ERROR_INPUT, "%s '%.*s' is not a whole number of 0 or more", what,
                         shown(size), text);
    int128 number = 0;
    if (!digits_append(text, digits, false, &number) || number > UINT64_MAX)
        return error_set(err, ERROR_INPUT, "%s '%.*s' does not fit in 64 bits", what, shown(size),
                         text);
    *out = (uint64_t)number;
    return true;
}

/* The digits behind the point; false when the point has none or the text goes on. */
static bool fraction_digits(const char *text, size_t size, size_t *out_digits)
{
    size_t count = 0;
    while (count + 1 < size && text[count + 1] >= '0' && text[count + 1] <= '9')
        count++;
    if (size > 0 && (text[0] != '.' || count == 0 || count + 1 != size))
        return false;
    *out_digits = count;
    return true;
}

bool decimal_parse(const char *text, size_t size, const char *what, struct decimal *out,
                   struct error *err)
{
    bool negative = size > 0 && text[0] == '-';
    const char *whole = text + (negative ? 1 : 0);
    size_t left = size - (negative ? 1 : 0);
    size_t digits = whole_digits(whole, left);
    size_t decimals = 0;
    if (digits == 0 || !fraction_digits(whole + digits, left - digits, &decimals))
        return error_set(err, ERROR_INPUT, "%s '%.*s' is not a decimal number", what, shown(size),
                         text);
    if (decimals > DECIMAL_SCALE_MAX)
        return error_set(err, ERROR_INPUT, "%s '%.*s' has %zu decimals; at most %d are allowed",
                         what, shown(size), text, decimals, DECIMAL_SCALE_MAX);
    struct decimal decimal = {.scale = (unsigned)decimals};
    if (digits + decimals > DIGITS_MAX)
        return error_set(err, ERROR_INPUT, "%s '%.*s' has %zu digits; at most %d are allowed", what,
                         shown(size), text, digits + decimals, DIGITS_MAX);
    bool fits = digits_append(whole, digits, negative, &decimal.coefficient) &&
                (decimals == 0 ||
                 digits_append(whole + digits + 1, decimals, negative, &decimal.coefficient));
    assert(fits);
    *out = decimal;
    return true;
}

const char *number_format(int128 number, char out[INT128_TEXT_SIZE])
{
    char digits[INT128_TEXT_SIZE];
    size_t first = sizeof digits - 1;
    digits[first] = '\0';
    uint128 left = magnitude_of(number);
    for (; left > UINT64_MAX; left /= 10)
        digits[--first] = (char)('0' + (int)(left % 10));
    uint64_t word = (uint64_t)left; /* its division is an instruction */
    do {
        digits[--first] = (char)('0' + (int)(word % 10));
        word /= 10;
    } while (word != 0);
    if (number < 0)
        digits[--first] = '-';
    return memcpy(out, digits + first, sizeof digits - first);
}

const char *decimal_format(int128 coefficient, unsigned scale, char out[DECIMAL_TEXT_SIZE])
{
    assert(scale <= DIGITS_MAX);
    char number[INT128_TEXT_SIZE];
    const char *digits = number_format(coefficient, number);
    char *end = out;
    if (*digits == '-')
        *end++ = *digits++;
    size_t count = strlen(digits);
    size_t whole = count > scale ? count - scale : 0;
    if (whole == 0)
        *end++ = '0';
    memcpy(end, digits, whole);
    end += whole;
    if (scale > 0) {
        *end++ = '.';
        for (size_t zeros = whole == 0 ? scale - count : 0; zeros > 0; zeros--)
            *end++ = '0';
        memcpy(end, digits + whole, count - whole);
        end += count - whole;
    }
    *end = '\0';
    assert(end < out + DECIMAL_TEXT_SIZE);
    return out;
}

const char *decimal_format_short(struct decimal decimal, char out[DECIMAL_TEXT_SIZE])
{
    while (decimal.scale > 0 && decimal.coefficient % 10 == 0) {
        decimal.coefficient /= 10;
        decimal.scale--;
    }
    return decimal_format(decimal.coefficient, decimal.scale, out);
}
