/*
 * Who may sign what, and since when.
 */
#include "core/keyring.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "core/keyring_parts.h"

#define WRITER_ROLES (ROLE_INGEST | ROLE_CONTROL | ROLE_INVOICES)
#define GRANTABLE_ROLES (WRITER_ROLES | ROLE_LOG | ROLES_OPERATOR)

static const char *const role_words[] = {
    "root", "ingest", "control", "invoices", "log", "draft", "approve", "issue", "operate",
};

static const unsigned kind_roles[ENTRY_KIND_LAST + 1] = {
    [ENTRY_USAGE] = ROLE_INGEST,      [ENTRY_CORRECTION] = ROLE_INGEST,
    [ENTRY_EXCLUSION] = ROLE_INGEST,  [ENTRY_TRANSFER] = ROLE_INVOICES,
    [ENTRY_DOCUMENT] = ROLE_INVOICES, [ENTRY_RECEIPT] = ROLE_INGEST,
    [ENTRY_CATALOG] = ROLE_CONTROL,   [ENTRY_TENANT] = ROLE_CONTROL,
    [ENTRY_PLAN] = ROLE_CONTROL,      [ENTRY_CONTRACT] = ROLE_CONTROL,
    [ENTRY_PERIOD] = ROLE_INVOICES,   [ENTRY_KEY] = ROLE_ROOT,
    [ENTRY_LOG] = ROLE_ROOT,
};

static const unsigned kind_operators[ENTRY_KIND_LAST + 1] = {
    [ENTRY_CATALOG] = ROLE_OPERATE, [ENTRY_TENANT] = ROLE_OPERATE, [ENTRY_PLAN] = ROLE_DRAFT,
    [ENTRY_CONTRACT] = ROLE_DRAFT,  [ENTRY_PERIOD] = ROLE_DRAFT,   [ENTRY_DOCUMENT] = ROLE_ISSUE,
    [ENTRY_KEY] = ROLE_ROOT,        [ENTRY_LOG] = ROLE_ROOT,
};

unsigned keyring_role_of_kind(enum entry_kind kind)
{
    assert(kind >= ENTRY_USAGE && kind <= ENTRY_KIND_LAST);
    return kind_roles[kind];
}

unsigned keyring_operator_of_kind(enum entry_kind kind)
{
    assert(kind >= ENTRY_USAGE && kind <= ENTRY_KIND_LAST);
    return kind_operators[kind];
}

/* ------------------------------------------------------------------------------------ roles */

const char *key_role_word(enum key_role role)
{
    for (size_t i = 0; i < COUNT_OF(role_words); i++)
        if ((unsigned)role == 1u << i)
            return role_words[i];
    return NULL;
}

static unsigned role_parse(const char *word)
{
    for (size_t i = 0; i < COUNT_OF(role_words); i++)
        if (strcmp(role_words[i], word) == 0)
            return 1u << i;
    return 0;
}

bool key_roles_parse(const json_t *words, unsigned *out, struct error *err)
{
    unsigned roles = 0;
    json_t *word;
    size_t index;

    json_array_foreach (words, index, word) {
        unsigned role = json_is_string(word) ? role_parse(json_string_value(word)) : 0;

        if (role == 0 || (roles & role) != 0)
            return error_set(err, ERROR_INPUT, "role %zu of a key is unknown or doubled", index);
        roles |= role;
    }
    if (roles == 0)
        return error_set(err, ERROR_INPUT, "a key has no roles");
    *out = roles;
    return true;
}

/* ------------------------------------------------------------------------------------- ring */

void keyring_init(struct keyring *ring)
{
    memset(ring, 0, sizeof(*ring));
}

void keyring_release(struct keyring *ring)
{
    free(ring->grants);
    free(ring->logs);
    keyring_init(ring);
}

void keyring_add_grant(struct keyring *ring, const struct public_key *key, unsigned roles,
                       uint64_t index)
{
    ring->grants =
        memory_grow(ring->grants, &ring->capacity, ring->count + 1, sizeof(*ring->grants));
    ring->grants[ring->count++] = (struct key_grant){
        .key = *key,
        .hash = key_hash(key->bytes),
        .roles = roles,
        .granted_at = index,
        .revoked_at = UINT64_MAX,
    };
}

static bool grant_holds(const struct key_grant *grant, uint64_t index)
{
    /* The log's first entry is signed by the root key that it names itself. */
    if (grant->granted_at == index)
        return (grant->roles & ROLE_ROOT) != 0;
    return grant->granted_at < index && index <= grant->revoked_at;
}

const struct key_grant *keyring_find(const struct keyring *ring, const struct digest *key_hash,
                                     uint64_t index, unsigned roles)
{
    for (size_t i = 0; i < ring->count; i++) {
        const struct key_grant *grant = &ring->grants[i];

        if ((grant->roles & roles) != 0 && digest_equals_public(&grant->hash, key_hash) &&
            grant_holds(grant, index))
            return grant;
    }
    return NULL;
}

const struct key_grant *keyring_find_whole(const struct keyring *ring,
                                           const struct digest *key_hash, uint64_t index,
                                           unsigned roles)
{
    for (size_t i = 0; i < ring->count; i++) {
        const struct key_grant *grant = &ring->grants[i];

        if ((grant->roles & roles) == roles && digest_equals_public(&grant->hash, key_hash) &&
            grant_holds(grant, index))
            return grant;
    }
    return NULL;
}

unsigned keyring_roles(const struct keyring *ring, const struct digest *key_hash, uint64_t index)
{
    unsigned roles = 0;

    for (size_t i = 0; i < ring->count; i++)
        if (digest_equals_public(&ring->grants[i].hash, key_hash) &&
            grant_holds(&ring->grants[i], index))
            roles |= ring->grants[i].roles;
    return roles;
}

/* ------------------------------------------------------------------------------- key entries */

bool keyring_parse_key(const char *vkey, struct public_key *out, struct error *err)
{
    if (!key_parse_vkey(vkey, out, err))
        return false;
    if (out->type != KEY_TYPE_ED25519)
        return error_set(err, ERROR_INPUT, "key '%s' is not one that signs entries", out->name);
    return true;
}

/* The roles that this key holds now. */
static unsigned roles_held(const struct keyring *ring, const struct digest *hash)
{
    unsigned roles = 0;

    for (size_t i = 0; i < ring->count; i++)
        if (ring->grants[i].revoked_at == UINT64_MAX && digest_equals(&ring->grants[i].hash, hash))
            roles |= ring->grants[i].roles;
    return roles;
}

static bool apply_grant(struct keyring *ring, uint64_t index, const struct public_key *key,
                        unsigned roles, struct error *err)
{
    struct digest hash = key_hash(key->bytes);

    if ((roles & ~(unsigned)GRANTABLE_ROLES) != 0)
        return error_set(err, ERROR_INPUT, "no key entry can grant the role root to '%s'",
                         key->name);
    if ((roles_held(ring, &hash) & roles) != 0)
        return error_set(err, ERROR_CONFLICT, "key '%s' already holds a role that is granted to it",
                         key->name);
    keyring_add_grant(ring, key, roles, index);
    return true;
}

static bool apply_revoke(struct keyring *ring, uint64_t index, const struct public_key *key,
                         unsigned roles, struct error *err)
{
    struct digest hash = key_hash(key->bytes);

    for (size_t i = 0; i < ring->count; i++) {
        struct key_grant *grant = &ring->grants[i];

        if (grant->revoked_at == UINT64_MAX && grant->roles == roles && (roles & ROLE_ROOT) == 0 &&
            digest_equals(&grant->hash, &hash)) {
            grant->revoked_at = index;
            return true;
        }
    }
    return error_set(err, ERROR_CONFLICT, "key '%s' holds no grant of the roles that are revoked",
                     key->name);
}

static bool apply_key(struct keyring *ring, uint64_t index, const json_t *content,
                      struct error *err)
{
    const char *action, *vkey;
    struct public_key key;
    json_t *words;
    unsigned roles;

    if (json_unpack((json_t *)(uintptr_t)content, "{s:s,s:s,s:o!}", "action", &action, "key", &vkey,
                    "roles", &words) != 0 ||
        !json_is_array(words))
        return error_set(err, ERROR_INPUT, "a key entry has action, key and roles");
    if (!keyring_parse_key(vkey, &key, err) || !key_roles_parse(words, &roles, err))
        return false;
    if (strcmp(action, "grant") == 0)
        return apply_grant(ring, index, &key, roles, err);
    if (strcmp(action, "revoke") == 0)
        return apply_revoke(ring, index, &key, roles, err);
    return error_set(err, ERROR_INPUT, "a key entry has action '%.20s', not grant or revoke",
                     action);
}

static bool apply(struct keyring *ring, uint64_t index, enum entry_kind kind, const json_t *content,
                  struct error *err)
{
    if (kind == ENTRY_LOG)
        return keyring_apply_log(ring, index, content, err);
    if (ring->applied == 0)
        return error_set(err, ERROR_CONFLICT, "the log's first entry does not open it");
    return apply_key(ring, index, content, err);
}

bool keyring_apply(struct keyring *ring, uint64_t index, enum entry_kind kind,
                   const json_t *content, struct error *err)
{
    assert(entry_kind_is_public(kind));
    if (ring->applied > 0 && index <= ring->last_index)
        return error_set(err, ERROR_CONFLICT,
                         "entry %" PRIu64 " comes after entry %" PRIu64 " in the keyring", index,
                         ring->last_index);
    if (ring->closed)
        return error_set(err, ERROR_CONFLICT, "entry %" PRIu64 " follows the log's end", index);
    if (!apply(ring, index, kind, content, err))
        return error_prefix(err, "entry %" PRIu64 ": ", index);
    ring->applied++;
    ring->last_index = index;
    return true;
}

/* --------------------------------------------------------------------------------- contents */

json_t *keyring_grant_content(const struct public_key *key, unsigned roles, bool grant)
{
    json_t *words = json_array();
    char vkey[VKEY_SIZE];

    for (size_t i = 0; i < COUNT_OF(role_words); i++)
        if ((roles & 1u << i) != 0)
            json_array_append_new(words, json_string(role_words[i]));
    return json_pack("{s:s,s:s,s:o}", "action", grant ? "grant" : "revoke", "key",
                     key_format_vkey(key, vkey), "roles", words);
}
