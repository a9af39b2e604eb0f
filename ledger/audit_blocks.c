/* Identities: an event is counted once, so no identity stands twice in its slot and hour. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/audit_parts.h"
#include "store/audit.h"
#include "store/dedup.h"

#define IDENTITY_SIZE 16 /* the meaning follows, and decides nothing here */

struct hour {
    struct audit *audit;
    int slot;
    int64_t hour;
    unsigned char (*identities)[IDENTITY_SIZE];
    size_t count;
    size_t capacity;
};

static int compare_identities(const void *a, const void *b)
{
    return memcmp(a, b, IDENTITY_SIZE);
}

static void end_hour(struct hour *hour)
{
    size_t doubled = 0;
    if (hour->count > 0)
        qsort(hour->identities, hour->count, IDENTITY_SIZE, compare_identities);
    for (size_t i = 1; i < hour->count; i++)
        doubled += memcmp(hour->identities[i - 1], hour->identities[i], IDENTITY_SIZE) == 0;
    if (doubled > 0)
        findings_add(&hour->audit->findings, FINDING_DEDUP_MISMATCH, FINDING_NO_INDEX,
                     "slot %d hour %" PRId64 ": %zu identities are kept twice", hour->slot,
                     hour->hour, doubled);
    hour->count = 0;
}

static bool take_block(void *context, int slot, int64_t number, struct slice ids, struct error *err)
{
    (void)err;
    struct hour *hour = context;
    size_t count = ids.size / DEDUP_ID_SIZE; /* a rest is said by the SQL rules */
    if (slot != hour->slot || number != hour->hour)
        end_hour(hour);
    hour->slot = slot;
    hour->hour = number;
    hour->identities =
        memory_grow(hour->identities, &hour->capacity, hour->count + count + 1, IDENTITY_SIZE);
    for (size_t i = 0; i < count; i++)
        memcpy(hour->identities[hour->count++], ids.data + i * DEDUP_ID_SIZE, IDENTITY_SIZE);
    return true;
}

bool audit_blocks(struct audit *audit, struct error *err)
{
    struct hour hour = {.audit = audit};
    bool good = audit_blocks_each(audit->store, audit->log.log, take_block, &hour, err);
    if (good)
        end_hour(&hour);
    free(hour.identities);
    return good;
}
