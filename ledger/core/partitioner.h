/*
 * Where a tenant belongs: slot = toPositive(murmur2(tenant id)) mod 64, the hash of Kafka's
 * default partitioner (org.apache.kafka.common.utils.Utils.murmur2), so that
 * slot mod P is Kafka's partition for every P that divides 64.
 */
#ifndef CORE_PARTITIONER_H
#define CORE_PARTITIONER_H

#include <stddef.h>
#include <stdint.h>

#define SLOT_COUNT 64

uint32_t partitioner_murmur2(const void *key, size_t size);
unsigned partitioner_slot(const void *tenant_id, size_t size);

#endif
