/*
 * The log entries: under which name, by which keys, and after which log this one goes on.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "core/keyring_parts.h"

static const char *const secret_words[KEYRING_SECRETS] = {
    [KEYRING_SALT] = "salt",
    [KEYRING_DEDUP] = "dedup",
};

/* What every log entry says. */
struct log_content {
    const char *action;
    const char *origin;
    struct public_key log_key;
    struct public_key root_key;
    json_t *previous;
    json_t *secrets;   /* or NULL */
    json_t *successor; /* or NULL */
};

static bool same_key(const struct public_key *a, const struct public_key *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static bool parse_size(const char *text, const char *what, uint64_t *out, struct error *err)
{
    return number_parse_u64(text, strlen(text), what, out, err);
}

/* --------------------------------------------------------------------------------------- secrets
 */

static bool parse_secrets(json_t *secrets, struct digest out[KEYRING_SECRETS], struct error *err)
{
    const char *hashes[KEYRING_SECRETS];

    if (json_unpack(secrets, "{s:s,s:s!}", secret_words[KEYRING_SALT], &hashes[KEYRING_SALT],
                    secret_words[KEYRING_DEDUP], &hashes[KEYRING_DEDUP]) != 0)
        return error_set(err, ERROR_INPUT, "a log's 'secrets' are {salt, dedup} of strings");
    for (size_t i = 0; i < KEYRING_SECRETS; i++)
        if (!digest_parse_hex(hashes[i], "hash of a secret", &out[i], err))
            return false;
    return true;
}

static bool apply_secrets(struct keyring *ring, json_t *secrets, struct error *err)
{
    if (secrets == NULL)
        return true;
    ring->has_secrets = parse_secrets(secrets, ring->secrets, err);
    return ring->has_secrets;
}

/* They are the ledger's, whatever its log is called. */
static bool check_same_secrets(const struct keyring *ring, json_t *secrets, struct error *err)
{
    struct digest hashes[KEYRING_SECRETS];

    if ((secrets != NULL) != ring->has_secrets)
        return error_set(err, ERROR_CONFLICT, "a log's successor has the same 'secrets'");
    if (secrets == NULL)
        return true;
    if (!parse_secrets(secrets, hashes, err))
        return false;
    for (size_t i = 0; i < KEYRING_SECRETS; i++)
        if (!digest_equals_public(&hashes[i], &ring->secrets[i]))
            return error_set(err, ERROR_CONFLICT, "a log's successor has the same 'secrets'");
    return true;
}

struct digest keyring_secret_hash(enum keyring_secret which, const unsigned char key[32])
{
    static const char purpose[] = "daybook/secret/v1";
    const char *word = secret_words[which];

    return digest_of3(purpose, sizeof(purpose), word, strlen(word) + 1, key, 32);
}

bool keyring_check_secret(const struct keyring *ring, enum keyring_secret which,
                          const unsigned char key[32], struct error *err)
{
    struct digest hash = keyring_secret_hash(which, key);

    return !ring->has_secrets || digest_equals(&hash, &ring->secrets[which]) ||
           error_set(err, ERROR_CONFLICT,
                     "%s.key is not the one of the ledger '%s': its log entry names another key",
                     secret_words[which], ring->origin);
}

/* ------------------------------------------------------------------------------------- opening */

static bool check_names(const struct log_content *content, struct error *err)
{
    size_t size = strlen(content->origin);

    if (size == 0 || size >= sizeof(((struct keyring *)NULL)->origin) ||
        strcmp(content->log_key.name, content->origin) != 0)
        return error_set(err, ERROR_INPUT, "the log key's name '%s' is not the origin '%.100s'",
                         content->log_key.name, content->origin);
    return !same_key(&content->log_key, &content->root_key) ||
           error_set(err, ERROR_INPUT, "the log key and the root key are the same");
}

static void add_log(struct keyring *ring, const struct key_log *log)
{
    ring->logs =
        memory_grow(ring->logs, &ring->log_capacity, ring->log_count + 1, sizeof(*ring->logs));
    ring->logs[ring->log_count++] = *log;
    memcpy(ring->origin, log->origin, sizeof(ring->origin));
    ring->log_key = log->key;
    keyring_add_grant(ring, &log->key, ROLE_LOG, log->opened_at);
}

static struct key_log log_of(const struct log_content *content, uint64_t index)
{
    struct key_log log = {.key = content->log_key, .opened_at = index, .common = UINT64_MAX};

    memcpy(log.origin, content->origin, strlen(content->origin) + 1);
    return log;
}

static bool open_first(struct keyring *ring, const struct log_content *content, struct error *err)
{
    if (!json_is_null(content->previous))
        return error_set(err, ERROR_INPUT, "a log that begins anew has no 'previous'");
    if (!check_names(content, err) || !apply_secrets(ring, content->secrets, err))
        return false;
    ring->root_key = content->root_key;
    keyring_add_grant(ring, &content->root_key, ROLE_ROOT, 0);
    struct key_log log = log_of(content, 0);
    add_log(ring, &log);
    return true;
}

/* The chains whose records are decided anew: where each goes on here, and how far it had come. */
static bool check_chains(const json_t *chains, struct error *err)
{
    const json_t *chain;
    size_t i;

    json_array_foreach (chains, i, chain) {
        const char *feed, *next, *taken;
        json_int_t partition, incarnation;
        struct digest id;
        uint64_t from = 0, to = 0;
        if (json_unpack((json_t *)(uintptr_t)chain, "{s:s,s:I,s:I,s:s,s:s!}", "feed", &feed,
                        "incarnation", &incarnation, "partition", &partition, "next", &next,
                        "taken", &taken) != 0)
            return error_set(err, ERROR_INPUT, "chain %zu of the previous log is malformed", i);
        if (!digest_parse_hex(feed, "feed", &id, err) || !parse_size(next, "next", &from, err) ||
            !parse_size(taken, "taken", &to, err))
            return false;
        if (partition < 0 || incarnation < 1 || from >= to)
            return error_set(err, ERROR_INPUT, "chain %zu of the previous log is malformed", i);
    }
    return true;
}

static bool parse_previous(const json_t *json, struct key_previous *out, struct error *err)
{
    const char *origin, *size, *root, *common, *carried, *lost;
    json_t *chains;

    if (json_unpack((json_t *)(uintptr_t)json, "{s:s,s:s,s:s,s:s,s:s,s:s,s:o!}", "origin", &origin,
                    "size", &size, "root", &root, "common", &common, "carried", &carried, "lost",
                    &lost, "chains", &chains) != 0 ||
        !json_is_array(chains))
        return error_set(err, ERROR_INPUT,
                         "the 'previous' of a log that succeeds is {origin, size, root, common, "
                         "carried, lost} of strings and chains");
    if (strlen(origin) >= sizeof(out->origin))
        return error_set(err, ERROR_INPUT, "the previous log's origin is too long");
    memcpy(out->origin, origin, strlen(origin) + 1);
    out->chains = chains;
    return parse_size(size, "size of the previous log", &out->size, err) &&
           parse_size(common, "common", &out->common, err) &&
           parse_size(carried, "carried", &out->carried, err) &&
           parse_size(lost, "lost", &out->lost, err) &&
           digest_parse_hex(root, "root of the previous log", &out->root, err) &&
           check_chains(chains, err);
}

/* The numbers are those of this log: what is common, then what was carried, then this entry; of the
 * previous one these, what is lost, and the entry that closed it. */
static bool check_previous(const struct keyring *ring, const struct key_previous *previous,
                           uint64_t index, struct error *err)
{
    if (strcmp(previous->origin, ring->origin) != 0)
        return error_set(err, ERROR_CONFLICT, "it succeeds '%s', and this log is '%s'",
                         previous->origin, ring->origin);
    if (previous->common <= ring->logs[ring->log_count - 1].opened_at || previous->common > index ||
        previous->carried != index - previous->common || previous->size <= index ||
        previous->lost != previous->size - 1 - index)
        return error_set(err, ERROR_CONFLICT,
                         "what it says of common, carried and lost entries is not so");
    return true;
}

static bool check_new(const struct keyring *ring, const struct log_content *content,
                      struct error *err)
{
    if (!same_key(&content->root_key, &ring->root_key))
        return error_set(err, ERROR_CONFLICT, "a log's successor has the same root key");
    for (size_t i = 0; i < ring->log_count; i++)
        if (strcmp(ring->logs[i].origin, content->origin) == 0 ||
            same_key(&ring->logs[i].key, &content->log_key))
            return error_set(err, ERROR_CONFLICT,
                             "a log's successor has a new origin and a new log key");
    return true;
}

static bool open_successor(struct keyring *ring, uint64_t index, const struct log_content *content,
                           struct error *err)
{
    struct key_log log;
    struct key_previous previous;

    if (json_is_null(content->previous))
        return error_set(err, ERROR_CONFLICT,
                         "it opens log '%.100s'; only the first entry can, or one that names the "
                         "log before",
                         content->origin);
    if (!parse_previous(content->previous, &previous, err) ||
        !check_previous(ring, &previous, index, err) || !check_names(content, err) ||
        !check_new(ring, content, err) || !check_same_secrets(ring, content->secrets, err))
        return false;
    log = log_of(content, index);
    log.previous_size = previous.size;
    log.previous_root = previous.root;
    ring->logs[ring->log_count - 1].common = previous.common;
    add_log(ring, &log);
    return true;
}

static bool apply_open(struct keyring *ring, uint64_t index, const struct log_content *content,
                       struct error *err)
{
    if (content->successor != NULL)
        return error_set(err, ERROR_INPUT, "only the entry that closes a log has a 'successor'");
    if (ring->applied > 0)
        return open_successor(ring, index, content, err);
    if (index != 0)
        return error_set(err, ERROR_CONFLICT, "it opens log '%.100s', and is not the first entry",
                         content->origin);
    return open_first(ring, content, err);
}

/* ------------------------------------------------------------------------------------- closing */

static bool parse_successor(json_t *json, struct key_successor *out, struct error *err)
{
    const char *origin, *vkey, *common;

    if (json == NULL || json_unpack(json, "{s:s,s:s,s:s!}", "origin", &origin, "log_key", &vkey,
                                    "common", &common) != 0)
        return error_set(err, ERROR_INPUT,
                         "the entry that closes a log has a 'successor' of origin, log_key and "
                         "common");
    if (!keyring_parse_key(vkey, &out->key, err) ||
        !parse_size(common, "common", &out->common, err))
        return false;
    return strcmp(out->key.name, origin) == 0 ||
           error_set(err, ERROR_INPUT, "the successor's log key is not named by its origin");
}

static bool apply_close(struct keyring *ring, uint64_t index, const struct log_content *content,
                        struct error *err)
{
    struct key_successor successor;

    if (ring->applied == 0 || strcmp(content->origin, ring->origin) != 0 ||
        content->log_key.id != ring->log_key.id || !same_key(&content->log_key, &ring->log_key) ||
        !same_key(&content->root_key, &ring->root_key))
        return error_set(err, ERROR_CONFLICT, "a log entry closes '%.100s', which is not this log",
                         content->origin);
    if (!parse_successor(content->successor, &successor, err))
        return false;
    if (!json_is_null(content->previous) || content->secrets != NULL || successor.common > index ||
        strcmp(successor.key.name, ring->origin) == 0)
        return error_set(err, ERROR_INPUT, "a log is closed by an entry of another form");
    ring->closed = true;
    ring->successor = successor;
    return true;
}

/* ---------------------------------------------------------------------------------------- both */

bool keyring_apply_log(struct keyring *ring, uint64_t index, const json_t *json, struct error *err)
{
    struct log_content content = {.secrets = NULL};
    const char *log_vkey, *root_vkey;

    if (json_unpack((json_t *)(uintptr_t)json, "{s:s,s:s,s:s,s:s,s:o,s?o,s?o!}", "action",
                    &content.action, "origin", &content.origin, "log_key", &log_vkey, "root_key",
                    &root_vkey, "previous", &content.previous, "secrets", &content.secrets,
                    "successor", &content.successor) != 0)
        return error_set(err, ERROR_INPUT,
                         "a log entry has action, origin, log_key, root_key and previous");
    if (!keyring_parse_key(log_vkey, &content.log_key, err) ||
        !keyring_parse_key(root_vkey, &content.root_key, err))
        return false;
    if (strcmp(content.action, "open") == 0)
        return apply_open(ring, index, &content, err);
    if (strcmp(content.action, "close") == 0)
        return apply_close(ring, index, &content, err);
    return error_set(err, ERROR_INPUT, "a log entry has action '%.20s', not open or close",
                     content.action);
}

const struct key_log *keyring_log(const struct keyring *ring, const char *origin)
{
    for (size_t i = 0; i < ring->log_count; i++)
        if (strcmp(ring->logs[i].origin, origin) == 0)
            return &ring->logs[i];
    return NULL;
}

const struct key_log *keyring_log_at(const struct keyring *ring, uint64_t size)
{
    for (size_t i = ring->log_count; i > 0; i--)
        if (ring->logs[i - 1].opened_at < size)
            return &ring->logs[i - 1];
    return NULL;
}

/* ------------------------------------------------------------------------------------ contents */

json_t *keyring_log_content(const char *origin, const struct public_key *log_key,
                            const struct public_key *root_key,
                            const struct digest secrets[KEYRING_SECRETS])
{
    char log_vkey[VKEY_SIZE];
    char root_vkey[VKEY_SIZE];
    json_t *content = json_pack("{s:s,s:s,s:s,s:s,s:n}", "action", "open", "origin", origin,
                                "log_key", key_format_vkey(log_key, log_vkey), "root_key",
                                key_format_vkey(root_key, root_vkey), "previous");

    if (secrets != NULL) {
        char salt[DIGEST_HEX_SIZE];
        char dedup[DIGEST_HEX_SIZE];
        json_object_set_new(content, "secrets",
                            json_pack("{s:s,s:s}", secret_words[KEYRING_SALT],
                                      digest_hex(&secrets[KEYRING_SALT], salt),
                                      secret_words[KEYRING_DEDUP],
                                      digest_hex(&secrets[KEYRING_DEDUP], dedup)));
    }
    return content;
}

static json_t *size_json(uint64_t size)
{
    return json_sprintf("%" PRIu64, size);
}

json_t *keyring_close_content(const struct keyring *ring, const struct key_successor *successor)
{
    char vkey[VKEY_SIZE];
    json_t *content = keyring_log_content(ring->origin, &ring->log_key, &ring->root_key, NULL);

    json_object_set_new(content, "action", json_string("close"));
    json_object_set_new(content, "successor",
                        json_pack("{s:s,s:s,s:o}", "origin", successor->key.name, "log_key",
                                  key_format_vkey(&successor->key, vkey), "common",
                                  size_json(successor->common)));
    return content;
}

json_t *keyring_succeed_content(const struct keyring *ring, const struct public_key *log_key,
                                const struct key_previous *previous)
{
    char root[DIGEST_HEX_SIZE];
    json_t *content = keyring_log_content(log_key->name, log_key, &ring->root_key,
                                          ring->has_secrets ? ring->secrets : NULL);

    json_object_set_new(
        content, "previous",
        json_pack("{s:s,s:o,s:s,s:o,s:o,s:o,s:O}", "origin", previous->origin, "size",
                  size_json(previous->size), "root", digest_hex(&previous->root, root), "common",
                  size_json(previous->common), "carried", size_json(previous->carried), "lost",
                  size_json(previous->lost), "chains", previous->chains));
    return content;
}
