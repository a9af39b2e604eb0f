#include "ingest/sequence.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

#define SETTLE_RUNS ((size_t)1 << 20) /* so many new ones are put in order before more come */

bool sequence_parse(struct slice text, int64_t *out)
{
    bool is_negative = text.size > 0 && text.data[0] == '-';
    size_t at = is_negative ? 1 : 0;
    int64_t number = 0;
    if (at == text.size || (text.data[at] == '0' && text.size > 1))
        return false;
    for (; at < text.size; at++) {
        if (text.data[at] < '0' || text.data[at] > '9' || number > SEQUENCE_MAX / 10 - 1)
            return false;
        number = number * 10 + (text.data[at] - '0');
    }
    *out = is_negative ? -number : number;
    return true;
}

void sequence_set_release(struct sequence_set *set)
{
    free(set->runs);
    *set = (struct sequence_set){.count = 0};
}

static void push(struct sequence_set *set, struct sequence_run run)
{
    set->runs = memory_grow(set->runs, &set->capacity, set->count + 1, sizeof run);
    set->runs[set->count++] = run;
}

void sequence_set_add(struct sequence_set *set, struct sequence_run run)
{
    assert(run.first <= run.last && run.first >= -SEQUENCE_MAX && run.last <= SEQUENCE_MAX);
    push(set, run);
    if (set->count - set->sorted >= SETTLE_RUNS)
        (void)sequence_set_settle(set);
}

/* --------------------------------------------------------------------------------------- settling
 */

/* Where runs begin, and where they have ended: one more of a number from here on, or one less. */
struct edge {
    int64_t at;
    int change;
};

/* At one place beginnings come first, so that nothing is ended before it has begun. */
static int compare_edges(const void *a, const void *b)
{
    const struct edge *left = a, *right = b;
    if (left->at != right->at)
        return left->at < right->at ? -1 : 1;
    return right->change - left->change;
}

static struct edge *edges_of(const struct sequence_set *set)
{
    struct edge *edges = memory_alloc((set->count > 0 ? set->count : 1) * 2 * sizeof *edges);
    for (size_t i = 0; i < set->count; i++) {
        edges[i * 2] = (struct edge){set->runs[i].first, 1};
        edges[i * 2 + 1] = (struct edge){set->runs[i].last + 1, -1};
    }
    qsort(edges, set->count * 2, sizeof *edges, compare_edges);
    return edges;
}

struct lived {
    size_t life;
    struct sequence_run run;
};

static int compare_lived(const void *a, const void *b)
{
    const struct lived *left = a, *right = b;
    if (left->life != right->life)
        return left->life < right->life ? -1 : 1;
    return (left->run.first > right->run.first) - (left->run.first < right->run.first);
}

/* One pass: where a number comes more often than the one before it, lives begin; where it comes
 * less often, they end. Returns how many runs; there are no more than there were. */
static size_t cut_lives(const struct edge *edges, size_t count, struct lived *out)
{
    int64_t *begun = memory_alloc((count + 1) * sizeof *begun);
    size_t depth = 0, made = 0;
    for (size_t i = 0; i < count;) {
        int64_t place = edges[i].at;
        size_t next = depth;
        for (; i < count && edges[i].at == place; i++)
            next = edges[i].change > 0 ? next + 1 : next - 1;
        for (size_t life = depth; life < next; life++)
            begun[life] = place;
        for (size_t life = next; life < depth; life++)
            out[made++] = (struct lived){life, {begun[life], place - 1}};
        depth = next;
    }
    assert(depth == 0);
    free(begun);
    return made;
}

size_t sequence_set_settle(struct sequence_set *set)
{
    size_t edge_count = set->count * 2;
    struct edge *edges = edges_of(set);
    struct lived *lived = memory_alloc((set->count > 0 ? set->count : 1) * sizeof *lived);
    size_t count = cut_lives(edges, edge_count, lived);
    assert(count <= set->count);
    qsort(lived, count, sizeof *lived, compare_lived);
    for (size_t i = 0; i < count; i++)
        set->runs[i] = lived[i].run;
    set->count = set->sorted = count;
    size_t lives = count > 0 ? lived[count - 1].life + 1 : 0;
    free(lived);
    free(edges);
    return lives;
}

/* ------------------------------------------------------------------------------------------ bytes
 */

static unsigned char *put_varint(unsigned char *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *out++ = (unsigned char)(value | 0x80);
    *out++ = (unsigned char)value;
    return out;
}

static uint64_t zigzag(int64_t value)
{
    return value < 0 ? (uint64_t)(-(value + 1)) * 2 + 1 : (uint64_t)value * 2;
}

static int64_t from_zigzag(uint64_t value)
{
    return value % 2 == 1 ? -(int64_t)(value / 2) - 1 : (int64_t)(value / 2);
}

static int compare_numbers(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

#define RUN_SIZE_MAX 20

struct slice sequence_encode(int64_t *numbers, size_t count, struct arena *arena)
{
    unsigned char *bytes = (unsigned char *)arena_bytes(arena, count * RUN_SIZE_MAX);
    unsigned char *end = bytes;
    int64_t next = 0;
    qsort(numbers, count, sizeof *numbers, compare_numbers);
    for (size_t i = 0; i < count;) {
        size_t first = i++;
        while (i < count && numbers[i] == numbers[i - 1] + 1)
            i++;
        end = put_varint(end, zigzag(numbers[first] - next));
        end = put_varint(end, (uint64_t)(i - first - 1));
        next = numbers[i - 1] + 1;
    }
    return (struct slice){(const char *)bytes, (size_t)(end - bytes)};
}

static bool take_varint(struct slice *rest, uint64_t *out)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 63 && rest->size > 0; shift += 7) {
        unsigned char byte = (unsigned char)*rest->data;
        *rest = (struct slice){rest->data + 1, rest->size - 1};
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *out = value;
            return byte > 0 || shift == 0;
        }
    }
    return false;
}

bool sequence_decode(struct slice bytes, struct sequence_set *set)
{
    int64_t next = 0;
    bool is_first = true;
    while (bytes.size > 0) {
        uint64_t gap = 0, more = 0;
        if (!take_varint(&bytes, &gap) || !take_varint(&bytes, &more))
            return false;
        int64_t first = next + from_zigzag(gap);
        /* Ascending: the run before may end with this number, and not with the one before it. */
        if (first < -SEQUENCE_MAX || first > SEQUENCE_MAX ||
            more > (uint64_t)(SEQUENCE_MAX - first) ||
            (!is_first && (gap == 0 || first < next - 1)))
            return false;
        sequence_set_add(set, (struct sequence_run){first, first + (int64_t)more});
        next = first + (int64_t)more + 1;
        is_first = false;
    }
    return true;
}
