/* The pass: rows → bodies → commitments → leaves → tree, in chunks. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "ledger/audit_parts.h"
#include "store/entries.h"

struct slot {
    enum { SLOT_MISSING, SLOT_LEAF, SLOT_ENTRY } state;
    struct entry_row row; /* SLOT_LEAF: only its leaf */
};

struct chunk {
    struct audit *audit;
    uint64_t from;
    uint64_t to;
    struct slot *slots;    /* AUDIT_CHUNK */
    struct digest *hashes; /* of the leaves */
    uint64_t tenant;       /* whose key is in tenant_key */
    unsigned char tenant_key[32];
};

/* --------------------------------------------------------------------------------------- reading
 */

static bool take_entry(void *context, const struct entry_row *row, struct error *err)
{
    (void)err;
    struct chunk *chunk = context;
    struct slot *slot = &chunk->slots[row->index - chunk->from];
    if (slot->state == SLOT_ENTRY)
        findings_add(&chunk->audit->findings, FINDING_ENTRY_MALFORMED, row->index,
                     "the entry, or its receipt, stands here twice");
    slot->state = SLOT_ENTRY;
    slot->row = *row;
    return true;
}

static bool take_leaf(void *context, uint64_t index, const struct leaf *leaf, struct error *err)
{
    (void)err;
    struct chunk *chunk = context;
    struct slot *slot = &chunk->slots[index - chunk->from];
    slot->state = SLOT_LEAF;
    slot->row.leaf = *leaf;
    return true;
}

/* A row that broke off a result may have ended the snapshot: the book only grows, so a new one
 * shows the same entries. */
bool audit_begin_again(struct audit *audit, struct error *err)
{
    struct store *store = audit->store;
    store_rollback(store);
    return (store_is_alive(store) || store_reopen(store, err)) && store_begin_snapshot(store, err);
}

static bool read_one(struct chunk *chunk, uint64_t index, struct error *err)
{
    struct audit *audit = chunk->audit;
    struct error why;
    if (entries_each(audit->store, audit->log.log, index, index + 1, take_entry, chunk, &why))
        return true;
    if (why.code != ERROR_CONFLICT) {
        *err = why;
        return false;
    }
    bool is_receipt = strstr(why.message, "without its row") != NULL;
    findings_add(&audit->findings, is_receipt ? FINDING_RECEIPT_MISMATCH : FINDING_ENTRY_MALFORMED,
                 index, "%s", why.message);
    if (!audit_begin_again(audit, err))
        return false;
    return leaves_each(audit->store, audit->log.log, index, index + 1, take_leaf, chunk, &why) ||
           audit_begin_again(audit, err);
}

static bool read_chunk(struct chunk *chunk, struct error *err)
{
    struct audit *audit = chunk->audit;
    for (size_t i = 0; i < AUDIT_CHUNK; i++)
        chunk->slots[i].state = SLOT_MISSING;
    if (entries_each(audit->store, audit->log.log, chunk->from, chunk->to, take_entry, chunk, err))
        return true;
    if (err->code != ERROR_CONFLICT || !audit_begin_again(audit, err))
        return false;
    for (uint64_t index = chunk->from; index < chunk->to; index++)
        if (chunk->slots[index - chunk->from].state == SLOT_MISSING && !read_one(chunk, index, err))
            return false;
    return true;
}

/* -------------------------------------------------------------------------------------- checking
 */

static void check_commitment(struct chunk *chunk, const struct entry_row *row)
{
    const struct audit *audit = chunk->audit;
    unsigned char body[BODY_SIZE_MAX];
    bool is_public = entry_kind_is_public(row->entry.kind);
    if (audit->salt_key == NULL && !is_public)
        return;
    if (!is_public && chunk->tenant != row->entry.tenant) {
        leaf_tenant_key(audit->salt_key, row->entry.tenant, chunk->tenant_key);
        chunk->tenant = row->entry.tenant;
    }
    struct salt salt = leaf_salt(chunk->tenant_key, &row->entry);
    struct digest commitment = leaf_commitment(&salt, body, body_encode(&row->entry, body));
    struct digest checksum = leaf_checksum(&commitment);
    if (!digest_equals(&checksum, &row->leaf.checksum))
        findings_add(&chunk->audit->findings, FINDING_ENTRY_COMMITMENT, row->index,
                     "the columns of this %s (tenant %" PRIu64 ") are not what was committed to",
                     entry_kind_word(row->entry.kind), row->entry.tenant);
}

static void check_writer(struct audit *audit, const struct entry_row *row)
{
    char hex[DIGEST_HEX_SIZE];
    const struct key_grant *grant = keyring_find(&audit->keys, &row->leaf.writer, row->index,
                                                 keyring_role_of_kind(row->entry.kind));
    if (grant == NULL)
        findings_add(&audit->findings, FINDING_ENTRY_WRITER, row->index,
                     "key %s was not granted for a %s here", digest_hex(&row->leaf.writer, hex),
                     entry_kind_word(row->entry.kind));
    else if (row->index % audit->sample == 0)
        signatures_add(&audit->signatures, row->index, &row->leaf, grant->key.bytes);
}

static void keep_control(struct audit *audit, const struct entry_row *row)
{
    audit->contents = memory_grow(audit->contents, &audit->content_capacity,
                                  audit->content_count + 1, sizeof(*audit->contents));
    audit->contents[audit->content_count++] =
        (struct audit_content){row->index, row->entry.kind, row->entry.tenant, row->entry.control};
    char hex[DIGEST_HEX_SIZE];
    const struct digest *operator_key = &row->entry.control.operator_key;
    unsigned role = keyring_operator_of_kind(row->entry.kind);
    if (keyring_find(&audit->keys, operator_key, row->index, role) == NULL)
        findings_add(&audit->findings, FINDING_ENTRY_OPERATOR, row->index,
                     "operator %s did not hold the role '%s' here", digest_hex(operator_key, hex),
                     key_role_word((enum key_role)role));
}

static void check_entry(struct chunk *chunk, const struct entry_row *row)
{
    struct error why;
    if (!body_check(&row->entry, &why)) {
        findings_add(&chunk->audit->findings, FINDING_ENTRY_MALFORMED, row->index, "%s",
                     why.message);
        return;
    }
    check_commitment(chunk, row);
    check_writer(chunk->audit, row);
    audit_stream_take(chunk->audit, row->index, &row->entry);
    if (entry_kind_is_control(row->entry.kind))
        keep_control(chunk->audit, row);
}

static void check_chunk(struct chunk *chunk)
{
    for (uint64_t index = chunk->from; index < chunk->to; index++) {
        struct slot *slot = &chunk->slots[index - chunk->from];
        struct digest *hash = &chunk->hashes[index - chunk->from];
        if (slot->state == SLOT_MISSING) {
            findings_add(&chunk->audit->findings, FINDING_ENTRY_MISSING, index,
                         "there is no entry, though the log's head is beyond it");
            *hash = (struct digest){{0}};
        } else {
            *hash = leaf_hash(&slot->row.leaf);
        }
        if (slot->state == SLOT_ENTRY)
            check_entry(chunk, &slot->row);
        audit_tree_append(chunk->audit, hash);
    }
    chunk->audit->entries += chunk->to - chunk->from;
}

static bool pass_chunks(struct chunk *chunk, struct error *err)
{
    struct audit *audit = chunk->audit;
    for (uint64_t from = audit->from; from < audit->head.size; from += AUDIT_CHUNK) {
        chunk->from = from;
        chunk->to = audit->head.size - from < AUDIT_CHUNK ? audit->head.size : from + AUDIT_CHUNK;
        if (!read_chunk(chunk, err))
            return false;
        check_chunk(chunk);
        if (!audit_low_tiles(audit, from, chunk->hashes, (size_t)(chunk->to - from), err))
            return false;
        log_progress("audit: entries", (long long)chunk->to, (long long)audit->head.size);
    }
    return true;
}

bool audit_entries(struct audit *audit, struct error *err)
{
    struct chunk *chunk = memory_alloc(sizeof(*chunk));
    chunk->audit = audit;
    chunk->tenant = UINT64_MAX;
    chunk->slots = memory_alloc(AUDIT_CHUNK * sizeof(*chunk->slots));
    chunk->hashes = memory_alloc(AUDIT_CHUNK * sizeof(*chunk->hashes));
    bool good = signatures_start(&audit->signatures, err);
    if (good) {
        good = pass_chunks(chunk, err);
        signatures_finish(&audit->signatures, &audit->findings);
    }
    free(chunk->slots);
    free(chunk->hashes);
    explicit_bzero(chunk->tenant_key, sizeof(chunk->tenant_key));
    free(chunk);
    return good;
}
