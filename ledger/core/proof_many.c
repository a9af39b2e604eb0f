/*
 * One list of hashes for many leaves.
 *
 * Prover and verifier walk the same tree: from the root, left before right, down to the wanted
 * leaves; where no leaf is wanted the prover writes the subtree's hash and the verifier reads it.
 */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "core/proof.h"

/* The wanted leaves that lie in one subtree. */
struct wanted {
    const uint64_t *indexes;
    const struct digest *leaf_hashes; /* verifier only */
    struct proof_path *paths;         /* to be filled; NULL when nobody wants them */
    size_t count;
};

static bool check_indexes(const uint64_t *indexes, size_t count, uint64_t size, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (indexes[i] >= size)
            return error_set(err, ERROR_INPUT, "index %" PRIu64 " is not below the size %" PRIu64,
                             indexes[i], size);
        if (i > 0 && indexes[i] <= indexes[i - 1])
            return error_set(err, ERROR_INPUT, "index %" PRIu64 " does not stand in order",
                             indexes[i]);
    }
    return true;
}

/* The middle of [from, to): RFC 6962's largest power of two below the width. */
static uint64_t middle_of(uint64_t from, uint64_t to)
{
    uint64_t last = to - from - 1;

    assert(last > 0);
    return from + (UINT64_C(1) << (63 - (unsigned)__builtin_clzll(last)));
}

/* Parts the wanted leaves at `middle`. */
static void part(const struct wanted *wanted, uint64_t middle, struct wanted *left,
                 struct wanted *right)
{
    size_t low = 0;
    size_t high = wanted->count;

    while (low < high) {
        size_t probe = low + (high - low) / 2;

        if (wanted->indexes[probe] < middle)
            low = probe + 1;
        else
            high = probe;
    }
    *left = (struct wanted){wanted->indexes, wanted->leaf_hashes, wanted->paths, low};
    *right = (struct wanted){wanted->indexes + low,
                             wanted->leaf_hashes ? wanted->leaf_hashes + low : NULL,
                             wanted->paths ? wanted->paths + low : NULL, wanted->count - low};
}

/* ------------------------------------------------------------------------------- the prover */

static size_t count_hashes(const struct wanted *wanted, uint64_t from, uint64_t to)
{
    struct wanted left, right;
    uint64_t middle;

    if (wanted->count == 0)
        return 1;
    if (to - from == 1)
        return 0;
    middle = middle_of(from, to);
    part(wanted, middle, &left, &right);
    return count_hashes(&left, from, middle) + count_hashes(&right, middle, to);
}

struct prover {
    tree_reader *read;
    void *context;
    struct digest *next;
};

static bool emit(struct prover *prover, const struct wanted *wanted, uint64_t from, uint64_t to,
                 struct error *err)
{
    struct wanted left, right;
    uint64_t middle;

    if (wanted->count == 0)
        return tree_range_hash(from, to, prover->read, prover->context, prover->next++, err);
    if (to - from == 1)
        return true;
    middle = middle_of(from, to);
    part(wanted, middle, &left, &right);
    return emit(prover, &left, from, middle, err) && emit(prover, &right, middle, to, err);
}

bool proof_make_many(const uint64_t *indexes, size_t count, uint64_t size, tree_reader *read,
                     void *context, struct arena *arena, struct digest **out_hashes,
                     size_t *out_hash_count, struct error *err)
{
    struct wanted wanted = {indexes, NULL, NULL, count};
    struct prover prover = {read, context, NULL};
    struct digest *hashes;
    size_t hash_count;

    if (!check_indexes(indexes, count, size, err))
        return false;
    hash_count = size == 0 ? 0 : count_hashes(&wanted, 0, size);
    hashes = arena_array(arena, hash_count + 1, sizeof(*hashes));
    prover.next = hashes;
    if (size > 0 && !emit(&prover, &wanted, 0, size, err))
        return false;
    assert(prover.next == hashes + hash_count);
    *out_hashes = hashes;
    *out_hash_count = hash_count;
    return true;
}

/* ----------------------------------------------------------------------------- the verifier */

struct verifier {
    const struct digest *next;
    const struct digest *end;
};

/* One step up for all leaves of a subtree: what stands beside it. */
static void climb(const struct wanted *wanted, const struct digest *sibling)
{
    for (size_t i = 0; i < wanted->count && wanted->paths; i++)
        wanted->paths[i].hashes[wanted->paths[i].count++] = *sibling;
}

static bool fold(struct verifier *verifier, const struct wanted *wanted, uint64_t from, uint64_t to,
                 struct digest *out)
{
    struct wanted left, right;
    struct digest left_hash, right_hash;
    uint64_t middle;

    if (wanted->count == 0) {
        if (verifier->next == verifier->end)
            return false;
        *out = *verifier->next++;
        return true;
    }
    if (to - from == 1) {
        assert(wanted->leaf_hashes != NULL); /* a wanted leaf was counted */
        *out = wanted->leaf_hashes[0];
        return true;
    }
    middle = middle_of(from, to);
    part(wanted, middle, &left, &right);
    if (!fold(verifier, &left, from, middle, &left_hash) ||
        !fold(verifier, &right, middle, to, &right_hash))
        return false;
    climb(&left, &right_hash);
    climb(&right, &left_hash);
    *out = tree_node_hash(&left_hash, &right_hash);
    return true;
}

static bool verify(const struct wanted *wanted, uint64_t size, const struct digest *hashes,
                   size_t hash_count, const struct digest *root, struct error *err)
{
    struct verifier verifier = {hashes, hashes + hash_count};
    struct digest hash = tree_empty_root();
    size_t count = wanted->count;

    if (!check_indexes(wanted->indexes, count, size, err))
        return false;
    if (size > 0 && !fold(&verifier, wanted, 0, size, &hash))
        return error_set(err, ERROR_SIGNATURE, "the proof of %zu leaves has too few hashes (%zu)",
                         count, hash_count);
    if (verifier.next != verifier.end)
        return error_set(err, ERROR_SIGNATURE, "the proof of %zu leaves has %zu hashes too many",
                         count, (size_t)(verifier.end - verifier.next));
    if (!digest_equals(&hash, root))
        return error_set(err, ERROR_SIGNATURE,
                         "the proof of %zu leaves does not lead to the root of size %" PRIu64,
                         count, size);
    return true;
}

bool proof_verify_many(const uint64_t *indexes, const struct digest *leaf_hashes, size_t count,
                       uint64_t size, const struct digest *hashes, size_t hash_count,
                       const struct digest *root, struct error *err)
{
    struct wanted wanted = {indexes, leaf_hashes, NULL, count};

    return verify(&wanted, size, hashes, hash_count, root, err);
}

bool proof_split_many(const uint64_t *indexes, const struct digest *leaf_hashes, size_t count,
                      uint64_t size, const struct digest *hashes, size_t hash_count,
                      const struct digest *root, struct arena *arena, struct proof_path **out,
                      struct error *err)
{
    struct wanted wanted = {indexes, leaf_hashes, arena_array(arena, count + 1, sizeof(**out)),
                            count};
    size_t depth = size > 1 ? 64 - (size_t)__builtin_clzll(size - 1) : 0;

    for (size_t i = 0; i < count; i++)
        wanted.paths[i].hashes = arena_array(arena, depth + 1, sizeof(struct digest));
    if (!verify(&wanted, size, hashes, hash_count, root, err))
        return false;
    *out = wanted.paths;
    return true;
}
