/*
 * The Merkle tree of RFC 6962.
 */
#include "core/tree.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct digest tree_leaf_hash(const void *leaf, size_t size)
{
    static const unsigned char prefix = 0x00;

    return digest_of2(&prefix, 1, leaf, size);
}

struct digest tree_node_hash(const struct digest *left, const struct digest *right)
{
    unsigned char bytes[1 + 2 * DIGEST_SIZE];

    bytes[0] = 0x01;
    memcpy(bytes + 1, left->bytes, DIGEST_SIZE);
    memcpy(bytes + 1 + DIGEST_SIZE, right->bytes, DIGEST_SIZE);
    return digest_of(bytes, sizeof(bytes));
}

void tree_leaf_hashes(const void *leaves, size_t size, size_t stride, size_t count,
                      struct digest *out)
{
    digest_of_each(0x00, leaves, size, stride, count, out);
}

void tree_node_hashes(const struct digest *children, size_t count, struct digest *out)
{
    digest_of_each(0x01, children, 2 * DIGEST_SIZE, 2 * DIGEST_SIZE, count, out);
}

struct digest tree_empty_root(void)
{
    return digest_of("", 0);
}

void tree_init(struct tree *tree)
{
    memset(tree, 0, sizeof(*tree));
}

void tree_append(struct tree *tree, const struct digest *leaf_hash)
{
    tree_append_subtree(tree, 0, leaf_hash);
}

void tree_append_subtree(struct tree *tree, unsigned level, const struct digest *hash)
{
    uint64_t added = UINT64_C(1) << level;
    struct digest node = *hash;

    assert(tree->size % added == 0 && tree->size <= UINT64_MAX - added);
    for (; (tree->size >> level & 1) != 0; level++)
        node = tree_node_hash(&tree->edge[level], &node);
    tree->edge[level] = node;
    tree->size += added;
}

struct digest tree_root(const struct tree *tree)
{
    struct digest root = {{0}};
    bool begun = false;

    for (unsigned level = 0; level < TREE_LEVELS_MAX; level++) {
        if ((tree->size >> level & 1) == 0)
            continue;
        root = begun ? tree_node_hash(&tree->edge[level], &root) : tree->edge[level];
        begun = true;
    }
    return begun ? root : tree_empty_root();
}

bool tree_range_hash(uint64_t from, uint64_t to, tree_reader *read, void *context,
                     struct digest *out, struct error *err)
{
    uint64_t size = to - from;
    struct digest hash = {{0}};
    bool begun = false;

    assert(from <= to);
    /* From the right, so that each perfect subtree is a left sibling of what is folded already. */
    for (unsigned level = 0; level < TREE_LEVELS_MAX; level++) {
        struct digest left;

        if ((size >> level & 1) == 0)
            continue;
        to -= UINT64_C(1) << level;
        assert((to >> level) << level == to); /* else the range is no node of the tree */
        if (!read(context, level, to >> level, &left, err))
            return false;
        hash = begun ? tree_node_hash(&left, &hash) : left;
        begun = true;
    }
    *out = begun ? hash : tree_empty_root();
    return true;
}

bool tree_load(struct tree *tree, uint64_t size, tree_reader *read, void *context,
               struct error *err)
{
    struct tree loaded;

    tree_init(&loaded);
    loaded.size = size;
    for (unsigned level = 0; level < TREE_LEVELS_MAX; level++)
        if ((size >> level & 1) != 0 &&
            !read(context, level, (size >> level) - 1, &loaded.edge[level], err))
            return false;
    *tree = loaded;
    return true;
}
