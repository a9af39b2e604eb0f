/*
 * Inclusion and consistency proofs, and requests to witnesses (core/proof, witness/request).
 *
 * Under the roots of a known tree no proof verifies but the one that is made from it; a request
 * that is taken is formatted to the same bytes.
 *
 * An input is a request, or: kind u8, two positions u8, leaf u8, then hashes of 32 bytes.
 */
#include <assert.h>
#include <string.h>

#include "core/proof.h"
#include "fuzz/fuzz.h"
#include "witness/request.h"

#define LEAVES 27
#define HEAD_SIZE 4

enum { KIND_INCLUSION, KIND_CONSISTENCY, KIND_MANY, KINDS };

const char *const fuzz_words[] = {"old ", "\n", "\n\n", "0", "18446744073709551615",
                                  "=",    "+",  NULL};

static struct {
    struct tree_memory tree;
    struct digest leaves[LEAVES];
} own;

static void set_up(void)
{
    if (own.tree.size > 0)
        return;
    tree_memory_init(&own.tree);
    for (unsigned char i = 0; i < LEAVES; i++) {
        own.leaves[i] = tree_leaf_hash(&i, 1);
        tree_memory_append(&own.tree, &own.leaves[i]);
    }
}

/* ------------------------------------------------------------------------------------- inputs */

static void add_proof(struct fuzz_corpus *corpus, unsigned kind, size_t a, size_t b,
                      const struct digest *hashes, size_t count)
{
    struct text bytes CLEANUP(text_release);
    const char head[HEAD_SIZE] = {(char)kind, (char)a, (char)b, (char)a};
    text_init(&bytes);
    text_append_n(&bytes, head, sizeof head);
    text_append_n(&bytes, hashes, count * DIGEST_SIZE);
    fuzz_add(corpus, bytes.data, bytes.size);
}

static void add_request(struct fuzz_corpus *corpus, size_t old_size, const struct proof *proof)
{
    struct request request = {.old_size = old_size, .proof = *proof};
    struct text body CLEANUP(text_release);
    text_init(&body);
    request.note =
        slice_of("daybook.example/log\n27\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
                 "\n— daybook.example/log AAAAAAECAwQ=\n");
    request_format(&request, &body);
    fuzz_add(corpus, body.data, body.size);
}

void fuzz_seeds(struct fuzz_corpus *corpus)
{
    struct proof proof;
    struct error err;
    set_up();
    for (size_t a = 0; a < LEAVES; a += 5) {
        for (size_t b = a + 1; b <= LEAVES; b += 6) {
            fuzz_must(proof_make_inclusion(a, b, tree_memory_read, &own.tree, &proof, &err), &err);
            add_proof(corpus, KIND_INCLUSION, a, b, proof.hashes, proof.count);
            add_proof(corpus, KIND_MANY, a, b, proof.hashes, proof.count);
            if (a == 0)
                continue;
            fuzz_must(proof_make_consistency(a, b, tree_memory_read, &own.tree, &proof, &err),
                      &err);
            add_proof(corpus, KIND_CONSISTENCY, a, b, proof.hashes, proof.count);
            add_request(corpus, a, &proof);
        }
    }
}

/* ------------------------------------------------------------------------------------- checks */

static bool is_same(const struct proof *a, const struct proof *b)
{
    return a->count == b->count && memcmp(a->hashes, b->hashes, a->count * DIGEST_SIZE) == 0;
}

static bool check_inclusion(size_t index, size_t size, size_t leaf, const struct proof *proof)
{
    struct digest root = tree_memory_root(&own.tree, size);
    struct proof made;
    struct error err;
    bool made_is =
        index < size && proof_make_inclusion(index, size, tree_memory_read, &own.tree, &made, &err);
    bool verified = proof_verify_inclusion(&own.leaves[leaf], index, size, proof, &root, &err);
    assert(made_is == (index < size));
    assert(verified == (made_is && leaf == index && is_same(proof, &made)));
    return verified;
}

static bool check_consistency(size_t from, size_t to, const struct proof *proof)
{
    struct digest old_root = tree_memory_root(&own.tree, from);
    struct digest root = tree_memory_root(&own.tree, to);
    struct proof made;
    struct error err;
    bool is_range = from > 0 && from <= to;
    if (is_range)
        fuzz_must(proof_make_consistency(from, to, tree_memory_read, &own.tree, &made, &err), &err);
    bool verified = proof_verify_consistency(from, to, proof, &old_root, &root, &err);
    assert(verified == (is_range && is_same(proof, &made)));
    return verified;
}

/* Two leaves, or one where both are the same. */
static bool check_many(size_t a, size_t size, size_t b, const struct proof *proof)
{
    struct digest root = tree_memory_root(&own.tree, size);
    const uint64_t indexes[2] = {a, b};
    const struct digest leaves[2] = {own.leaves[a], own.leaves[b]};
    size_t count = a == b ? 1 : 2;
    struct arena arena CLEANUP(arena_release);
    struct proof_path *paths;
    struct error err;
    arena_init(&arena);
    bool verified =
        proof_verify_many(indexes, leaves, count, size, proof->hashes, proof->count, &root, &err);
    assert(proof_split_many(indexes, leaves, count, size, proof->hashes, proof->count, &root,
                            &arena, &paths, &err) == verified);
    for (size_t i = 0; verified && i < count; i++) {
        struct proof single = {.count = paths[i].count};
        memcpy(single.hashes, paths[i].hashes, single.count * DIGEST_SIZE);
        assert(check_inclusion(indexes[i], size, indexes[i], &single));
    }
    return verified;
}

static bool check_proof(const uint8_t *data, size_t size)
{
    static struct proof proof;
    if (size < HEAD_SIZE || (size - HEAD_SIZE) / DIGEST_SIZE > PROOF_HASHES_MAX)
        return false;
    size_t a = data[1] % LEAVES, b = data[2] % (LEAVES + 1), leaf = data[3] % LEAVES;
    proof.count = (size - HEAD_SIZE) / DIGEST_SIZE;
    if (proof.count > 0)
        memcpy(proof.hashes, data + HEAD_SIZE, proof.count * DIGEST_SIZE);
    if (data[0] % KINDS == KIND_INCLUSION)
        return check_inclusion(a, b, leaf, &proof);
    if (data[0] % KINDS == KIND_CONSISTENCY)
        return check_consistency(a, b, &proof);
    return check_many(a, b, leaf, &proof);
}

static bool check_request(const uint8_t *data, size_t size)
{
    static struct request request;
    struct text again CLEANUP(text_release);
    struct error err;
    text_init(&again);
    if (!request_parse((const char *)data, size, &request, &err))
        return false;
    request_format(&request, &again);
    assert(again.size == size && memcmp(again.data, data, size) == 0);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    core_init();
    set_up();
    bool is_proof = check_proof(data, size), is_request = check_request(data, size);
    if (is_proof || is_request)
        fuzz_accept();
    return 0;
}
