#include "serve/usage_group.h"

#include <stdlib.h>
#include <string.h>

/* Sorts and tells apart: tenant ‖ 0 ‖ meter, unit, scale ‖ each dimension's presence and value. */
struct keyed {
    struct slice key;
    size_t series;
    struct series decoded;
};

static void append_part(struct text *key, struct slice part)
{
    unsigned char size[4];
    text_append_n(key, part.data, part.size);
    bytes_put_u32(size, (uint32_t)part.size);
    text_append_char(key, '\0');
    text_append_n(key, size, sizeof size);
}

static struct slice key_of(const struct usage_question *question, uint64_t tenant,
                           const struct series *series, struct arena *arena)
{
    unsigned char number[8];
    struct text CLEANUP(text_release) key;
    text_init(&key);
    bytes_put_u64(number, tenant);
    text_append_n(&key, number, sizeof number);
    append_part(&key, series->meter);
    append_part(&key, series->unit);
    text_printf(&key, "%u %d", series->scale, (int)series->aggregation);
    for (size_t i = 0; i < question->by_count; i++) {
        struct slice value = series_dimension(series, question->by[i]);
        text_append_char(&key, value.data != NULL ? '1' : '0');
        append_part(&key, value);
    }
    return (struct slice){arena_copy(arena, key.data, key.size), key.size};
}

static int by_key(const void *a, const void *b)
{
    return slice_compare(((const struct keyed *)a)->key, ((const struct keyed *)b)->key);
}

static bool collect(const struct usage_question *question, struct usage_groups *groups,
                    struct arena *arena, struct keyed *out, size_t *out_count, struct error *err)
{
    size_t count = 0;
    for (size_t i = 0; i < groups->series_count; i++) {
        const struct read_series *row = &groups->series[i];
        struct keyed *keyed = &out[count];
        groups->group_of[i] = SIZE_MAX;
        if (!series_decode(row->descriptor.data, row->descriptor.size, &keyed->decoded, err))
            return false;
        if (question->meter != NULL && !slice_equals(keyed->decoded.meter, question->meter))
            continue;
        keyed->key = key_of(question, row->tenant, &keyed->decoded, arena);
        keyed->series = i;
        count++;
    }
    *out_count = count;
    return true;
}

static void number_groups(const struct keyed *keyed, size_t count, struct usage_groups *groups)
{
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || slice_compare(keyed[i - 1].key, keyed[i].key) != 0) {
            struct usage_group *group = &groups->groups[groups->group_count++];
            group->tenant = groups->series[keyed[i].series].tenant;
            group->series = keyed[i].decoded;
        }
        groups->group_of[keyed[i].series] = groups->group_count - 1;
    }
}

bool usage_groups_make(const struct usage_question *question, const struct read_series *series,
                       size_t series_count, const struct buckets *buckets, struct arena *arena,
                       struct usage_groups *out, struct error *err)
{
    size_t count;
    struct keyed *keyed = arena_array(arena, series_count + 1, sizeof *keyed);
    struct usage_groups groups = {.series_count = series_count, .series = series};
    groups.group_of = arena_array(arena, series_count + 1, sizeof(size_t));
    groups.groups = arena_array(arena, series_count + 1, sizeof *groups.groups);
    groups.buckets = *buckets;
    if (!collect(question, &groups, arena, keyed, &count, err))
        return false;
    qsort(keyed, count, sizeof *keyed, by_key);
    number_groups(keyed, count, &groups);
    if (groups.group_count > USAGE_CELLS_MAX / buckets->count)
        return error_set(err, ERROR_INPUT,
                         "the answer would have more than %d rows; ask for less at once",
                         USAGE_CELLS_MAX);
    groups.cells =
        arena_array(arena, groups.group_count * buckets->count + 1, sizeof *groups.cells);
    *out = groups;
    return true;
}

static int by_name(const void *a, const void *b)
{
    const struct read_series *left = a, *right = b;
    if (left->tenant != right->tenant)
        return left->tenant < right->tenant ? -1 : 1;
    return memcmp(left->series.bytes, right->series.bytes, DIGEST_SIZE);
}

bool usage_groups_add(void *context, const struct read_usage *row, struct error *err)
{
    struct usage_groups *groups = context;
    struct read_series wanted = {.tenant = row->tenant, .series = row->series};
    const struct read_series *found =
        bsearch(&wanted, groups->series, groups->series_count, sizeof wanted, by_name);
    if (found == NULL)
        return error_set(err, ERROR_CONFLICT, "usage of a series without a descriptor");
    size_t group = groups->group_of[found - groups->series];
    if (group == SIZE_MAX)
        return true;
    size_t bucket = buckets_find(&groups->buckets, row->from_us);
    struct usage_cell *cell = &groups->cells[group * groups->buckets.count + bucket];
    int128 quantity = row->sum;
    if ((groups->groups[group].series.aggregation == AGGREGATION_MAX &&
         !number_add(row->greatest, row->corrected, &quantity)) ||
        !number_add(cell->quantity, quantity, &cell->quantity))
        return error_set(err, ERROR_CONFLICT, "a sum of usage does not fit into 128 bits");
    cell->is_used = true;
    return true;
}
