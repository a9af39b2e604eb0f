#include "ledger/init.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crash.h"
#include "base/file.h"
#include "core/tree.h"
#include "ledger/control.h"
#include "ledger/keys.h"
#include "ledger/seal.h"
#include "ledger/state.h"
#include "store/migrate.h"
#include "store/places.h"

/* The keys of a new ledger; the log key's name is the origin itself. */
static const struct {
    const char *name;
    unsigned roles; /* granted by a `key` entry */
} keys[] = {
    {"root", 0},
    {"log", 0}, /* granted by the log's first entry */
    {"ingest", ROLE_INGEST},
    {"control", ROLE_CONTROL},
    {"invoices", ROLE_INVOICES},
    {"operator", ROLE_DRAFT | ROLE_ISSUE | ROLE_OPERATE},
    {"approver", ROLE_APPROVE}, /* of another person: who approves has not drafted */
};
enum { KEY_ROOT, KEY_LOG, KEY_FIRST_GRANTED };

static const char *const symmetric_keys[KEYRING_SECRETS] = {
    [KEYRING_SALT] = "salt.key",
    [KEYRING_DEDUP] = "dedup.key",
};

struct founding {
    struct arena arena;
    const struct cli *cli;
    const char *origin;
    const char *archive;
    const char *state_path;
    int log;
    struct store *store;
    struct secret_key *root;
    struct secret_key *log_key;
    struct public_key publics[COUNT_OF(keys)];
    struct digest secrets[KEYRING_SECRETS];
    struct sealer *sealer; /* big */
};

static void founding_release(struct founding *founding)
{
    free(founding->sealer);
    if (founding->root != NULL)
        key_release(founding->root);
    if (founding->log_key != NULL)
        key_release(founding->log_key);
    if (founding->store != NULL)
        store_close(founding->store);
    arena_release(&founding->arena);
}

/* --------------------------------------------------------------------------------------- keys */

bool init_check_origin(const char *origin, struct error *err)
{
    size_t size = strlen(origin);
    bool good =
        size > 0 && size + sizeof("/invoices") <= ORIGIN_SIZE && utf8_is_valid(origin, size);
    for (const char *c = origin; *c != '\0'; c++)
        good = good && (unsigned char)*c > ' ' && *c != '+' && *c != 0x7f;
    return good || error_set(err, ERROR_INPUT,
                             "'%.100s' is no origin: a name like 'ledger.example/eu1/2026h2', "
                             "without white space and '+'",
                             origin);
}

static bool count_key_files(struct founding *founding, size_t *out_present, size_t *out_wanted,
                            struct error *err)
{
    const char *path;
    *out_present = 0;
    *out_wanted = COUNT_OF(keys) + COUNT_OF(symmetric_keys);
    for (size_t i = 0; i < *out_wanted; i++) {
        const char *name = i < COUNT_OF(keys)
                               ? arena_printf(&founding->arena, "%s.key", keys[i].name)
                               : symmetric_keys[i - COUNT_OF(keys)];
        if (!places_key(founding->cli, &founding->arena, name, &path, err))
            return false;
        *out_present += file_exists(path) ? 1 : 0;
    }
    return true;
}

static bool create_keys(struct founding *founding, struct error *err)
{
    const char *path;
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        const char *name =
            i == KEY_LOG ? founding->origin
                         : arena_printf(&founding->arena, "%s/%s", founding->origin, keys[i].name);
        if (!keys_create(founding->cli, keys[i].name, name, &founding->publics[i], err))
            return false;
    }
    for (size_t i = 0; i < COUNT_OF(symmetric_keys); i++)
        if (!places_key(founding->cli, &founding->arena, symmetric_keys[i], &path, err) ||
            !key_create_symmetric(path, err))
            return false;
    return true;
}

/* The public halves come from the secret ones: a vkey file beside them is only a copy. */
static bool read_keys(struct founding *founding, struct error *err)
{
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        const char *path, *vkey_path;
        struct secret_key *key;
        if (!places_key(founding->cli, &founding->arena,
                        arena_printf(&founding->arena, "%s.key", keys[i].name), &path, err) ||
            !places_key(founding->cli, &founding->arena,
                        arena_printf(&founding->arena, "%s.vkey", keys[i].name), &vkey_path, err) ||
            !key_read_file(path, &key, err))
            return false;
        founding->publics[i] = *key_public(key);
        if (i == KEY_ROOT)
            founding->root = key;
        else if (i == KEY_LOG)
            founding->log_key = key;
        else
            key_release(key);
        if (!keys_write_vkey(vkey_path, &founding->publics[i], err))
            return false;
    }
    if (strcmp(founding->publics[KEY_LOG].name, founding->origin) != 0)
        return error_set(err, ERROR_CONFLICT, "the log key there is of '%s', not of '%s'",
                         founding->publics[KEY_LOG].name, founding->origin);
    return true;
}

/* What the log entry will say of the symmetric keys. */
static bool read_secrets(struct founding *founding, struct error *err)
{
    for (size_t i = 0; i < COUNT_OF(symmetric_keys); i++) {
        const char *path;
        unsigned char *key;
        if (!places_key(founding->cli, &founding->arena, symmetric_keys[i], &path, err) ||
            !key_read_symmetric(path, &key, err))
            return false;
        founding->secrets[i] = keyring_secret_hash((enum keyring_secret)i, key);
        key_release_symmetric(key);
    }
    return true;
}

static bool take_keys(struct founding *founding, struct error *err)
{
    const char *folder;
    size_t present, wanted;
    if (!cli_required(founding->cli, "keys", &folder, err) ||
        !file_make_folders(folder, 0700, err) || !count_key_files(founding, &present, &wanted, err))
        return false;
    if (present > 0 && present < wanted)
        return error_set(err, ERROR_CONFLICT,
                         "'%s' holds %zu of the %zu keys of a ledger: complete it, or begin with "
                         "an empty folder",
                         folder, present, wanted);
    if (present == 0 && !create_keys(founding, err))
        return false;
    return read_keys(founding, err) && read_secrets(founding, err);
}

/* -------------------------------------------------------------------------------- first entries */

static bool add_entry(struct founding *founding, struct writer *writer, struct head *head,
                      struct decision *decision, struct error *err)
{
    struct text CLEANUP(text_release) content;
    struct digest root_hash = key_hash(founding->publics[KEY_ROOT].bytes);
    struct signed_entry entry;
    uint64_t index;
    text_init(&content);
    bool good = control_entry(decision, &root_hash, &content, &entry.entry, err);
    json_decref(decision->content);
    if (!good)
        return false;
    entry.entry.stream_seq = head->control_seq;
    writer_sign(writer, &entry);
    return append_entries(founding->store, head, &entry, 1, &index, err) &&
           append_content(founding->store, founding->log, index, decision->kind, 0,
                          decision->subject_id, decision->version, content.data, content.size, err);
}

static bool add_first_entries(struct founding *founding, struct writer *writer, struct error *err)
{
    struct head head;
    struct decision decision = {
        .kind = ENTRY_LOG,
        .subject_id = founding->origin,
        .version = 1,
        .content = keyring_log_content(founding->origin, &founding->publics[KEY_LOG],
                                       &founding->publics[KEY_ROOT], founding->secrets),
    };
    if (!head_create(founding->store, founding->log, &head, err) ||
        !add_entry(founding, writer, &head, &decision, err))
        return false;
    for (size_t i = KEY_FIRST_GRANTED; i < COUNT_OF(keys); i++) {
        struct digest hash = key_hash(founding->publics[i].bytes);
        char subject_id[DIGEST_HEX_SIZE];
        if (!keys_decision(founding->store, founding->log, &founding->publics[i], keys[i].roles,
                           true, digest_hex(&hash, subject_id), &decision, err) ||
            !add_entry(founding, writer, &head, &decision, err))
            return false;
    }
    return append_unlock(founding->store, &head, err);
}

static bool found(struct founding *founding, struct error *err)
{
    struct writer CLEANUP(writer_close) writer;
    writer_open_first(founding->log, founding->origin, founding->root, &writer);
    if (!store_begin(founding->store, err))
        return false;
    if (!add_first_entries(founding, &writer, err)) {
        store_rollback(founding->store);
        return false;
    }
    CRASH_AT(init_entries_appended);
    if (!store_commit(founding->store, err))
        return false;
    CRASH_AT(init_committed);
    return true;
}

/* ------------------------------------------------------------------------------ first checkpoint
 */

static bool put_vkey(struct founding *founding, struct archive *archive, size_t key,
                     struct error *err)
{
    char vkey[VKEY_SIZE];
    const char *path = arena_printf(&founding->arena, "public/%s.vkey", keys[key].name);
    const char *line =
        arena_printf(&founding->arena, "%s\n", key_format_vkey(&founding->publics[key], vkey));
    return archive_put(archive, path, 0644, line, strlen(line), err);
}

static bool seal_first(struct founding *founding, struct error *err)
{
    uint64_t size;
    bool behind;
    founding->sealer = memory_alloc(sizeof(*founding->sealer));
    if (!sealer_open(founding->sealer, founding->store, founding->log, founding->log_key,
                     founding->state_path, founding->archive, err))
        return false;
    bool good = put_vkey(founding, &founding->sealer->archive, KEY_LOG, err) &&
                put_vkey(founding, &founding->sealer->archive, KEY_ROOT, err) &&
                archive_commit(&founding->sealer->archive, err) &&
                sealer_beat(founding->sealer, &size, &behind, err);
    sealer_close(founding->sealer);
    if (good)
        printf("sealed %" PRIu64 " entries\n", size);
    return good;
}

/* The state file comes before the first entry, so that it is missing only if it was lost. */
static bool put_state(struct founding *founding, struct error *err)
{
    struct checkpoint state = {.root = tree_empty_root()};
    if (file_exists(founding->state_path)) {
        if (!state_read(founding->state_path, &state, err))
            return false;
        return (strcmp(state.origin, founding->origin) == 0 && state.size == 0) ||
               error_set(err, ERROR_CONFLICT,
                         "the state file '%s' knows %" PRIu64 " entries of '%s', the database none",
                         founding->state_path, state.size, state.origin);
    }
    memcpy(state.origin, founding->origin, strlen(founding->origin) + 1);
    return state_write(founding->state_path, &state, err);
}

static bool open_founding(const struct cli *cli, struct founding *founding, struct error *err)
{
    const char *conninfo = cli_text(cli, "admin");
    arena_init(&founding->arena);
    founding->cli = cli;
    return (conninfo != NULL || cli_required(cli, "database", &conninfo, err)) &&
           cli_required(cli, "origin", &founding->origin, err) &&
           init_check_origin(founding->origin, err) &&
           cli_required(cli, "archive", &founding->archive, err) &&
           places_log(cli, &founding->log, err) &&
           places_state(cli, &founding->arena, &founding->state_path, err) &&
           store_open(conninfo, "daybook-ledger", &founding->store, err) &&
           migrate_check(founding->store, err);
}

/* Whether the database has this log already; another log in its place is refused. */
static bool look_for_log(struct founding *founding, bool *out_found, struct error *err)
{
    struct arena CLEANUP(arena_release) arena;
    struct content content;
    arena_init(&arena);
    *out_found = content_at(founding->store, founding->log, 0, &arena, &content, err);
    if (!*out_found)
        return err->code == ERROR_NOT_FOUND;
    return strcmp(content.subject_id, founding->origin) == 0 ||
           error_set(err, ERROR_CONFLICT, "this database holds the log '%s' already",
                     content.subject_id);
}

static bool is_published(const struct founding *founding)
{
    struct text CLEANUP(text_release) path;
    text_init(&path);
    text_printf(&path, "%s/public/checkpoint", founding->archive);
    return file_exists(path.data);
}

/* The registry's copy is a transaction of its own, and can be repeated. */
static bool put_registry(struct founding *founding, struct error *err)
{
    struct log_row row = {.log = founding->log, .ledger = ledger_id_of_origin(founding->origin)};
    memcpy(row.origin, founding->origin, strlen(founding->origin) + 1);
    return log_put(founding->store, &row, err);
}

bool init_command(const struct cli *cli, struct error *err)
{
    struct founding CLEANUP(founding_release) founding = {0};
    bool is_there;
    if (!open_founding(cli, &founding, err) || !look_for_log(&founding, &is_there, err))
        return false;
    if (is_there && is_published(&founding)) {
        printf("'%s' is initialised already; nothing was changed\n", founding.origin);
        return true;
    }
    if (!take_keys(&founding, err) || (!is_there && !put_state(&founding, err)))
        return false;
    if (!is_there && !found(&founding, err))
        return false;
    if (!put_registry(&founding, err) || !seal_first(&founding, err))
        return false;
    printf("the ledger '%s' is ready; keep root.key offline, salt.key and dedup.key backed up, and "
           "give approver.key to who approves what operator.key drafts\n",
           founding.origin);
    return true;
}
