/*
 * A tree with all of its perfect subtrees in memory.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "core/tree.h"

void tree_memory_init(struct tree_memory *tree)
{
    memset(tree, 0, sizeof(*tree));
}

void tree_memory_release(struct tree_memory *tree)
{
    for (unsigned level = 0; level < TREE_LEVELS_MAX; level++)
        free(tree->levels[level]);
    tree_memory_init(tree);
}

static void push(struct tree_memory *tree, unsigned level, uint64_t count,
                 const struct digest *hash)
{
    size_t capacity = (size_t)tree->capacities[level];

    tree->levels[level] =
        memory_grow(tree->levels[level], &capacity, (size_t)count + 1, sizeof(*hash));
    tree->capacities[level] = capacity;
    tree->levels[level][count] = *hash;
}

void tree_memory_append(struct tree_memory *tree, const struct digest *leaf_hash)
{
    struct digest hash = *leaf_hash;
    unsigned level = 0;

    assert(tree->size < SIZE_MAX / sizeof(hash));
    /* A level whose count is odd gets its right sibling, which completes a node above. */
    for (; (tree->size >> level & 1) != 0; level++) {
        uint64_t count = tree->size >> level;

        push(tree, level, count, &hash);
        hash = tree_node_hash(&tree->levels[level][count - 1], &hash);
    }
    push(tree, level, tree->size >> level, &hash);
    tree->size++;
}

bool tree_memory_read(void *context, unsigned level, uint64_t index, struct digest *out,
                      struct error *err)
{
    const struct tree_memory *tree = context;

    if (level >= TREE_LEVELS_MAX || index >= tree->size >> level)
        return error_set(err, ERROR_NOT_FOUND,
                         "a tree of %" PRIu64 " leaves has no hash %" PRIu64 " at level %u",
                         tree->size, index, level);
    *out = tree->levels[level][index];
    return true;
}

struct digest tree_memory_root(const struct tree_memory *tree, uint64_t size)
{
    struct digest root;
    struct error err;
    bool ok;

    assert(size <= tree->size);
    /* The reader does not change what it reads. */
    ok = tree_range_hash(0, size, tree_memory_read, (void *)(uintptr_t)tree, &root, &err);
    assert(ok);
    (void)ok;
    return root;
}
