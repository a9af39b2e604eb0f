#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/instant.h"
#include "core/canonical.h"
#include "verify/bundle_parts.h"

/* Members that are not known are refused: what nobody reads could say anything. */
#define BUNDLE_MEMBERS 13
#define ENTRY_MEMBERS 5
#define CONTENT_MEMBERS 2

static bool malformed(struct bundle *bundle, const char *what)
{
    findings_add(bundle->findings, FINDING_BUNDLE_MALFORMED, FINDING_NO_INDEX, "%s", what);
    return false;
}

bool bundle_number(const json_t *object, const char *name, uint64_t *out)
{
    const json_t *value = json_object_get(object, name);
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return false;
    *out = (uint64_t)json_integer_value(value);
    return true;
}

bool bundle_instant(const json_t *object, const char *name, int64_t *out_us)
{
    const json_t *text = json_object_get(object, name);
    struct error why;
    return json_is_string(text) &&
           instant_parse(json_string_value(text), json_string_length(text), name, out_us, &why);
}

bool bundle_digest_is(const json_t *object, const char *name, const struct digest *digest)
{
    char hex[DIGEST_HEX_SIZE];
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL && strcmp(text, digest_hex(digest, hex)) == 0;
}

static bool read_hex(const json_t *object, const char *name, void *out, size_t size)
{
    const json_t *value = json_object_get(object, name);
    return json_is_string(value) &&
           hex_decode(json_string_value(value), json_string_length(value), out, size);
}

/* The leaf follows from what the bundle shows: a changed body makes another leaf. */
static bool read_entry(struct bundle *bundle, const json_t *json, struct bundle_entry *out)
{
    unsigned char body[BODY_SIZE_MAX];
    struct error why;
    size_t size = json_string_length(json_object_get(json, "body")) / 2;
    if (json_object_size(json) != ENTRY_MEMBERS || !bundle_number(json, "index", &out->index) ||
        size > sizeof body || !read_hex(json, "body", body, size) ||
        !read_hex(json, "salt", out->salt.bytes, sizeof out->salt.bytes) ||
        !read_hex(json, "signature", out->leaf.signature.bytes, SIGNATURE_SIZE) ||
        !read_hex(json, "writer", out->leaf.writer.bytes, DIGEST_SIZE))
        return false;
    struct digest commitment = leaf_commitment(&out->salt, body, size);
    out->leaf.checksum = leaf_checksum(&commitment);
    out->is_decoded = body_decode(body, size, &out->entry, &why);
    if (!out->is_decoded)
        findings_add(bundle->findings, FINDING_ENTRY_MALFORMED, out->index, "%s", why.message);
    return true;
}

static bool read_entries(struct bundle *bundle)
{
    const json_t *list = json_object_get(bundle->json, "entries"), *json;
    size_t i;
    if (!json_is_array(list) || json_array_size(list) == 0)
        return malformed(bundle, "there are no entries");
    bundle->entries = memory_alloc(json_array_size(list) * sizeof *bundle->entries);
    json_array_foreach (list, i, json) {
        struct bundle_entry *entry = &bundle->entries[i];
        if (!read_entry(bundle, json, entry))
            return malformed(bundle, "an entry without index, body, salt, signature or writer");
        if (entry->index >= bundle->size || (i > 0 && entry[-1].index >= entry->index))
            return malformed(bundle, "the entries are not in the order of their indexes");
        bundle->count++;
    }
    return true;
}

static bool read_proof(struct bundle *bundle, const char *name, struct bundle_proof *out)
{
    const json_t *list = json_object_get(bundle->json, name), *json;
    size_t i;
    if (!json_is_array(list))
        return malformed(bundle, "there is no proof");
    out->hashes = memory_alloc((json_array_size(list) + 1) * sizeof *out->hashes);
    json_array_foreach (list, i, json) {
        size_t size = 0;
        if (!json_is_string(json) ||
            !base64_decode(json_string_value(json), json_string_length(json), out->hashes[i].bytes,
                           DIGEST_SIZE, &size) ||
            size != DIGEST_SIZE)
            return malformed(bundle, "a hash of a proof is not 32 bytes in base64");
        out->count++;
    }
    return true;
}

static bool read_contents(struct bundle *bundle)
{
    const json_t *list = json_object_get(bundle->json, "contents"), *json;
    size_t i;
    if (!json_is_array(list))
        return malformed(bundle, "there are no contents");
    json_array_foreach (list, i, json) {
        uint64_t index;
        const json_t *content = json_object_get(json, "content");
        if (json_object_size(json) != CONTENT_MEMBERS || !bundle_number(json, "index", &index) ||
            !json_is_string(content))
            return malformed(bundle, "a content without index or text");
        struct bundle_entry *entry = (struct bundle_entry *)bundle_find(bundle, index);
        if (entry == NULL || entry->content != NULL)
            findings_add(bundle->findings, FINDING_BUNDLE_ENTRIES, index,
                         "a content without an entry, or a second one");
        else
            entry->content = content;
    }
    return true;
}

static bool read_frame(struct bundle *bundle)
{
    uint64_t version;
    const json_t *document = json_object_get(bundle->json, "document");
    struct error why;
    if (!bundle_number(bundle->json, "daybook_bundle", &version) || version != 1)
        return malformed(bundle, "it does not say \"daybook_bundle\": 1");
    if (json_object_size(bundle->json) != BUNDLE_MEMBERS)
        return malformed(bundle, "it has other members than a bundle");
    if (!bundle_number(bundle->json, "size", &bundle->size) ||
        !bundle_number(bundle->json, "document_index", &bundle->document_index) ||
        !json_is_string(json_object_get(bundle->json, "checkpoint")) || !json_is_string(document))
        return malformed(bundle, "size, document_index, checkpoint or document is not there");
    bundle->report->document_index = bundle->document_index;
    bundle->report->document = digest_of(json_string_value(document), json_string_length(document));
    if (!canonical_read(json_string_value(document), json_string_length(document), "document",
                        &bundle->document, &why))
        findings_add(bundle->findings, FINDING_BUNDLE_DOCUMENT, bundle->document_index, "%s",
                     why.message);
    return true;
}

bool bundle_read(const char *bytes, size_t size, struct bundle *bundle)
{
    struct error why;
    if (!canonical_read(bytes, size, "bundle", &bundle->json, &why))
        return malformed(bundle, why.message);
    return read_frame(bundle) && read_entries(bundle) &&
           read_proof(bundle, "proof", &bundle->proof) &&
           read_proof(bundle, "cut_proof", &bundle->cut_proof) && read_contents(bundle);
}

void bundle_release(struct bundle *bundle)
{
    for (size_t i = 0; i < bundle->count; i++)
        json_decref(bundle->entries[i].json);
    free(bundle->entries);
    free(bundle->proof.hashes);
    free(bundle->cut_proof.hashes);
    json_decref(bundle->document);
    json_decref(bundle->json);
}

const struct bundle_entry *bundle_find(const struct bundle *bundle, uint64_t index)
{
    size_t low = 0, high = bundle->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (bundle->entries[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return low < bundle->count && bundle->entries[low].index == index ? &bundle->entries[low]
                                                                      : NULL;
}
