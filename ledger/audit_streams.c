/* Streams: (tenant, stream) counts from 0 without gaps, in the order of the book. */
#include <inttypes.h>
#include <stdlib.h>

#include "ledger/audit_parts.h"
#include "store/audit.h"

#define STREAMS_FIRST 1024

static size_t place_of(uint64_t tenant, uint32_t stream, size_t capacity)
{
    uint64_t mixed = (tenant ^ ((uint64_t)stream << 40)) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(mixed >> 20) & (capacity - 1);
}

static struct audit_stream *find(struct audit_streams *streams, uint64_t tenant, uint32_t stream)
{
    size_t place = place_of(tenant, stream, streams->capacity);
    for (;; place = (place + 1) & (streams->capacity - 1)) {
        struct audit_stream *slot = &streams->slots[place];
        if (!slot->is_used || (slot->tenant == tenant && slot->stream == stream))
            return slot;
    }
}

static void grow(struct audit_streams *streams)
{
    struct audit_streams bigger = {.capacity = streams->capacity == 0 ? STREAMS_FIRST
                                                                      : 2 * streams->capacity,
                                   .count = streams->count};
    bigger.slots = memory_alloc(bigger.capacity * sizeof(*bigger.slots));
    for (size_t i = 0; i < streams->capacity; i++)
        if (streams->slots[i].is_used)
            *find(&bigger, streams->slots[i].tenant, streams->slots[i].stream) = streams->slots[i];
    free(streams->slots);
    *streams = bigger;
}

/* The stream's place; a new one begins with 0. */
static struct audit_stream *take(struct audit_streams *streams, uint64_t tenant, uint32_t number)
{
    if (2 * streams->count >= streams->capacity)
        grow(streams);
    struct audit_stream *stream = find(streams, tenant, number);
    if (!stream->is_used) {
        *stream = (struct audit_stream){tenant, 0, number, true};
        streams->count++;
    }
    return stream;
}

static bool begin_stream(void *context, uint64_t tenant, uint32_t number, uint64_t next_seq,
                         struct error *err)
{
    (void)err;
    take(context, tenant, number)->next_seq = next_seq;
    return true;
}

bool audit_streams_begin(struct audit *audit, uint64_t size, struct error *err)
{
    return audit_streams_before(audit->store, audit->log.log, size, begin_stream, &audit->streams,
                                err);
}

void audit_stream_take(struct audit *audit, uint64_t index, const struct entry *entry)
{
    struct audit_stream *stream = take(&audit->streams, entry->tenant, entry->stream);
    if (entry->stream_seq > stream->next_seq)
        findings_add(&audit->findings, FINDING_STREAM_GAP, index,
                     "tenant %" PRIu64 " stream %" PRIu32 ": %" PRIu64
                     " follows, expected %" PRIu64,
                     entry->tenant, entry->stream, entry->stream_seq, stream->next_seq);
    else if (entry->stream_seq < stream->next_seq)
        findings_add(&audit->findings, FINDING_STREAM_ORDER, index,
                     "tenant %" PRIu64 " stream %" PRIu32 ": %" PRIu64
                     " follows, expected %" PRIu64,
                     entry->tenant, entry->stream, entry->stream_seq, stream->next_seq);
    if (entry->stream_seq >= stream->next_seq)
        stream->next_seq = entry->stream_seq + 1;
}
