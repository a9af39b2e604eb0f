/*
 * The published vectors of trees and proofs in tests/vectors; what they are and where they come
 * from stands in its README. Says how many there were of each.
 */
#include "testing.h"

#include <dirent.h>

#include "core/canonical.h"
#include "core/proof.h"
#include "core/tile.h"
#include "core/tree.h"

/* ------------------------------------------------------------------------------------- RFC 6962 */

static struct digest digest_of_item(const json_t *array, size_t index)
{
    const char *hex = json_string_value(json_array_get(array, index));
    struct digest digest;
    struct error err;

    assert_non_null(hex);
    assert_ok(digest_parse_hex(hex, "vector", &digest, &err));
    return digest;
}

static void the_eight_leaves_have_the_published_hashes_and_roots(void **state)
{
    json_t *vectors = vector_json("rfc6962.json");
    const json_t *inputs = json_object_get(vectors, "leaf_inputs_hex");
    const json_t *roots = json_object_get(vectors, "roots_by_size");
    struct tree tree;

    (void)state;
    tree_init(&tree);
    assert_digest(tree_root(&tree), digest_of_item(roots, 0));
    for (size_t i = 0; i < json_array_size(inputs); i++) {
        const char *hex = json_string_value(json_array_get(inputs, i));
        unsigned char bytes[64];
        struct digest hash;

        assert_true(hex_decode(hex, strlen(hex), bytes, strlen(hex) / 2));
        hash = tree_leaf_hash(bytes, strlen(hex) / 2);
        assert_digest(hash, digest_of_item(json_object_get(vectors, "leaf_hashes"), i));
        tree_append(&tree, &hash);
        assert_digest(tree_root(&tree), digest_of_item(roots, i + 1));
    }
    assert_int_equal(tree.size, 8);
    json_decref(vectors);
}

/* A part of a tree that begins at `start`, seen as a tree of its own. */
struct subtree {
    struct tree_memory *memory;
    uint64_t start;
};

static bool read_subtree(void *context, unsigned level, uint64_t index, struct digest *out,
                         struct error *err)
{
    const struct subtree *subtree = context;

    return tree_memory_read(subtree->memory, level, index + (subtree->start >> level), out, err);
}

/* One line of the rolling hash: "index [start, end) hash hash …". */
static void append_proof_line(struct text *out, struct subtree *subtree, uint64_t index,
                              uint64_t end)
{
    struct proof proof;
    struct error err;
    char hex[DIGEST_HEX_SIZE];

    assert_ok(proof_make_inclusion(index - subtree->start, end - subtree->start, read_subtree,
                                   subtree, &proof, &err));
    text_printf(out, "%d [%d, %d)", (int)index, (int)subtree->start, (int)end);
    for (size_t i = 0; i < proof.count; i++)
        text_printf(out, " %s", digest_hex(&proof.hashes[i], hex));
    text_append_char(out, '\n');
}

static void all_subtree_inclusion_proofs_to_size_130_have_the_published_hash(void **state)
{
    json_t *vectors = vector_json("rfc6962.json");
    struct digest wanted =
        member_digest(json_object_get(vectors, "accumulated_sha256"), "subtree_inclusion");
    struct tree_memory memory;
    struct text lines;
    size_t count = 0;

    (void)state;
    tree_memory_init(&memory);
    text_init(&lines);
    for (unsigned i = 0; i < 130; i++) {
        unsigned char byte = (unsigned char)i;
        struct digest hash = tree_leaf_hash(&byte, 1);

        tree_memory_append(&memory, &hash);
    }
    for (uint64_t end = 1; end <= 130; end++)
        for (uint64_t start = 0; start < end; start++) {
            struct subtree subtree = {&memory, start};
            uint64_t width = 1;

            while (width < end - start)
                width *= 2;
            if (start % width != 0)
                continue;
            for (uint64_t index = start; index < end; index++, count++)
                append_proof_line(&lines, &subtree, index, end);
        }
    assert_digest(digest_of(lines.data, lines.size), wanted);
    print_message("# rfc6962: %zu subtree inclusion proofs in one hash\n", count);
    text_release(&lines);
    tree_memory_release(&memory);
    json_decref(vectors);
}

static void tile_paths_are_the_published_ones(void **state)
{
    static const struct tile tiles[] = {{0, 1234067, 256}, {0, 273, 112}, {1, 1, 17}, {2, 0, 1}};
    json_t *vectors = vector_json("rfc6962.json");
    const json_t *paths = json_object_get(json_object_get(vectors, "tile_paths"), "c2sp");
    char path[TILE_PATH_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(tiles); i++)
        assert_string_equal(tile_path(&tiles[i], path),
                            json_string_value(json_array_get(json_array_get(paths, i), 1)));
    json_decref(vectors);
}

/* ------------------------------------------------------------------------------------- proofs */

struct count {
    size_t files, accepted, refused, beyond;
};

/* 32 bytes of base64; false for what is no hash, which a reader of proofs refuses there. */
static bool read_hash(const json_t *value, struct digest *out)
{
    const char *text = json_string_value(value);
    size_t size;

    return text && base64_decode(text, strlen(text), out->bytes, DIGEST_SIZE, &size) &&
           size == DIGEST_SIZE;
}

static bool read_proof(const json_t *vector, struct proof *out)
{
    const json_t *hashes = json_object_get(vector, "proof");

    out->count = json_array_size(hashes);
    if (out->count > PROOF_HASHES_MAX)
        return false;
    for (size_t i = 0; i < out->count; i++)
        if (!read_hash(json_array_get(hashes, i), &out->hashes[i]))
            return false;
    return true;
}

static bool verify_inclusion(const json_t *vector)
{
    struct digest leaf, root;
    struct proof proof;
    struct error err;

    return read_hash(json_object_get(vector, "leafHash"), &leaf) &&
           read_hash(json_object_get(vector, "root"), &root) && read_proof(vector, &proof) &&
           proof_verify_inclusion(&leaf, member_number(vector, "leafIdx"),
                                  member_number(vector, "treeSize"), &proof, &root, &err);
}

static bool verify_consistency(const json_t *vector)
{
    struct digest old_root, new_root;
    struct proof proof;
    struct error err;

    return read_hash(json_object_get(vector, "root1"), &old_root) &&
           read_hash(json_object_get(vector, "root2"), &new_root) && read_proof(vector, &proof) &&
           proof_verify_consistency(member_number(vector, "size1"), member_number(vector, "size2"),
                                    &proof, &old_root, &new_root, &err);
}

static void check_proof_file(const char *name, bool (*verify)(const json_t *), struct count *count)
{
    struct text bytes = vector_bytes(name);
    json_t *vector = json_loadb(bytes.data, bytes.size, 0, NULL);
    bool right;

    count->files++;
    if (!vector) {
        /* An index of 2^64 - 1, which jansson does not read: no such leaf, so a bad proof. */
        assert_non_null(strstr(bytes.data, "18446744073709551615"));
        assert_non_null(strstr(bytes.data, "\"wantErr\": true"));
        count->beyond++;
    } else {
        right = json_is_false(json_object_get(vector, "wantErr"));
        /* By choice: upstream lets two equal "roots" of 11 bytes pass. */
        if (strstr(name, "sizes-are-equal-one-and-proof-is-empty"))
            right = false;
        if (verify(vector) != right)
            fail_msg("%s: %s", name, right ? "was refused" : "was accepted");
        *(right ? &count->accepted : &count->refused) += 1;
    }
    json_decref(vector);
    text_release(&bytes);
}

static void check_proof_folder(const char *folder, bool (*verify)(const json_t *),
                               struct count *count)
{
    char path[512];
    char name[1024];
    struct dirent *item;
    DIR *dir;

    snprintf(path, sizeof(path), "%s/%s", vectors_folder(), folder);
    dir = opendir(path);
    if (!dir) {
        fail_msg("cannot open %s", path);
        return;
    }
    while ((item = readdir(dir))) {
        snprintf(name, sizeof(name), "%s/%s", folder, item->d_name);
        if (text_ends_with(item->d_name, ".json"))
            check_proof_file(name, verify, count);
        else if (item->d_name[0] != '.')
            check_proof_folder(name, verify, count);
    }
    closedir(dir);
}

static void inclusion_proofs_are_judged_as_published(void **state)
{
    struct count count = {0};

    (void)state;
    check_proof_folder("merkle/inclusion", verify_inclusion, &count);
    print_message("# merkle: %zu inclusion proofs: %zu right, %zu wrong, %zu beyond int64\n",
                  count.files, count.accepted, count.refused, count.beyond);
    assert_int_equal(count.files, 98);
}

static void consistency_proofs_are_judged_as_published(void **state)
{
    struct count count = {0};

    (void)state;
    check_proof_folder("merkle/consistency", verify_consistency, &count);
    print_message("# merkle: %zu consistency proofs: %zu right, %zu wrong\n", count.files,
                  count.accepted, count.refused);
    assert_int_equal(count.files, 98);
}

/* --------------------------------------------------------------------------------- JSON, UTF-8 */

/* What must be refused is; of what must parse, only what the book has no use for is refused. */
static void json_is_judged_as_published(void **state)
{
    size_t accepted = 0, by_choice = 0, refused = 0;
    char path[512], name[512];
    struct dirent *item;
    DIR *dir;

    (void)state;
    snprintf(path, sizeof(path), "%s/json/test_parsing", vectors_folder());
    dir = opendir(path);
    if (!dir) {
        fail_msg("cannot open %s", path);
        return;
    }
    while ((item = readdir(dir))) {
        struct text bytes;
        json_t *value = NULL;
        struct error err;

        if (item->d_name[0] != 'y' && item->d_name[0] != 'n')
            continue;
        snprintf(name, sizeof(name), "json/test_parsing/%.300s", item->d_name);
        bytes = vector_bytes(name);
        if (!canonical_parse(bytes.data, bytes.size, name, &value, &err))
            *(item->d_name[0] == 'y' ? &by_choice : &refused) += 1;
        else if (item->d_name[0] == 'n')
            fail_msg("%s was accepted", name);
        else
            accepted++;
        json_decref(value);
        text_release(&bytes);
    }
    closedir(dir);
    print_message("# json: %zu right, %zu wrong, %zu right and refused: reals, doubled members\n",
                  accepted, refused, by_choice);
    assert_true(accepted + by_choice == 95 && refused == 188);
}

/* "C2 A9" up to a colon or the line's end. */
static size_t read_hex(const char *hex, char *out, size_t capacity)
{
    size_t size = 0;
    unsigned byte;
    int used;

    while (size < capacity && sscanf(hex, " %2x%n", &byte, &used) == 1) {
        out[size++] = (char)byte;
        hex += used;
    }
    return size;
}

static void utf8_is_judged_as_published(void **state)
{
    struct text bytes = vector_bytes("utf8/utf8tests.txt");
    size_t valid = 0, invalid = 0;

    (void)state;
    for (char *line = bytes.data, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        char raw[256];
        size_t size = 0;
        bool is_valid = strstr(line, ":valid hex:") && strstr(line, ":valid hex:") < end;
        const char *hex = is_valid ? strstr(line, ":valid hex:") + strlen(":valid hex:")
                                   : strstr(line, ":invalid hex:");

        if (line[0] < '0' || line[0] > '9' || !hex || hex > end)
            continue;
        size = read_hex(is_valid ? hex : hex + strlen(":invalid hex:"), raw, sizeof(raw));
        if (utf8_is_valid(raw, size) != is_valid)
            fail_msg("%.*s", (int)(end - line), line);
        *(is_valid ? &valid : &invalid) += 1;
    }
    print_message("# utf8: %zu valid, %zu invalid\n", valid, invalid);
    assert_true(valid > 20 && invalid > 50);
    text_release(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_eight_leaves_have_the_published_hashes_and_roots),
        cmocka_unit_test(all_subtree_inclusion_proofs_to_size_130_have_the_published_hash),
        cmocka_unit_test(tile_paths_are_the_published_ones),
        cmocka_unit_test(inclusion_proofs_are_judged_as_published),
        cmocka_unit_test(consistency_proofs_are_judged_as_published),
        cmocka_unit_test(json_is_judged_as_published),
        cmocka_unit_test(utf8_is_judged_as_published),
    };

    return run_with_core(tests);
}
