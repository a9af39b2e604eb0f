/*
 * Inclusion and consistency proofs (RFC 6962 section 2.1, RFC 9162 section 2.1.3 and 2.1.4),
 * minimal proofs for many leaves, and the C2SP tlog-proof file.
 *
 * The length of a proof is fixed by (index, size) before anything is hashed.
 */
#ifndef CORE_PROOF_H
#define CORE_PROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "core/digest.h"
#include "core/tree.h"

#define PROOF_HASHES_MAX 128

struct proof {
    size_t count;
    struct digest hashes[PROOF_HASHES_MAX]; /* the leaf's sibling first */
};

MUST_CHECK bool proof_verify_inclusion(const struct digest *leaf_hash, uint64_t index,
                                       uint64_t size, const struct proof *proof,
                                       const struct digest *root, struct error *err);
/* 0 < old_size ≤ new_size; an empty old tree proves nothing and is refused. */
MUST_CHECK bool proof_verify_consistency(uint64_t old_size, uint64_t new_size,
                                         const struct proof *proof, const struct digest *old_root,
                                         const struct digest *new_root, struct error *err);
MUST_CHECK bool proof_make_inclusion(uint64_t index, uint64_t size, tree_reader *read,
                                     void *context, struct proof *out, struct error *err);
MUST_CHECK bool proof_make_consistency(uint64_t old_size, uint64_t new_size, tree_reader *read,
                                       void *context, struct proof *out, struct error *err);

/*
 * The minimal list of hashes for a set of leaves: walking the tree from the root, left before
 * right, a subtree without a wanted leaf is one hash of the list. Indexes strictly increasing.
 */
MUST_CHECK bool proof_make_many(const uint64_t *indexes, size_t count, uint64_t size,
                                tree_reader *read, void *context, struct arena *arena,
                                struct digest **out_hashes, size_t *out_hash_count,
                                struct error *err);
/* Every hash of the list must be used up exactly. */
MUST_CHECK bool proof_verify_many(const uint64_t *indexes, const struct digest *leaf_hashes,
                                  size_t count, uint64_t size, const struct digest *hashes,
                                  size_t hash_count, const struct digest *root, struct error *err);

/* The single proof of a leaf, the leaf's sibling first. */
struct proof_path {
    size_t count;
    struct digest *hashes;
};
/* Verifies, and gives the proof of each leaf by itself, in the arena. */
MUST_CHECK bool proof_split_many(const uint64_t *indexes, const struct digest *leaf_hashes,
                                 size_t count, uint64_t size, const struct digest *hashes,
                                 size_t hash_count, const struct digest *root, struct arena *arena,
                                 struct proof_path **out, struct error *err);

/* C2SP tlog-proof: "c2sp.org/tlog-proof@v1\n[extra BASE64\n]index N\n(hash\n)*\n<checkpoint note>".
 * `extra` is not authenticated; {NULL, 0} for none, at most PROOF_EXTRA_MAX bytes. */
#define PROOF_EXTRA_MAX 512
void proof_format_tlog(uint64_t index, struct slice extra, const struct proof_path *path,
                       const char *checkpoint_note, struct text *out);

#endif
