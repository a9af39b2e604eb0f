#include "store/types.h"

#include "base/compiler.h"

#define NUMERIC_BASE 10000
#define NUMERIC_DIGITS_MAX 10 /* of 128 bits: 39 decimal digits */
#define NUMERIC_NEGATIVE 0x4000
#define NUMERIC_POSITIVE 0x0000

size_t numeric_encode(int128 value, unsigned char out[NUMERIC_SIZE_MAX])
{
    uint128 rest = value < 0 ? -(uint128)value : (uint128)value;
    uint16_t digits[NUMERIC_DIGITS_MAX]; /* least significant first */
    unsigned count = 0;
    unsigned skipped = 0; /* zeros at the end are not sent */

    for (; rest; rest /= NUMERIC_BASE)
        digits[count++] = (uint16_t)(rest % NUMERIC_BASE);
    while (skipped < count && digits[skipped] == 0)
        skipped++;
    bytes_put_u16(out, (uint16_t)(count - skipped));
    bytes_put_u16(out + 2, (uint16_t)(count ? count - 1 : 0));
    bytes_put_u16(out + 4, value < 0 ? NUMERIC_NEGATIVE : NUMERIC_POSITIVE);
    bytes_put_u16(out + 6, 0);
    unsigned char *at = out + 8;
    for (unsigned i = count; i > skipped; i--, at += 2)
        bytes_put_u16(at, digits[i - 1]);
    return (size_t)(at - out);
}

bool numeric_decode(const unsigned char *bytes, size_t size, int128 *out)
{
    if (size < 8)
        return false;
    unsigned count = bytes_get_u16(bytes);
    int weight = (int16_t)bytes_get_u16(bytes + 2);
    unsigned sign = bytes_get_u16(bytes + 4);
    int128 value = 0;

    if (size != 8 + 2 * (size_t)count || (sign != NUMERIC_POSITIVE && sign != NUMERIC_NEGATIVE))
        return false;
    if (count && (weight < (int)count - 1 || weight >= NUMERIC_DIGITS_MAX))
        return false; /* a fraction, or too large */
    for (int i = 0; count && i <= weight; i++) {
        int128 digit = i < (int)count ? bytes_get_u16(bytes + 8 + 2 * i) : 0;
        /* Downwards, because INT128_MIN has no positive twin. */
        if (!number_multiply(value, NUMERIC_BASE, &value) || !number_subtract(value, digit, &value))
            return false;
    }
    if (sign == NUMERIC_POSITIVE && !number_subtract(0, value, &value))
        return false;
    *out = value;
    return true;
}

size_t array_header_encode(unsigned element_type, size_t count,
                           unsigned char out[ARRAY_HEADER_SIZE])
{
    bytes_put_u32(out, count ? 1 : 0); /* dimensions */
    bytes_put_u32(out + 4, 0);         /* has no nulls */
    bytes_put_u32(out + 8, element_type);
    if (!count)
        return 12;
    bytes_put_u32(out + 12, (uint32_t)count);
    bytes_put_u32(out + 16, 1); /* lower bound */
    return 20;
}
