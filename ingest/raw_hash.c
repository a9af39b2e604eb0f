#include "ingest/raw_hash.h"

#include <stdlib.h>

#include "ingest/raw.h"

/* A range on its way. Records that were kept one behind another are one piece. */
struct lane {
    struct raw_range *range; /* NULL: there is none left */
    size_t next;             /* of its items */
    struct slice piece;      /* not hashed yet */
    struct digest_running running;
};

/* Ranges with many records first, so that both lanes end at about the same time. */
struct raw_work {
    struct raw_range **ranges;
    size_t count;
    size_t next;
};

static int by_count(const void *a, const void *b)
{
    const struct raw_range *x = *(struct raw_range *const *)a;
    const struct raw_range *y = *(struct raw_range *const *)b;
    return (x->count < y->count) - (x->count > y->count);
}

static void take_piece(struct lane *lane)
{
    const struct raw_range *range = lane->range;
    while (lane->piece.size == 0 && lane->next < range->count) {
        const struct item *item = &range->items[lane->next++];
        if (item->raw.data == NULL)
            raw_add(&lane->running, &item->record);
        lane->piece = item->raw;
    }
    for (; lane->next < range->count; lane->next++) {
        const struct slice *raw = &range->items[lane->next].raw;
        if (raw->data == NULL || raw->data != lane->piece.data + lane->piece.size)
            break;
        lane->piece.size += raw->size;
    }
}

/* Bytes to hash, of the next range when this one is finished. False: there are none. */
static bool fill(struct lane *lane, struct raw_work *work)
{
    for (;;) {
        if (lane->range != NULL) {
            take_piece(lane);
            if (lane->piece.size > 0)
                return true;
            lane->range->hash = digest_finish(&lane->running);
        }
        if (work->next == work->count) {
            lane->range = NULL;
            return false;
        }
        lane->range = work->ranges[work->next++];
        lane->next = 0;
        lane->piece = (struct slice){NULL, 0};
        digest_start(&lane->running);
    }
}

static void advance(struct lane *lane, size_t size)
{
    lane->piece.data += size;
    lane->piece.size -= size;
}

static void hash_all(struct raw_work work)
{
    struct lane a = {.range = NULL};
    struct lane b = {.range = NULL};
    for (;;) {
        bool has_a = fill(&a, &work);
        bool has_b = fill(&b, &work);
        if (has_a && has_b) {
            size_t size = a.piece.size < b.piece.size ? a.piece.size : b.piece.size;
            digest_add_two(&a.running, a.piece.data, size, &b.running, b.piece.data, size);
            advance(&a, size);
            advance(&b, size);
        } else if (has_a || has_b) {
            struct lane *only = has_a ? &a : &b;
            digest_add(&only->running, only->piece.data, only->piece.size);
            advance(only, only->piece.size);
        } else {
            return;
        }
    }
}

void raw_hash_range(struct raw_range *range)
{
    hash_all((struct raw_work){&range, 1, 0});
}

void raw_hash_ranges(struct raw_range *ranges, size_t count, struct arena *arena)
{
    struct raw_work work = {arena_array(arena, count, sizeof *work.ranges), count, 0};
    for (size_t i = 0; i < count; i++)
        work.ranges[i] = &ranges[i];
    if (count > 0)
        qsort(work.ranges, count, sizeof *work.ranges, by_count);
    hash_all(work);
}
