#include "invoices/bundle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/canonical.h"
#include "core/proof.h"
#include "invoices/bundle_checkpoint.h"
#include "invoices/document.h"
#include "invoices/usage.h"
#include "store/contents.h"
#include "store/tiles.h"
#include "store/usage.h"

struct collected {
    struct session *session;
    uint64_t tenant;
    unsigned char tenant_key[32];
    unsigned char ledger_key[32]; /* of tenant 0 */
    size_t count;
    size_t capacity;
    struct entry_row *rows;
    uint64_t *indexes;
};

static void collected_release(struct collected *collected)
{
    free(collected->rows);
    free(collected->indexes);
    explicit_bzero(collected->tenant_key, sizeof(collected->tenant_key));
    explicit_bzero(collected->ledger_key, sizeof(collected->ledger_key));
}

static bool collect(void *context, const struct entry_row *row, struct error *err)
{
    struct collected *collected = context;
    (void)err;
    collected->rows = memory_grow(collected->rows, &collected->capacity, collected->count + 1,
                                  sizeof(*collected->rows));
    collected->rows[collected->count++] = *row;
    return true;
}

static bool collect_index(struct collected *collected, uint64_t index, struct error *err)
{
    struct entry_row row;
    return entry_find(collected->session->store, collected->session->log.log, index, &row, err) &&
           collect(collected, &row, err);
}

static int compare_rows(const void *a, const void *b)
{
    const struct entry_row *x = a, *y = b;
    return (x->index > y->index) - (x->index < y->index);
}

/* By index, each once: the contract may lie in the money range and be named as well. */
static void sort_rows(struct collected *collected)
{
    size_t kept = 0;
    qsort(collected->rows, collected->count, sizeof(*collected->rows), compare_rows);
    for (size_t i = 0; i < collected->count; i++)
        if (kept == 0 || collected->rows[kept - 1].index != collected->rows[i].index)
            collected->rows[kept++] = collected->rows[i];
    collected->count = kept;
    collected->indexes = memory_alloc((kept + 1) * sizeof(*collected->indexes));
    for (size_t i = 0; i < kept; i++)
        collected->indexes[i] = collected->rows[i].index;
}

/* ------------------------------------------------------------------------- what a document needs
 */

static uint64_t bound(const json_t *document, const char *stream, const char *name)
{
    const json_t *range = json_object_get(json_object_get(document, "entries"), stream);
    return (uint64_t)json_integer_value(json_object_get(range, name));
}

static bool collect_usage(struct collected *collected, const json_t *json, struct error *err)
{
    struct session *session = collected->session;
    uint64_t *carried = NULL;
    size_t carried_count = 0;
    uint64_t from = bound(json, "usage", "from_seq"), to = bound(json, "usage", "to_seq");
    const json_t *left = json_object_get(json_object_get(json, "carried"), "count");
    struct document_row *documents;
    size_t count;
    const char *number = json_string_value(json_object_get(json, "number"));
    if (!documents_list(session->store, session->log.log, collected->tenant, &session->arena,
                        &documents, &count, err))
        return false;
    for (size_t i = 1; i < count && json_integer_value(left) > 0; i++)
        if (number != NULL && strcmp(documents[i].document_id, number) == 0 &&
            !usage_later_seqs(session->store, session->log.log, collected->tenant, from,
                              documents[i - 1].period_to_us, &session->arena, &carried,
                              &carried_count, err))
            return false;
    return range_each(session, collected->tenant, carried, carried_count, from, to, collect,
                      collected, err);
}

/* The money range, and after it the document's own entries. */
static bool collect_money(struct collected *collected, const json_t *json,
                          const struct document_row *document, struct error *err)
{
    uint64_t own = document->total_minor == 0 ? 1 : 2;
    return entries_each_of_stream(collected->session->store, collected->session->log.log,
                                  collected->tenant, STREAM_MONEY, bound(json, "money", "from_seq"),
                                  bound(json, "money", "to_seq") + own, collect, collected, err);
}

static uint64_t index_of(const json_t *named)
{
    return (uint64_t)json_integer_value(json_object_get(named, "index"));
}

/* The period's entry and those before it, as far back as usage in the bundle reaches: they say in
 * which period a window lies. */
static bool collect_periods(struct collected *collected, uint64_t index, struct error *err)
{
    struct session *session = collected->session;
    int64_t first_us = INT64_MAX, from_us = INT64_MAX;
    for (size_t i = 0; i < collected->count; i++)
        if (collected->rows[i].entry.stream == STREAM_USAGE &&
            collected->rows[i].entry.usage.from_us < first_us)
            first_us = collected->rows[i].entry.usage.from_us;
    for (;;) {
        CLEANUP(json_release) json_t *json = NULL;
        if (!collect_index(collected, index, err) || !document_content(session, index, &json, err))
            return false;
        const char *from = json_string_value(json_object_get(json, "from"));
        const json_t *previous = json_object_get(json, "previous");
        if (from == NULL || !instant_parse(from, strlen(from), "from", &from_us, err))
            return error_set(err, ERROR_CONFLICT, "entry %" PRIu64 " is no period", index);
        if (from_us <= first_us || !json_is_integer(previous))
            return true;
        index = (uint64_t)json_integer_value(previous);
    }
}

/* What binds the tenant's name to its number. */
static bool collect_tenant(struct collected *collected, const json_t *json, uint64_t before,
                           struct error *err)
{
    struct session *session = collected->session;
    struct content content;
    const char *id = json_string_value(json_object_get(json_object_get(json, "tenant"), "id"));
    return content_latest(session->store, session->log.log, ENTRY_TENANT, 0, id != NULL ? id : "",
                          before, &session->arena, &content, err) &&
           collect_index(collected, content.index, err);
}

/* The entries that the document names: plans, contract, the period's close. */
static bool collect_named(struct collected *collected, const json_t *json, struct error *err)
{
    const json_t *plans = json_object_get(json, "plans");
    for (size_t i = 0; i < json_array_size(plans); i++)
        if (!collect_index(collected, index_of(json_array_get(plans, i)), err))
            return false;
    return collect_index(collected, index_of(json_object_get(json, "contract")), err) &&
           collect_periods(collected, index_of(json_object_get(json, "period")), err);
}

struct index_list {
    size_t count;
    size_t capacity;
    uint64_t *items;
};

static void index_list_release(struct index_list *list)
{
    free(list->items);
}

static bool list_index(void *context, const struct content *content, struct error *err)
{
    struct index_list *list = context;
    (void)err;
    list->items = memory_grow(list->items, &list->capacity, list->count + 1, sizeof(*list->items));
    list->items[list->count++] = content->index;
    return true;
}

/* Every grant up to the checkpoint. */
static bool collect_keys(struct collected *collected, uint64_t size, struct error *err)
{
    struct index_list CLEANUP(index_list_release) list = {0};
    if (!contents_each(collected->session->store, collected->session->log.log,
                       CONTENT_KIND(ENTRY_KEY) | CONTENT_KIND(ENTRY_LOG), CONTENT_FIRST, size - 1,
                       list_index, &list, err))
        return false;
    for (size_t i = 0; i < list.count; i++)
        if (!collect_index(collected, list.items[i], err))
            return false;
    return true;
}

/* -------------------------------------------------------------------------------------- JSON */

static json_t *hex_json(const void *bytes, size_t size)
{
    char hex[2 * BODY_SIZE_MAX + 1];
    hex_encode(bytes, size, hex);
    return json_string(hex);
}

static json_t *entry_json(const struct collected *collected, const struct entry_row *row)
{
    unsigned char body[BODY_SIZE_MAX];
    const unsigned char *key =
        row->entry.tenant == 0 ? collected->ledger_key : collected->tenant_key;
    size_t size = body_encode(&row->entry, body);
    struct salt salt = leaf_salt(key, &row->entry);
    return json_pack("{s:I,s:o,s:o,s:o,s:o}", "index", (json_int_t)row->index, "body",
                     hex_json(body, size), "salt", hex_json(salt.bytes, sizeof(salt.bytes)),
                     "signature", hex_json(row->leaf.signature.bytes, SIGNATURE_SIZE), "writer",
                     hex_json(row->leaf.writer.bytes, DIGEST_SIZE));
}

static bool set_entries(struct collected *collected, json_t *bundle, struct error *err)
{
    json_t *entries = json_array(), *contents = json_array();
    struct session *session = collected->session;
    json_object_set_new(bundle, "entries", entries);
    json_object_set_new(bundle, "contents", contents);
    for (size_t i = 0; i < collected->count; i++) {
        const struct entry_row *row = &collected->rows[i];
        struct content content;
        json_array_append_new(entries, entry_json(collected, row));
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
    uint64_t last = document->index + (document->total_minor == 0 ? 0 : 1);
    text_init(&text);
    leaf_tenant_key(session->salt_key, document->tenant, collected.tenant_key);
    leaf_tenant_key(session->salt_key, 0, collected.ledger_key);
    if (!bundle_checkpoint(session, policy, last, &checkpoint, err) ||
        !content_at(session->store, log, document->index, &session->arena, &content, err) ||
        !canonical_parse(content.bytes, content.size, document->document_id, &json, err) ||
        !collect_usage(&collected, json, err) || !collect_money(&collected, json, document, err) ||
        !collect_named(&collected, json, err) ||
        !collect_tenant(&collected, json, document->index, err) ||
        !collect_keys(&collected, checkpoint.size, err))
        return false;
    sort_rows(&collected);
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
    if (!session_open(cli, ROLE_INVOICES, &session, err) ||
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
