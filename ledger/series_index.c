#include "ledger/series_index.h"

#include <stdlib.h>
#include <string.h>

#include "store/audit.h"

void series_index_init(struct series_index *index)
{
    *index = (struct series_index){0};
    arena_init(&index->arena);
}

void series_index_release(struct series_index *index)
{
    free(index->rows);
    arena_release(&index->arena);
}

static bool keep_series(void *context, uint64_t tenant, struct slice series,
                        struct slice descriptor, struct error *err)
{
    (void)err;
    struct series_index *index = context;
    if (series.size != DIGEST_SIZE)
        return true;
    index->rows =
        memory_grow(index->rows, &index->capacity, index->count + 1, sizeof(*index->rows));
    struct indexed_series *row = &index->rows[index->count++];
    row->tenant = tenant;
    memcpy(row->series.bytes, series.data, DIGEST_SIZE);
    row->descriptor = (struct slice){
        arena_copy(&index->arena, descriptor.data, descriptor.size),
        descriptor.size,
    };
    return true;
}

bool series_index_load(struct series_index *index, struct store *store, int log, struct error *err)
{
    return audit_series_each(store, log, keep_series, index, err);
}

static int compare(const struct indexed_series *row, uint64_t tenant, const struct digest *series)
{
    if (row->tenant != tenant)
        return row->tenant < tenant ? -1 : 1;
    return memcmp(row->series.bytes, series->bytes, DIGEST_SIZE);
}

struct slice series_index_find(const struct series_index *index, uint64_t tenant,
                               const struct digest *series)
{
    for (size_t low = 0, high = index->count; low < high;) {
        size_t middle = low + (high - low) / 2;
        int order = compare(&index->rows[middle], tenant, series);
        if (order == 0)
            return index->rows[middle].descriptor;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return (struct slice){0};
}
