/*
 * Big-endian fixed width (number.h). Shifts of unsigned values only: the same on every machine,
 * at any alignment.
 */
#include "base/number.h"

void bytes_put_u16(unsigned char *out, uint16_t value)
{
    out[0] = (unsigned char)(value >> 8);
    out[1] = (unsigned char)(value & 0xFF);
}

void bytes_put_u32(unsigned char *out, uint32_t value)
{
    bytes_put_u16(out, (uint16_t)(value >> 16));
    bytes_put_u16(out + 2, (uint16_t)(value & 0xFFFF));
}

void bytes_put_u64(unsigned char *out, uint64_t value)
{
    bytes_put_u32(out, (uint32_t)(value >> 32));
    bytes_put_u32(out + 4, (uint32_t)(value & 0xFFFFFFFF));
}

void bytes_put_i64(unsigned char *out, int64_t value)
{
    bytes_put_u64(out, (uint64_t)value);
}

void bytes_put_int128(unsigned char *out, int128 value)
{
    uint128 bits = (uint128)value;
    bytes_put_u64(out, (uint64_t)(bits >> 64));
    bytes_put_u64(out + 8, (uint64_t)(bits & UINT64_MAX));
}

uint16_t bytes_get_u16(const unsigned char *in)
{
    return (uint16_t)((unsigned)in[0] << 8 | in[1]);
}

uint32_t bytes_get_u32(const unsigned char *in)
{
    return (uint32_t)bytes_get_u16(in) << 16 | bytes_get_u16(in + 2);
}

uint64_t bytes_get_u64(const unsigned char *in)
{
    return (uint64_t)bytes_get_u32(in) << 32 | bytes_get_u32(in + 4);
}

int64_t bytes_get_i64(const unsigned char *in)
{
    return (int64_t)bytes_get_u64(in); /* gcc and clang: modulo 2^64, as two's complement has it */
}

int128 bytes_get_int128(const unsigned char *in)
{
    return (int128)((uint128)bytes_get_u64(in) << 64 | bytes_get_u64(in + 8));
}
