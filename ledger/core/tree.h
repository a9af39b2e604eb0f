/*
 * The Merkle tree of RFC 6962: hashes, and an append-only tree kept as its right edge.
 */
#ifndef CORE_TREE_H
#define CORE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/digest.h"

#define TREE_LEVELS_MAX 64

struct digest tree_leaf_hash(const void *leaf, size_t size); /* 0x00 ‖ … */
struct digest tree_node_hash(const struct digest *left, const struct digest *right); /* 0x01 ‖ … */
struct digest tree_empty_root(void); /* SHA-256("") */
/* Of `count` leaves of `size` bytes, each `stride` bytes behind the one before it: nearly twice as
 * fast as one by one, where the processor can. */
void tree_leaf_hashes(const void *leaves, size_t size, size_t stride, size_t count,
                      struct digest *out);
/* `count` parents of twice as many hashes; `out` may be where these lie. */
void tree_node_hashes(const struct digest *children, size_t count, struct digest *out);

/* The perfect subtrees of a tree of `size` leaves, largest first: all that appending needs. */
struct tree {
    uint64_t size;
    struct digest edge[TREE_LEVELS_MAX]; /* edge[level] is valid where bit `level` of size is set */
};

void tree_init(struct tree *tree);
void tree_append(struct tree *tree, const struct digest *leaf_hash);
/* 2^level leaves at once, by the hash of their subtree; tree->size is a multiple of that. */
void tree_append_subtree(struct tree *tree, unsigned level, const struct digest *hash);
struct digest tree_root(const struct tree *tree);

/* Hash of the perfect subtree at (level, index): leaves [index × 2^level, (index+1) × 2^level). */
typedef bool tree_reader(void *context, unsigned level, uint64_t index, struct digest *out,
                         struct error *err);
/* MTH(D[from:to]) from stored perfect subtrees. */
MUST_CHECK bool tree_range_hash(uint64_t from, uint64_t to, tree_reader *read, void *context,
                                struct digest *out, struct error *err);
/* Fills a tree of `size` leaves from stored perfect subtrees (at most 64 reads). */
MUST_CHECK bool tree_load(struct tree *tree, uint64_t size, tree_reader *read, void *context,
                          struct error *err);

/* All leaf hashes in memory, with every level above: for audits, bundles and tests. */
struct tree_memory {
    uint64_t size;
    struct digest *levels[TREE_LEVELS_MAX]; /* levels[l] has size >> l hashes */
    uint64_t capacities[TREE_LEVELS_MAX];
};
void tree_memory_init(struct tree_memory *tree);
void tree_memory_release(struct tree_memory *tree);
void tree_memory_append(struct tree_memory *tree, const struct digest *leaf_hash);
/* A tree_reader over it; context is the struct tree_memory. */
bool tree_memory_read(void *context, unsigned level, uint64_t index, struct digest *out,
                      struct error *err);
/* Root at any size up to tree->size. */
struct digest tree_memory_root(const struct tree_memory *tree, uint64_t size);

#endif
