#include "verify/bundle.h"
#include "verify/signatures.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "core/canonical.h"
#include "core/proof.h"
#include "core/signoff.h"
#include "verify/bundle_parts.h"

#define BUNDLE_SIZE_MAX ((size_t)1 << 30)

static bool check_checkpoint(struct bundle *bundle)
{
    const json_t *note = json_object_get(bundle->json, "checkpoint");
    const char *origin = json_string_value(json_object_get(bundle->json, "origin"));
    struct checkpoint *checkpoint = &bundle->report->checkpoint;
    struct error why;
    if (!checkpoint_open(json_string_value(note), json_string_length(note), &bundle->keys->log,
                         checkpoint, &why)) {
        findings_add(bundle->findings,
                     why.code == ERROR_SIGNATURE ? FINDING_CHECKPOINT_SIGNATURE
                                                 : FINDING_CHECKPOINT_MALFORMED,
                     FINDING_NO_INDEX, "%s", why.message);
        if (!checkpoint_read_unverified(json_string_value(note), json_string_length(note),
                                        checkpoint, &why))
            return false;
    }
    if (checkpoint->size != bundle->size || origin == NULL ||
        strcmp(origin, checkpoint->origin) != 0)
        findings_add(bundle->findings, FINDING_BUNDLE_MALFORMED, FINDING_NO_INDEX,
                     "its origin or size is not the checkpoint's");
    return true;
}

/* A document counts as witnessed only under a checkpoint that is. */
static void check_witnesses(struct bundle *bundle)
{
    const json_t *note = json_object_get(bundle->json, "checkpoint");
    struct checkpoint same;
    (void)verify_witnesses(json_string_value(note), json_string_length(note), &bundle->keys->log,
                           bundle->keys->policy, &same, &bundle->report->witnesses,
                           bundle->findings);
}

static void check_inclusion(struct bundle *bundle)
{
    uint64_t *indexes = memory_alloc(bundle->count * sizeof *indexes);
    struct digest *hashes = memory_alloc(bundle->count * sizeof *hashes);
    const struct checkpoint *checkpoint = &bundle->report->checkpoint;
    struct error why;
    for (size_t i = 0; i < bundle->count; i++) {
        indexes[i] = bundle->entries[i].index;
        hashes[i] = leaf_hash(&bundle->entries[i].leaf);
    }
    if (bundle->entries[bundle->count - 1].index >= checkpoint->size)
        findings_add(bundle->findings, FINDING_PROOF_INVALID, FINDING_NO_INDEX,
                     "entries at or after the checkpoint's size");
    else if (!proof_verify_many(indexes, hashes, bundle->count, checkpoint->size,
                                bundle->proof.hashes, bundle->proof.count, &checkpoint->root, &why))
        findings_add(bundle->findings, FINDING_PROOF_INVALID, FINDING_NO_INDEX, "%s", why.message);
    free(indexes);
    free(hashes);
}

/* ------------------------------------------------------------------------------------- keys */

/* The keys that the file itself names are the pinned ones. */
static void check_named_keys(struct bundle *bundle)
{
    char log_vkey[VKEY_SIZE], root_vkey[VKEY_SIZE];
    const char *log = json_string_value(json_object_get(bundle->json, "log_vkey"));
    const char *root = json_string_value(json_object_get(bundle->json, "root_vkey"));
    if (log == NULL || strcmp(log, key_format_vkey(&bundle->keys->log, log_vkey)) != 0)
        findings_add(bundle->findings, FINDING_KEY_CHAIN, FINDING_NO_INDEX,
                     "the bundle names another log key");
    if (root == NULL || strcmp(root, key_format_vkey(&bundle->keys->root, root_vkey)) != 0)
        findings_add(bundle->findings, FINDING_KEY_CHAIN, FINDING_NO_INDEX,
                     "the bundle names another root key");
}

static void check_chain(struct bundle *bundle, const struct keyring *ring)
{
    if (memcmp(ring->root_key.bytes, bundle->keys->root.bytes, sizeof ring->root_key.bytes) != 0)
        findings_add(bundle->findings, FINDING_KEY_CHAIN, 0, "the log names another root key");
    if (memcmp(ring->log_key.bytes, bundle->keys->log.bytes, sizeof ring->log_key.bytes) != 0)
        findings_add(bundle->findings, FINDING_KEY_CHAIN, 0, "the log names another log key");
    if (strcmp(ring->origin, bundle->report->checkpoint.origin) != 0)
        findings_add(bundle->findings, FINDING_KEY_CHAIN, 0, "the log's origin is '%s'",
                     ring->origin);
}

/* Only what the root key signed and the entry hashes may grant anything. */
static void take_key(struct bundle *bundle, const struct bundle_entry *entry, struct keyring *ring)
{
    CLEANUP(json_release) json_t *content = NULL;
    struct error why;
    if (entry->content == NULL) {
        findings_add(bundle->findings, FINDING_KEY_BODY_MISSING, entry->index, "no content");
        return;
    }
    struct digest hash =
        digest_of(json_string_value(entry->content), json_string_length(entry->content));
    if (!digest_equals(&hash, &entry->entry.control.content))
        findings_add(bundle->findings, FINDING_KEY_BODY_MISMATCH, entry->index,
                     "the body hashes another content");
    else if (!leaf_verify(&entry->leaf, bundle->keys->root.bytes))
        findings_add(bundle->findings, FINDING_KEY_REFUSED, entry->index,
                     "the root key did not sign it");
    else if (!canonical_parse(json_string_value(entry->content), json_string_length(entry->content),
                              "content", &content, &why) ||
             !keyring_apply(ring, entry->index, entry->entry.kind, content, &why))
        findings_add(bundle->findings, FINDING_KEY_REFUSED, entry->index, "%s", why.message);
}

/* The cut names the log, or one that it succeeds: then only what the two have in common. */
static uint64_t cut_limit(const struct bundle *bundle, const struct keyring *ring)
{
    const json_t *cut = json_array_get(json_object_get(bundle->document, "cut"), 0);
    const char *origin = json_string_value(json_object_get(cut, "origin"));
    const struct key_log *log = origin != NULL ? keyring_log(ring, origin) : NULL;
    return log != NULL ? log->common : 0;
}

static void read_keys(struct bundle *bundle, struct keyring *ring)
{
    if (bundle->entries[0].index != 0 || !bundle->entries[0].is_decoded ||
        bundle->entries[0].entry.kind != ENTRY_LOG)
        findings_add(bundle->findings, FINDING_KEY_CHAIN, 0, "the log's first entry is not there");
    for (size_t i = 0; i < bundle->count; i++) {
        const struct bundle_entry *entry = &bundle->entries[i];
        if (entry->is_decoded && entry_kind_is_public(entry->entry.kind))
            take_key(bundle, entry, ring);
    }
    check_named_keys(bundle);
    check_chain(bundle, ring);
    bundle->cut_limit = cut_limit(bundle, ring);
}

static const struct public_key *writer_of(const struct bundle *bundle, const struct keyring *ring,
                                          const struct bundle_entry *entry)
{
    struct digest root = key_hash(bundle->keys->root.bytes);
    if (entry_kind_is_public(entry->entry.kind))
        return digest_equals(&entry->leaf.writer, &root) ? &bundle->keys->root : NULL;
    const struct key_grant *grant = keyring_find(ring, &entry->leaf.writer, entry->index,
                                                 keyring_role_of_kind(entry->entry.kind));
    return grant != NULL ? &grant->key : NULL;
}

static void check_writers(struct bundle *bundle, const struct keyring *ring)
{
    for (size_t i = 0; i < bundle->count; i++) {
        const struct bundle_entry *entry = &bundle->entries[i];
        if (!entry->is_decoded)
            continue; /* said; without a kind there is no role */
        const struct public_key *key = writer_of(bundle, ring, entry);
        if (key == NULL)
            findings_add(bundle->findings, FINDING_ENTRY_WRITER, entry->index,
                         "its writer's key was not granted for '%s' at this index",
                         entry_kind_word(entry->entry.kind));
        else if (!leaf_verify(&entry->leaf, key->bytes))
            findings_add(bundle->findings, FINDING_ENTRY_SIGNATURE, entry->index,
                         "does not hold under '%s'", key->name);
        else
            bundle->report->signatures++;
    }
}

/* Whoever decided held the role for it then, as the writers ask. */
static void check_operators(struct bundle *bundle, const struct keyring *ring)
{
    for (size_t i = 0; i < bundle->count; i++) {
        const struct bundle_entry *entry = &bundle->entries[i];
        char hex[DIGEST_HEX_SIZE];
        if (!entry->is_decoded || !entry_kind_is_control(entry->entry.kind) ||
            entry_kind_is_public(entry->entry.kind))
            continue;
        unsigned role = keyring_operator_of_kind(entry->entry.kind);
        const struct digest *operator_key = &entry->entry.control.operator_key;
        if (keyring_find(ring, operator_key, entry->index, role) == NULL)
            findings_add(bundle->findings, FINDING_ENTRY_OPERATOR, entry->index,
                         "operator %s did not hold the role '%s' at this index",
                         digest_hex(operator_key, hex), key_role_word((enum key_role)role));
        if (entry->entry.kind == ENTRY_DOCUMENT && entry->json != NULL)
            signoffs_check(ring, entry->index, operator_key, entry->json, bundle->findings);
    }
}

static void check_all(struct bundle *bundle)
{
    struct keyring ring;
    bundle->report->entries = bundle->count;
    if (check_checkpoint(bundle))
        check_inclusion(bundle);
    if (bundle->keys->policy != NULL)
        check_witnesses(bundle);
    keyring_init(&ring);
    read_keys(bundle, &ring);
    check_writers(bundle, &ring);
    bundle_check_contents(bundle);
    check_operators(bundle, &ring);
    keyring_release(&ring);
    if (bundle->document != NULL)
        bundle_check_document(bundle);
}

/* All that the bundle says of the log, the whole log says too. */
static bool check_log(struct bundle *bundle, const char *folder, struct error *err)
{
    const struct checkpoint *checkpoint = &bundle->report->checkpoint;
    struct verify_seen seen = {.size = checkpoint->size, .root = checkpoint->root};
    struct verify_log_report report;
    uint64_t *indexes = memory_alloc(bundle->count * sizeof *indexes);
    for (size_t i = 0; i < bundle->count; i++)
        if (bundle->entries[i].is_decoded && entry_kind_is_public(bundle->entries[i].entry.kind))
            indexes[seen.key_count++] = bundle->entries[i].index;
    seen.key_indexes = indexes;
    seen.has_keys = true;
    bool done = verify_log(folder, bundle->keys, &seen, VERIFY_ALL, &report, bundle->findings, err);
    free(indexes);
    return done;
}

bool verify_bundle(const char *path, const char *log_folder, const char *explode_folder,
                   const struct verify_keys *keys, struct verify_bundle_report *out,
                   struct findings *findings, struct error *err)
{
    struct verify_bundle_report report = {0};
    struct bundle bundle = {.keys = keys, .report = &report, .findings = findings};
    struct text bytes CLEANUP(text_release);
    bool done = true;
    text_init(&bytes);
    if (!file_read(path, BUNDLE_SIZE_MAX, &bytes, err))
        return false;
    if (bytes.size > 0 && bytes.data[bytes.size - 1] == '\n')
        bytes.size--; /* as `daybook-invoices show --bundle` prints it */
    if (bundle_read(bytes.data, bytes.size, &bundle)) {
        check_all(&bundle);
        done = (log_folder == NULL || check_log(&bundle, log_folder, err)) &&
               (explode_folder == NULL || findings->total > 0 ||
                bundle_explode(&bundle, explode_folder, err));
    }
    bundle_release(&bundle);
    if (done)
        *out = report;
    return done;
}

void verify_bundle_text(const char *bytes, size_t size, const struct verify_keys *keys,
                        struct verify_bundle_report *out, struct findings *findings)
{
    struct bundle bundle = {.keys = keys, .report = out, .findings = findings};
    *out = (struct verify_bundle_report){0};
    if (bundle_read(bytes, size, &bundle))
        check_all(&bundle);
    bundle_release(&bundle);
}
