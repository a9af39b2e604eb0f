/*
 * Inclusion and consistency proofs, and the tlog-proof file. Many leaves at once: proof_many.c.
 *
 * Checking follows RFC 9162 in the form that fixes the proof's length first: `inner` hashes where
 * the path still branches to both sides, then `border` hashes that only stand to the left.
 */
#include "core/proof.h"

#include <assert.h>
#include <inttypes.h>

/* The number of bits that x needs; 0 for 0. */
static unsigned bit_length(uint64_t x)
{
    return x == 0 ? 0 : 64 - (unsigned)__builtin_clzll(x);
}

static uint64_t shift_right(uint64_t x, unsigned bits)
{
    return bits >= 64 ? 0 : x >> bits;
}

static unsigned ones(uint64_t x)
{
    return (unsigned)__builtin_popcountll(x);
}

/* The largest power of two below n; n > 1. */
static uint64_t split_of(uint64_t n)
{
    assert(n > 1);
    return UINT64_C(1) << (bit_length(n - 1) - 1);
}

static bool wrong_length(const struct proof *proof, size_t wanted, struct error *err)
{
    return error_set(err, ERROR_SIGNATURE, "a proof has %zu hashes where %zu are right",
                     proof->count, wanted);
}

bool proof_verify_inclusion(const struct digest *leaf_hash, uint64_t index, uint64_t size,
                            const struct proof *proof, const struct digest *root, struct error *err)
{
    struct digest hash = *leaf_hash;
    unsigned inner, border;

    if (index >= size)
        return error_set(err, ERROR_INPUT, "index %" PRIu64 " is not below the size %" PRIu64,
                         index, size);
    inner = bit_length(index ^ (size - 1));
    border = ones(shift_right(index, inner));
    if (proof->count != inner + border)
        return wrong_length(proof, inner + border, err);

    for (unsigned i = 0; i < inner + border; i++)
        hash = i >= inner || (index >> i & 1) != 0 ? tree_node_hash(&proof->hashes[i], &hash)
                                                   : tree_node_hash(&hash, &proof->hashes[i]);
    if (!digest_equals(&hash, root))
        return error_set(err, ERROR_SIGNATURE,
                         "the proof of leaf %" PRIu64 " does not lead to the root of size %" PRIu64,
                         index, size);
    return true;
}

/* What a consistency proof looks like for two sizes: fixed before anything is hashed. */
struct consistency_shape {
    uint64_t path;  /* of the old tree's last node, one bit a level */
    unsigned seeds; /* 0 where the old tree is one perfect subtree: its root is the seed */
    unsigned inner;
    unsigned border;
};

static struct consistency_shape consistency_shape(uint64_t old_size, uint64_t new_size)
{
    unsigned shift = (unsigned)__builtin_ctzll(old_size);
    unsigned inner = bit_length((old_size - 1) ^ (new_size - 1));

    return (struct consistency_shape){
        .path = (old_size - 1) >> shift,
        .seeds = old_size == UINT64_C(1) << shift ? 0 : 1,
        .inner = inner - shift,
        .border = ones(shift_right(old_size - 1, inner)),
    };
}

/* Folds the proof into the roots that it stands for. */
static void consistency_fold(const struct consistency_shape *shape, const struct digest *hashes,
                             struct digest *old_hash, struct digest *new_hash)
{
    for (unsigned i = 0; i < shape->inner + shape->border; i++) {
        if (i >= shape->inner || (shape->path >> i & 1) != 0) {
            *old_hash = tree_node_hash(&hashes[i], old_hash);
            *new_hash = tree_node_hash(&hashes[i], new_hash);
        } else {
            *new_hash = tree_node_hash(new_hash, &hashes[i]);
        }
    }
}

bool proof_verify_consistency(uint64_t old_size, uint64_t new_size, const struct proof *proof,
                              const struct digest *old_root, const struct digest *new_root,
                              struct error *err)
{
    struct consistency_shape shape;
    struct digest old_hash, new_hash;

    if (old_size == 0 || old_size > new_size)
        return error_set(err, ERROR_INPUT,
                         "there is no consistency proof from size %" PRIu64 " to %" PRIu64,
                         old_size, new_size);
    if (old_size == new_size) {
        if (proof->count != 0)
            return wrong_length(proof, 0, err);
        old_hash = new_hash = *old_root;
    } else {
        shape = consistency_shape(old_size, new_size);
        if (proof->count != shape.seeds + shape.inner + shape.border)
            return wrong_length(proof, shape.seeds + shape.inner + shape.border, err);
        old_hash = new_hash = shape.seeds ? proof->hashes[0] : *old_root;
        consistency_fold(&shape, proof->hashes + shape.seeds, &old_hash, &new_hash);
    }
    if (!digest_equals(&old_hash, old_root) || !digest_equals(&new_hash, new_root))
        return error_set(err, ERROR_SIGNATURE,
                         "the log of size %" PRIu64 " does not extend the one of size %" PRIu64,
                         new_size, old_size);
    return true;
}

/* Proofs are collected from the root downwards and read from the leaf upwards. */
static void reverse(struct proof *proof)
{
    for (size_t i = 0, j = proof->count; i + 1 < j; i++) {
        struct digest hash = proof->hashes[i];

        j--;
        proof->hashes[i] = proof->hashes[j];
        proof->hashes[j] = hash;
    }
}

static bool push_range(uint64_t from, uint64_t to, tree_reader *read, void *context,
                       struct proof *proof, struct error *err)
{
    assert(proof->count < PROOF_HASHES_MAX);
    return tree_range_hash(from, to, read, context, &proof->hashes[proof->count++], err);
}

bool proof_make_inclusion(uint64_t index, uint64_t size, tree_reader *read, void *context,
                          struct proof *out, struct error *err)
{
    struct proof proof = {.count = 0};
    uint64_t from = 0;
    uint64_t to = size;

    if (index >= size)
        return error_set(err, ERROR_INPUT, "index %" PRIu64 " is not below the size %" PRIu64,
                         index, size);
    while (to - from > 1) {
        uint64_t middle = from + split_of(to - from);
        bool left = index < middle;

        if (!push_range(left ? middle : from, left ? to : middle, read, context, &proof, err))
            return false;
        if (left)
            to = middle;
        else
            from = middle;
    }
    reverse(&proof);
    *out = proof;
    return true;
}

bool proof_make_consistency(uint64_t old_size, uint64_t new_size, tree_reader *read, void *context,
                            struct proof *out, struct error *err)
{
    struct proof proof = {.count = 0};
    uint64_t from = 0;
    uint64_t to = new_size;

    if (old_size == 0 || old_size > new_size)
        return error_set(err, ERROR_INPUT,
                         "there is no consistency proof from size %" PRIu64 " to %" PRIu64,
                         old_size, new_size);
    while (to != old_size) {
        uint64_t middle = from + split_of(to - from);
        bool left = old_size <= middle;

        if (!push_range(left ? middle : from, left ? to : middle, read, context, &proof, err))
            return false;
        if (left)
            to = middle;
        else
            from = middle;
    }
    /* Once the path has gone right, the old tree's last node is not the old root itself. */
    if (from != 0 && !push_range(from, to, read, context, &proof, err))
        return false;
    reverse(&proof);
    *out = proof;
    return true;
}

void proof_format_tlog(uint64_t index, struct slice extra, const struct proof_path *path,
                       const char *checkpoint_note, struct text *out)
{
    char base64[BASE64_SIZE(PROOF_EXTRA_MAX)];

    assert(extra.size <= PROOF_EXTRA_MAX);
    text_append(out, "c2sp.org/tlog-proof@v1\n");
    if (extra.size > 0)
        text_printf(out, "extra %s\n",
                    base64_encode(extra.data, extra.size, base64, sizeof(base64)));
    text_printf(out, "index %" PRIu64 "\n", index);
    for (size_t i = 0; i < path->count; i++)
        text_printf(out, "%s\n",
                    base64_encode(path->hashes[i].bytes, DIGEST_SIZE, base64, sizeof(base64)));
    text_append_char(out, '\n');
    text_append(out, checkpoint_note);
}
