#include "store/append.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "core/canonical.h"
#include "queries.h"
#include "store/contents.h"
#include "store/entries.h"
#include "store/logs.h"
#include "store/row.h"

#define KEY_KINDS (CONTENT_KIND(ENTRY_KEY) | CONTENT_KIND(ENTRY_LOG))

static void head_of_row(const struct rows *rows, int log, struct head *out)
{
    *out = (struct head){
        .log = log,
        .size = row_u64(rows, 0, 0),
        .control_index = row_u64(rows, 0, 1),
        .key_index = row_u64(rows, 0, 2),
        .control_seq = row_u64(rows, 0, 3),
        .next_tenant = row_u64(rows, 0, 4),
        .next_chain = row_u64(rows, 0, 5),
    };
}

static bool head_query(struct store *store, const char *sql, int log, struct head *out,
                       struct error *err)
{
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    if (!store_query(store, sql, &params, &rows, err))
        return false;
    if (rows_count(rows) == 0)
        return error_set(err, ERROR_NOT_FOUND,
                         "the database has no log %d; run daybook-ledger init once", log);
    head_of_row(rows, log, out);
    return true;
}

bool head_read(struct store *store, int log, struct head *out, struct error *err)
{
    return head_query(store, sql_head_read, log, out, err);
}

bool head_whole_size(struct store *store, int log, uint64_t size, uint64_t *out, struct error *err)
{
    CLEANUP(params_release) struct params params;
    CLEANUP(rows_cleanup) struct rows *rows = NULL;
    params_init(&params);
    param_int32(&params, log);
    param_u64(&params, size);
    if (!store_query(store, sql_head_whole, &params, &rows, err))
        return false;
    if (row_is_null(rows, 0, 0))
        return error_set(err, ERROR_HALT, "no transaction ends within 40000 entries below %" PRIu64,
                         size);
    *out = row_u64(rows, 0, 0);
    return true;
}

bool head_create(struct store *store, int log, struct head *out, struct error *err)
{
    struct head head;
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, log);
    if (!store_execute(store, sql_head_insert, &params, NULL, err) ||
        !store_execute(store, sql_head_insert_slots, &params, NULL, err) ||
        !head_query(store, sql_head_lock, log, &head, err))
        return false;
    *out = head;
    return true;
}

static bool apply_key(void *context, const struct content *content, struct error *err)
{
    struct keyring *keys = context;
    CLEANUP(json_release) json_t *value = NULL;

    return canonical_parse(content->bytes, content->size, content->subject_id, &value, err) &&
           keyring_apply(keys, content->index, content->kind, value, err);
}

bool keys_read(struct store *store, int log, struct keyring *ring, struct error *err)
{
    keyring_init(ring);
    return contents_each(store, log, KEY_KINDS, CONTENT_FIRST, CONTENT_LAST, apply_key, ring, err);
}

/* The root key stands in the log's own entry; every other key needs a grant that holds now. */
static bool key_may_write(const struct writer *writer, uint64_t index, struct error *err)
{
    const struct public_key *key = key_public(writer->key);
    bool holds = writer->role == ROLE_ROOT
                     ? memcmp(key->bytes, writer->keys.root_key.bytes, sizeof key->bytes) == 0
                     : keyring_find(&writer->keys, &writer->key_hash, index, writer->role) != NULL;

    return holds || error_set(err, ERROR_REFUSED,
                              "log %d: the key '%s' may not write as '%s': it was not granted or "
                              "was revoked (daybook-ledger key list)",
                              writer->log, key->name, key_role_word(writer->role));
}

/* Takes the key and log entries that are newer than what the writer has. */
static bool load_keys(struct store *store, struct writer *writer, const struct head *head,
                      struct error *err)
{
    if (!contents_each(store, writer->log, KEY_KINDS, writer->key_index, head->key_index, apply_key,
                       &writer->keys, err))
        return false;
    writer->key_index = head->key_index;
    return key_may_write(writer, head->size, err);
}

static void writer_start(int log, const struct secret_key *key, enum key_role role,
                         struct writer *out)
{
    *out = (struct writer){.log = log, .key = key, .role = role, .key_index = UINT64_MAX};
    out->key_hash = key_hash(key_public(key)->bytes);
    keyring_init(&out->keys);
}

bool writer_open(struct store *store, int log, const struct secret_key *key,
                 const unsigned char *salt_key, enum key_role role, struct writer *out,
                 struct error *err)
{
    struct writer writer;
    struct log_row row;
    struct head head;

    writer_start(log, key, role, &writer);
    writer.salt_key = salt_key;
    if (!log_find(store, log, &row, err) || !head_read(store, log, &head, err) ||
        !load_keys(store, &writer, &head, err) ||
        (salt_key != NULL && !keyring_check_secret(&writer.keys, KEYRING_SALT, salt_key, err))) {
        writer_close(&writer);
        return false;
    }
    writer.ledger = row.ledger;
    *out = writer;
    return true;
}

void writer_open_first(int log, const char *origin, const struct secret_key *root_key,
                       struct writer *out)
{
    writer_start(log, root_key, ROLE_ROOT, out);
    out->ledger = ledger_id_of_origin(origin);
}

void writer_open_keyless(int log, const struct ledger_id *ledger, const unsigned char *salt_key,
                         struct writer *out)
{
    *out = (struct writer){
        .log = log, .ledger = *ledger, .salt_key = salt_key, .key_index = UINT64_MAX};
    keyring_init(&out->keys);
}

void writer_close(struct writer *writer)
{
    keyring_release(&writer->keys);
}

bool writer_refresh(struct store *store, struct writer *writer, struct error *err)
{
    struct head head;

    if (!head_read(store, writer->log, &head, err))
        return false;
    if (head.key_index == writer->key_index)
        return true;
    return load_keys(store, writer, &head, err);
}

/* Names the ledger; public kinds have no secret salt. */
static void prepare_entry(const struct writer *writer, struct entry *entry,
                          unsigned char out_tenant_key[32])
{
    bool is_public = entry_kind_is_public(entry->kind);

    assert(writer->salt_key || is_public);
    entry->ledger = writer->ledger;
    if (is_public)
        memset(out_tenant_key, 0, 32);
    else
        leaf_tenant_key(writer->salt_key, entry->tenant, out_tenant_key);
}

void writer_sign(const struct writer *writer, struct signed_entry *entry)
{
    unsigned char tenant_key[32];

    assert(writer->key);
    assert(keyring_role_of_kind(entry->entry.kind) == (unsigned)writer->role);
    prepare_entry(writer, &entry->entry, tenant_key);
    leaf_sign(writer->key, tenant_key, &entry->entry, &entry->leaf);
    sodium_memzero(tenant_key, sizeof tenant_key);
}

bool writer_take(const struct writer *writer, struct signed_entry *entry, const struct leaf *leaf)
{
    unsigned char tenant_key[32], body[BODY_SIZE_MAX];

    prepare_entry(writer, &entry->entry, tenant_key);
    struct salt salt = leaf_salt(tenant_key, &entry->entry);
    sodium_memzero(tenant_key, sizeof tenant_key);
    struct digest commitment = leaf_commitment(&salt, body, body_encode(&entry->entry, body));
    struct digest checksum = leaf_checksum(&commitment);
    if (!digest_equals(&checksum, &leaf->checksum))
        return false;
    entry->leaf = *leaf;
    return true;
}

bool append_lock(struct store *store, const struct writer *writer, struct head *out,
                 struct error *err)
{
    struct head head;

    if (!head_query(store, sql_head_lock, writer->log, &head, err))
        return false;
    if (head.key_index != writer->key_index)
        return error_set(err, ERROR_BUSY,
                         "log %d: keys were granted or revoked meanwhile (entry %" PRIu64
                         "); sign again",
                         writer->log, head.key_index);
    *out = head;
    return true;
}

/* What the head must know of the entry at `index`. */
static void head_take(struct head *head, uint64_t index, const struct entry *entry)
{
    if (entry->stream == STREAM_CONTROL) {
        assert(entry->stream_seq == head->control_seq);
        head->control_seq++;
    }
    if (entry_kind_is_control(entry->kind) && entry->kind != ENTRY_DOCUMENT)
        head->control_index = index;
    if (entry_kind_is_public(entry->kind))
        head->key_index = index;
}

bool append_entries(struct store *store, struct head *head, const struct signed_entry *entries,
                    size_t count, uint64_t *out_first_index, struct error *err)
{
    struct head next = *head;

    assert(count > 0);
    for (size_t i = 0; i < count; i++)
        head_take(&next, head->size + i, &entries[i].entry);
    next.size += count;
    if (!entries_copy(store, head->log, head->size, entries, count, err))
        return false;
    if (out_first_index)
        *out_first_index = head->size;
    *head = next;
    return true;
}

bool append_content(struct store *store, int log, uint64_t index, enum entry_kind kind,
                    uint64_t tenant, const char *subject_id, uint32_t version, const char *content,
                    size_t content_size, struct error *err)
{
    struct digest hash = digest_of(content, content_size);
    CLEANUP(params_release) struct params params;

    assert(entry_kind_is_control(kind) && version >= 1);
    params_init(&params);
    param_int32(&params, log);
    param_u64(&params, index);
    param_int16(&params, (int16_t)kind);
    param_u64(&params, tenant);
    param_text(&params, subject_id);
    param_int32(&params, (int32_t)version);
    param_digest(&params, &hash);
    param_text_n(&params, content, content_size);
    return store_execute(store, sql_content_insert, &params, NULL, err);
}

bool append_unlock(struct store *store, const struct head *head, struct error *err)
{
    uint64_t affected;
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, head->log);
    param_u64(&params, head->size);
    param_u64(&params, head->control_index);
    param_u64(&params, head->key_index);
    param_u64(&params, head->control_seq);
    param_u64(&params, head->next_tenant);
    param_u64(&params, head->next_chain);
    if (!store_execute(store, sql_head_update, &params, &affected, err))
        return false;
    assert(affected == 1); /* it is locked by this transaction */
    return true;
}
