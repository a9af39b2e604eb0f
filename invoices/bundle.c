#include "invoices/bundle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/canonical.h"
#include "core/proof.h"
#include "invoices/bundle_checkpoint.h"
#include "invoices/collected.h"
#include "invoices/document.h"
#include "store/contents.h"
#include "store/tiles.h"
#include "store/usage.h"

/* -------------------------------------------------------------------------------------- JSON */

static json_t *hex_json(const void *bytes, size_t size)
{
    char hex[2 * BODY_SIZE_MAX + 1];
    hex_encode(bytes, size, hex);
    return json_string(hex);
}

/* What the salts of the bundle's entries come from. */
struct salt_keys {
    unsigned char tenant[32];
    unsigned char ledger[32]; /* of tenant 0 */
};

static void salt_keys_release(struct salt_keys *keys)
{
    explicit_bzero(keys, sizeof(*keys));
}

static json_t *entry_json(const struct salt_keys *keys, const struct entry_row *row)
{
    unsigned char body[BODY_SIZE_MAX];
    size_t size = body_encode(&row->entry, body);
    struct salt salt = leaf_salt(row->entry.tenant == 0 ? keys->ledger : keys->tenant, &row->entry);
    return json_pack("{s:I,s:o,s:o,s:o,s:o}", "index", (json_int_t)row->index, "body",
                     hex_json(body, size), "salt", hex_json(salt.bytes, sizeof(salt.bytes)),
                     "signature", hex_json(row->leaf.signature.bytes, SIGNATURE_SIZE), "writer",
                     hex_json(row->leaf.writer.bytes, DIGEST_SIZE));
}

static bool set_entries(struct collected *collected, json_t *bundle, struct error *err)
{
    json_t *entries = json_array(), *contents = json_array();
    struct session *session = collected->session;
    struct salt_keys CLEANUP(salt_keys_release) keys;
    leaf_tenant_key(session->salt_key, collected->tenant, keys.tenant);
    leaf_tenant_key(session->salt_key, 0, keys.ledger);
    json_object_set_new(bundle, "entries", entries);
    json_object_set_new(bundle, "contents", contents);
    for (size_t i = 0; i < collected->count; i++) {
        const struct entry_row *row = &collected->rows[i];
        struct content content;
        json_array_append_new(entries, entry_json(&keys, row));
        if (!entry_kind_is_control(row->entry.kind))
            continue;
        if (!content_at(session->store, session->log.log, row->index, &session->arena, &content,
                        err))
            return false;
        json_array_append_new(contents, json_pack("{s:I,s:s%}", "index", (json_int_t)row->index,
                                                  "content", content.bytes, content.size));
    }
    return true;
}

static bool add_descriptor(void *context, const struct digest *series, struct slice descriptor,
                           struct error *err)
{
    char *hex = memory_alloc(2 * descriptor.size + 1);
    (void)series;
    (void)err;
    hex_encode(descriptor.data, descriptor.size, hex);
    json_array_append_new(context, json_pack("{s:s}", "descriptor", hex));
    free(hex);
    return true;
}

static int compare_digests(const void *a, const void *b)
{
    return memcmp(a, b, DIGEST_SIZE);
}

/* Of all usage entries, those carried on as well. */
static bool set_series(struct collected *collected, json_t *bundle, struct error *err)
{
    struct session *session = collected->session;
    struct digest *names = arena_array(&session->arena, collected->count + 1, sizeof(*names));
    size_t count = 0, kept = 0;
    json_t *series = json_array();
    json_object_set_new(bundle, "series", series);
    for (size_t i = 0; i < collected->count; i++)
        if (collected->rows[i].entry.stream == STREAM_USAGE)
            names[count++] = collected->rows[i].entry.usage.series;
    qsort(names, count, sizeof(*names), compare_digests);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || !digest_equals(&names[kept - 1], &names[i]))
            names[kept++] = names[i];
    return usage_each_descriptor(session->store, session->log.log, collected->tenant, names, kept,
                                 add_descriptor, series, err);
}

static json_t *hashes_json(const struct digest *hashes, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        char text[BASE64_SIZE(DIGEST_SIZE)];
        json_array_append_new(
            list, json_string(base64_encode(hashes[i].bytes, DIGEST_SIZE, text, sizeof(text))));
    }
    return list;
}

/* That the entries are in the checkpoint's tree, and that it begins with the cut's. */
static bool set_proofs(struct collected *collected, const json_t *document, uint64_t size,
                       json_t *bundle, struct error *err)
{
    struct session *session = collected->session;
    CLEANUP(tiles_reader_cleanup)
    struct tiles_reader *reader = tiles_reader_open(session->store, session->log.log, size);
    const json_t *cut = json_array_get(json_object_get(document, "cut"), 0);
    uint64_t cut_size = (uint64_t)json_integer_value(json_object_get(cut, "size"));
    struct digest *hashes;
    struct proof proof;
    size_t count;
    if (!proof_make_many(collected->indexes, collected->count, size, tiles_read, reader,
                         &session->arena, &hashes, &count, err) ||
        !proof_make_consistency(cut_size, size, tiles_read, reader, &proof, err))
        return false;
    json_object_set_new(bundle, "proof", hashes_json(hashes, count));
    json_object_set_new(bundle, "cut_proof", hashes_json(proof.hashes, proof.count));
    return true;
}

static bool set_frame(struct session *session, const struct document_row *document,
                      const struct checkpoint_row *checkpoint, const struct content *content,
                      json_t *bundle, struct error *err)
{
    char log_vkey[VKEY_SIZE], root_vkey[VKEY_SIZE];
    json_t *frame = json_pack(
        "{s:i,s:s,s:s,s:s,s:s%,s:s%,s:I,s:I}", "daybook_bundle", 1, "origin", session->log.origin,
        "log_vkey", key_format_vkey(&session->writer.keys.log_key, log_vkey), "root_vkey",
        key_format_vkey(&session->writer.keys.root_key, root_vkey), "checkpoint", checkpoint->note,
        checkpoint->note_size, "document", content->bytes, content->size, "document_index",
        (json_int_t)document->index, "size", (json_int_t)checkpoint->size);
    bool good = frame != NULL && json_object_update(bundle, frame) == 0;
    json_decref(frame);
    return good ||
           error_set(err, ERROR_CONFLICT, "document '%s' is not UTF-8", document->document_id);
}

bool bundle_make(struct session *session, const struct policy *policy,
                 const struct document_row *document, struct error *err)
{
    struct collected CLEANUP(collected_release)
        collected = {.session = session, .tenant = document->tenant};
    struct text CLEANUP(text_release) text;
    CLEANUP(json_release) json_t *json = NULL;
    CLEANUP(json_release) json_t *bundle = json_object();
    struct checkpoint_row checkpoint;
    struct content content;
    int log = session->log.log;
    text_init(&text);
    if (!content_at(session->store, log, document->index, &session->arena, &content, err) ||
        !canonical_parse(content.bytes, content.size, document->document_id, &json, err) ||
        !bundle_policy_suits(session, policy, json, err) ||
        !bundle_checkpoint(session, policy,
                           document->index + document_own_entries(document, json) - 1, &checkpoint,
                           err) ||
        !collect_document(&collected, document, json, checkpoint.size, err))
        return false;
    return set_frame(session, document, &checkpoint, &content, bundle, err) &&
           set_entries(&collected, bundle, err) && set_series(&collected, bundle, err) &&
           set_proofs(&collected, json, checkpoint.size, bundle, err) &&
           canonical_write(bundle, &text, err) &&
           bundle_insert(session->store, log, document->tenant, document->index, checkpoint.size,
                         text.data, text.size, err);
}

bool bundle_command(const struct cli *cli, struct error *err)
{
    struct session CLEANUP(session_close) session = {0};
    const struct policy *policy;
    struct document_row *pending;
    size_t count, made = 0;
    if (!session_open(cli, ROLE_INVOICES, 0, &session, err) ||
        !bundle_policy_read(cli, &session, &policy, err) ||
        !documents_pending(session.store, session.log.log, &session.arena, &pending, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (bundle_make(&session, policy, &pending[i], err)) {
            printf("%s: bundle made\n", pending[i].document_id);
            made++;
        } else if (err->code == ERROR_NOT_FOUND) {
            printf("%s: pending: %s\n", pending[i].document_id, err->message);
        } else {
            return error_prefix(err, "bundle of '%s': ", pending[i].document_id);
        }
    }
    printf("%zu of %zu pending bundles made\n", made, count);
    return true;
}
