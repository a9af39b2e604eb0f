#include "verify/key_entries.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "core/canonical.h"

#define KEY_FILE_SIZE_MAX (8 << 20) /* one that succeeds a log names its chains */
#define PATH_SIZE 4096

/* What one file says, once its form is right. */
struct key_entry {
    unsigned char body[BODY_SIZE_MAX];
    size_t body_size;
    struct entry entry;
    const json_t *content; /* inside `file` */
    json_t *file;
};

/* What the file says beside body and content. */
static bool check_frame(const struct key_entry *file, const char *path, uint64_t index,
                        struct error *err)
{
    const json_t *number = json_object_get(file->file, "index");
    const char *kind = json_string_value(json_object_get(file->file, "kind"));
    if (json_object_size(file->file) == 4 && json_is_integer(number) &&
        (uint64_t)json_integer_value(number) == index && kind != NULL &&
        strcmp(kind, entry_kind_word(file->entry.kind)) == 0)
        return true;
    return error_set(err, ERROR_INPUT, "'%s' names another index or kind", path);
}

static bool key_entry_read(const char *path, uint64_t index, struct key_entry *out,
                           struct error *err)
{
    struct text bytes CLEANUP(text_release);
    text_init(&bytes);
    if (!file_read(path, KEY_FILE_SIZE_MAX, &bytes, err) ||
        !canonical_read(bytes.data, bytes.size, path, &out->file, err))
        return false;
    const char *hex = json_string_value(json_object_get(out->file, "body"));
    out->content = json_object_get(out->file, "content");
    if (hex == NULL || out->content == NULL)
        return error_set(err, ERROR_INPUT, "'%s' has no body or no content", path);
    out->body_size = strlen(hex) / 2;
    if (out->body_size > sizeof out->body ||
        !hex_decode(hex, strlen(hex), out->body, out->body_size))
        return error_set(err, ERROR_INPUT, "the body in '%s' is not hex", path);
    return body_decode(out->body, out->body_size, &out->entry, err) &&
           check_frame(out, path, index, err);
}

/* The body is what the leaf committed to, under the public salt of zeros. */
static bool body_is_leafs(const struct key_entry *file, const struct leaf *leaf)
{
    struct salt salt = {{0}};
    struct digest commitment = leaf_commitment(&salt, file->body, file->body_size);
    struct digest checksum = leaf_checksum(&commitment);
    return entry_kind_is_public(file->entry.kind) && digest_equals(&checksum, &leaf->checksum);
}

static bool content_is_bodys(const struct key_entry *file)
{
    struct digest content;
    struct error ignored;
    return canonical_digest(file->content, &content, &ignored) &&
           digest_equals(&content, &file->entry.control.content);
}

static bool take_one(const char *folder, uint64_t index, const struct leaf *leaf,
                     struct keyring *ring, struct findings *findings)
{
    char path[PATH_SIZE];
    struct key_entry file = {.file = NULL};
    struct error err;
    snprintf(path, sizeof path, "%s/keys/%" PRIu64 ".json", folder, index);
    bool applied = false;
    if (!file_exists(path))
        findings_add(findings, FINDING_KEY_BODY_MISSING, index, "there is no '%s'", path);
    else if (!key_entry_read(path, index, &file, &err))
        findings_add(findings, FINDING_KEY_BODY_MISMATCH, index, "%s", err.message);
    else if (!body_is_leafs(&file, leaf))
        findings_add(findings, FINDING_KEY_BODY_MISMATCH, index,
                     "the leaf commits to another body");
    else if (!content_is_bodys(&file))
        findings_add(findings, FINDING_KEY_BODY_MISMATCH, index, "the body hashes another content");
    else if (!keyring_apply(ring, index, file.entry.kind, file.content, &err))
        findings_add(findings, FINDING_KEY_REFUSED, index, "%s", err.message);
    else
        applied = true;
    json_decref(file.file);
    return applied;
}

void key_entries_init(struct key_entries *entries, const char *folder,
                      const struct verify_keys *keys, const char *origin)
{
    *entries = (struct key_entries){
        .folder = folder, .keys = keys, .origin = origin, .root = key_hash(keys->root.bytes)};
    keyring_init(&entries->ring);
}

void key_entries_release(struct key_entries *entries)
{
    keyring_release(&entries->ring);
}

bool key_entries_wrote(const struct key_entries *entries, const struct leaf *leaf)
{
    return digest_equals_public(&leaf->writer, &entries->root);
}

void key_entries_take(struct key_entries *entries, uint64_t index, const struct leaf *leaf,
                      struct findings *findings)
{
    if (index == 0 && !key_entries_wrote(entries, leaf)) {
        findings_add(findings, FINDING_KEY_CHAIN, 0, "the first entry is not the root key's");
        entries->is_others = true;
    }
    if (!entries->is_others && key_entries_wrote(entries, leaf) &&
        take_one(entries->folder, index, leaf, &entries->ring, findings))
        entries->applied++;
    if (index > 0)
        return;
    if (entries->applied == 1 && memcmp(entries->ring.root_key.bytes, entries->keys->root.bytes,
                                        sizeof entries->keys->root.bytes) != 0)
        findings_add(findings, FINDING_KEY_CHAIN, 0, "the log names another root key");
    entries->ring.root_key = entries->keys->root; /* whose entries are verified under it */
}

void key_entries_end(const struct key_entries *entries, uint64_t size, struct findings *findings)
{
    const struct keyring *ring = &entries->ring;
    if (ring->log_count == 0)
        return; /* said */
    if (memcmp(ring->log_key.bytes, entries->keys->log.bytes, sizeof ring->log_key.bytes) != 0)
        findings_add(findings, FINDING_KEY_CHAIN, 0, "the log names another log key");
    if (strcmp(ring->origin, entries->origin) != 0)
        findings_add(findings, FINDING_KEY_CHAIN, 0,
                     "the log's origin is '%s', the checkpoint's '%s'", ring->origin,
                     entries->origin);
    if (ring->closed && ring->last_index + 1 != size)
        findings_add(findings, FINDING_KEY_CHAIN, ring->last_index + 1,
                     "the entry before closes the log, and %" PRIu64 " follow it",
                     size - ring->last_index - 1);
}
