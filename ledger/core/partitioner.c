/*
 * Kafka's murmur2. Source: org.apache.kafka.common.utils.Utils.murmur2 (little-endian words).
 */
#include "core/partitioner.h"

static const uint32_t seed = 0x9747b28c;
static const uint32_t factor = 0x5bd1e995;

uint32_t partitioner_murmur2(const void *key, size_t size)
{
    const unsigned char *bytes = key;
    uint32_t hash = seed ^ (uint32_t)size;

    for (; size >= 4; bytes += 4, size -= 4) {
        uint32_t word = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
                        (uint32_t)bytes[3] << 24;

        word *= factor;
        word ^= word >> 24;
        hash = hash * factor ^ word * factor;
    }
    if (size >= 3)
        hash ^= (uint32_t)bytes[2] << 16;
    if (size >= 2)
        hash ^= (uint32_t)bytes[1] << 8;
    if (size >= 1)
        hash = (hash ^ bytes[0]) * factor;
    hash ^= hash >> 13;
    hash *= factor;
    return hash ^ hash >> 15;
}

unsigned partitioner_slot(const void *tenant_id, size_t size)
{
    return (partitioner_murmur2(tenant_id, size) & 0x7fffffff) % SLOT_COUNT;
}
