#include "ledger/keys.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "core/canonical.h"
#include "store/places.h"

/* ------------------------------------------------------------------------------------ files */

bool keys_write_vkey(const char *path, const struct public_key *key, struct error *err)
{
    char vkey[VKEY_SIZE];
    struct text CLEANUP(text_release) line;
    text_init(&line);
    text_printf(&line, "%s\n", key_format_vkey(key, vkey));
    return file_write_atomic(path, 0644, line.data, line.size, err);
}

static void release_secret(struct secret_key **key)
{
    if (*key != NULL)
        key_release(*key);
}

bool keys_create(const struct cli *cli, const char *name, const char *key_name,
                 struct public_key *out, struct error *err)
{
    struct arena CLEANUP(arena_release) arena;
    struct secret_key *CLEANUP(release_secret) key = NULL;
    const char *secret_path, *public_path;
    arena_init(&arena);
    if (!places_key(cli, &arena, arena_printf(&arena, "%s.key", name), &secret_path, err) ||
        !places_key(cli, &arena, arena_printf(&arena, "%s.vkey", name), &public_path, err))
        return false;
    if (!key_generate(key_name, &key, err) || !key_write_file(secret_path, key, err) ||
        !keys_write_vkey(public_path, key_public(key), err))
        return false;
    *out = *key_public(key);
    return true;
}

bool key_new_command(const struct cli *cli, struct error *err)
{
    struct arena CLEANUP(arena_release) arena;
    const char *name = cli_argument(cli, 0);
    const char *log_path;
    struct public_key log_key, key;
    char vkey[VKEY_SIZE];
    arena_init(&arena);
    if (strchr(name, '/') != NULL || name[0] == '.' || name[0] == '\0')
        return error_set(err, ERROR_INPUT, "'%s' is no name for a key's file", name);
    if (!places_key(cli, &arena, "log.vkey", &log_path, err) ||
        !key_read_vkey_file(log_path, &log_key, err) ||
        !keys_create(cli, name, arena_printf(&arena, "%s/%s", log_key.name, name), &key, err))
        return false;
    printf("%s\n", key_format_vkey(&key, vkey));
    return true;
}

/* ------------------------------------------------------------------------ grants and revocations
 */

/* "ingest", "draft,approve", or "operator" for what operator.key of a new ledger has. */
static bool parse_roles(const char *words, unsigned *out, struct error *err)
{
    json_t *CLEANUP(json_release) list = json_array();
    if (strcmp(words, "operator") == 0) {
        *out = ROLES_OPERATOR & ~(unsigned)ROLE_APPROVE;
        return true;
    }
    for (const char *word = words;;) {
        size_t size = strcspn(word, ",");
        json_array_append_new(list, json_stringn(word, size));
        if (word[size] == '\0')
            break;
        word += size + 1;
    }
    if (!key_roles_parse(list, out, err))
        return error_prefix(err,
                            "'%s' (ingest, control, invoices, log, operator, or of draft,approve,"
                            "issue,operate): ",
                            words);
    return *out != ROLES_OPERATOR ||
           error_set(err, ERROR_REFUSED,
                     "one grant of all four roles is how ledgers began whose documents nobody "
                     "approved: grant 'operate' by itself, if one person is to have all");
}

bool keys_decision(struct store *store, int log, const struct public_key *key, unsigned roles,
                   bool grant, const char *subject_id, struct decision *out, struct error *err)
{
    struct arena CLEANUP(arena_release) arena;
    struct content before;
    uint32_t version = 1;
    arena_init(&arena);
    if (content_latest(store, log, ENTRY_KEY, 0, subject_id, CONTENT_LAST, &arena, &before, err))
        version = before.version + 1;
    else if (err->code != ERROR_NOT_FOUND)
        return false;
    *out = (struct decision){
        .kind = ENTRY_KEY,
        .subject_id = subject_id,
        .version = version,
        .content = keyring_grant_content(key, roles, grant),
    };
    return true;
}

struct key_change {
    struct public_key key;
    char subject_id[DIGEST_HEX_SIZE];
    struct digest hash;
    unsigned roles;
    bool grant;
};

static void key_change_init(struct key_change *change)
{
    change->hash = key_hash(change->key.bytes);
    digest_hex(&change->hash, change->subject_id);
}

/* The roles of this key's first grant that holds; 0 when none does. */
static unsigned first_roles_held(const struct keyring *ring, const struct digest *hash)
{
    for (size_t i = 0; i < ring->count; i++)
        if (ring->grants[i].revoked_at == UINT64_MAX && digest_equals(&ring->grants[i].hash, hash))
            return ring->grants[i].roles;
    return 0;
}

/* Tries the change on the keyring first, so that the book never holds one that it refuses. */
static bool make_key_change(void *context, struct control *control, struct head *head,
                            struct decision *out, struct error *err)
{
    struct key_change *change = context;
    struct keyring CLEANUP(keyring_release) ring;
    keyring_init(&ring);
    if (!keys_read(control->store, control->log.log, &ring, err))
        return false;
    if (!change->grant) {
        change->roles = first_roles_held(&ring, &change->hash);
        if (change->roles == 0)
            return true;
        if ((change->roles & (ROLE_ROOT | ROLE_LOG)) != 0)
            return error_set(err, ERROR_REFUSED,
                             "'%s' is the log's own key: a log keeps its root key and log key",
                             change->key.name);
    }
    return keys_decision(control->store, control->log.log, &change->key, change->roles,
                         change->grant, change->subject_id, out, err) &&
           keyring_apply(&ring, head->size, ENTRY_KEY, out->content, err);
}

static void print_change(const struct key_change *change, uint64_t index)
{
    printf("%s '%s':", change->grant ? "granted" : "revoked", change->key.name);
    for (unsigned role = 1; role <= change->roles; role <<= 1)
        if ((change->roles & role) != 0)
            printf(" %s", key_role_word((enum key_role)role));
    printf(" (entry %" PRIu64 ")\n", index);
}

bool key_grant_command(const struct cli *cli, struct error *err)
{
    struct control CLEANUP(control_close) control = {0};
    struct key_change change = {.grant = true};
    uint64_t index;
    bool decided;
    if (!parse_roles(cli_argument(cli, 0), &change.roles, err) ||
        !key_read_vkey_file(cli_argument(cli, 1), &change.key, err))
        return false;
    key_change_init(&change);
    if (!control_open(cli, ROLE_ROOT, &control, err) ||
        !control_decide(&control, make_key_change, &change, &decided, &index, err))
        return false;
    print_change(&change, index);
    return true;
}

/* All that the key holds, a grant at a time. */
bool key_revoke_command(const struct cli *cli, struct error *err)
{
    struct control CLEANUP(control_close) control = {0};
    struct key_change change = {.grant = false};
    bool decided = true;
    int count = 0;
    if (!key_read_vkey_file(cli_argument(cli, 0), &change.key, err))
        return false;
    key_change_init(&change);
    if (!control_open(cli, ROLE_ROOT, &control, err))
        return false;
    for (;; count++) {
        uint64_t index;
        if (!control_decide(&control, make_key_change, &change, &decided, &index, err))
            return false;
        if (!decided)
            break;
        print_change(&change, index);
    }
    if (count == 0)
        return error_set(err, ERROR_NOT_FOUND, "'%s' holds no grant in this log", change.key.name);
    return true;
}

static void print_grant(const struct key_grant *grant)
{
    char vkey[VKEY_SIZE];
    printf("%-8" PRIu64, grant->granted_at);
    if (grant->revoked_at == UINT64_MAX)
        printf(" %-8s", "-");
    else
        printf(" %-8" PRIu64, grant->revoked_at);
    printf(" %s", key_format_vkey(&grant->key, vkey));
    for (unsigned role = 1; role <= grant->roles; role <<= 1)
        if ((grant->roles & role) != 0)
            printf(" %s", key_role_word((enum key_role)role));
    printf("\n");
}

bool key_list_command(const struct cli *cli, struct error *err)
{
    struct store *CLEANUP(control_leave) store = NULL;
    struct log_row log;
    struct keyring CLEANUP(keyring_release) ring;
    keyring_init(&ring);
    if (!control_look(cli, &store, &log, err) || !keys_read(store, log.log, &ring, err))
        return false;
    printf("%-8s %-8s key and roles\n", "granted", "revoked");
    for (size_t i = 0; i < ring.count; i++)
        print_grant(&ring.grants[i]);
    return true;
}
