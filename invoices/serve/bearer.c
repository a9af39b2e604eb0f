#include "serve/bearer.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define PREFIX "dbk_"
#define ID_LENGTH (BEARER_ID_SIZE - 1)
#define SECRET_LENGTH 43
#define CRC_LENGTH 8
#define SIGNED_LENGTH (4 + ID_LENGTH + 1 + SECRET_LENGTH)

/* CRC-32 (ISO 3309), as in zlib. */
static uint32_t crc32_of(const char *text, size_t size)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        crc ^= (unsigned char)text[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1u)));
    }
    return ~crc;
}

static bool is_all(const char *text, size_t size, bool capitals)
{
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
              (capitals && c >= 'A' && c <= 'Z')))
            return false;
    }
    return true;
}

bool bearer_parse(const char *header, struct bearer *out)
{
    char crc[CRC_LENGTH + 1];
    if (strncasecmp(header, "Bearer ", 7) != 0)
        return false;
    const char *key = header + 7;
    while (*key == ' ')
        key++;
    if (strlen(key) != SIGNED_LENGTH + 1 + CRC_LENGTH || !text_starts_with(key, PREFIX))
        return false;
    const char *id = key + strlen(PREFIX);
    const char *secret = id + ID_LENGTH + 1;
    if (secret[-1] != '_' || secret[SECRET_LENGTH] != '_' || !is_all(id, ID_LENGTH, false) ||
        !is_all(secret, SECRET_LENGTH, true))
        return false;
    snprintf(crc, sizeof crc, "%08" PRIx32, crc32_of(key, SIGNED_LENGTH));
    if (strcmp(crc, key + SIGNED_LENGTH + 1) != 0)
        return false;
    memcpy(out->id, id, ID_LENGTH);
    out->id[ID_LENGTH] = '\0';
    out->hash = digest_of(secret, SECRET_LENGTH);
    return true;
}
