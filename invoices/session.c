#include "invoices/session.h"

#include <string.h>

#include "base/file.h"
#include "core/digest.h"
#include "store/migrate.h"

static bool key_path(const struct cli *cli, struct arena *arena, const char *name, const char **out,
                     struct error *err)
{
    const char *folder;
    if (!cli_required(cli, "keys", &folder, err))
        return false;
    *out = arena_printf(arena, "%s/%s", folder, name);
    return true;
}

static bool published_path(const struct cli *cli, struct arena *arena, const char **out,
                           struct error *err)
{
    const char *archive = cli_text(cli, "archive");
    *out = cli_text(cli, "published");
    if (*out == NULL && archive != NULL)
        *out = arena_printf(arena, "%s/public/checkpoint", archive);
    return *out != NULL ||
           error_set(err, ERROR_INPUT,
                     "--published or --archive must say where the published checkpoint is: "
                     "without it nothing is appended");
}

static bool connect(const struct cli *cli, struct session *session, struct error *err)
{
    const char *conninfo;
    uint64_t log;
    if (!cli_required(cli, "database", &conninfo, err) || !cli_u64(cli, "log", &log, err))
        return false;
    if (log != 0)
        return error_set(err, ERROR_REFUSED, "log %llu: there is one log, 0",
                         (unsigned long long)log);
    return store_open(conninfo, "daybook-invoices", &session->store, err) &&
           migrate_check(session->store, err) && log_find(session->store, 0, &session->log, err);
}

bool session_look(const struct cli *cli, struct session *out, struct error *err)
{
    memset(out, 0, sizeof(*out));
    arena_init(&out->arena);
    if (connect(cli, out, err))
        return true;
    session_close(out);
    return false;
}

/* An operator is named by the hash of a public key that must hold an operator's role now. */
static bool find_operator(const struct cli *cli, struct session *session, struct error *err)
{
    const char *path;
    struct public_key key;
    struct head head;
    struct text CLEANUP(text_release) line;
    text_init(&line);
    if (!key_path(cli, &session->arena, "operator.vkey", &path, err) ||
        !file_read(path, VKEY_SIZE + 1, &line, err))
        return false;
    if (line.size > 0 && line.data[line.size - 1] == '\n')
        line.data[--line.size] = '\0';
    if (!key_parse_vkey(line.data, &key, err))
        return error_prefix(err, "'%s': ", path);
    session->operator_key = key_hash(key.bytes);
    if (!head_read(session->store, session->log.log, &head, err))
        return false;
    if (keyring_find(&session->writer.keys, &session->operator_key, head.size, ROLES_OPERATOR) ==
        NULL)
        return error_set(err, ERROR_REFUSED,
                         "operator '%s' ('%s') is not granted in this log: `daybook-ledger key "
                         "grant operator %s`",
                         key.name, path, path);
    return true;
}

static bool open_writer(const struct cli *cli, enum key_role role, struct session *session,
                        struct error *err)
{
    const char *path, *salt_path, *published;
    const char *name = role == ROLE_CONTROL ? "control.key" : "invoices.key";
    int log = session->log.log;
    return published_path(cli, &session->arena, &published, err) &&
           key_path(cli, &session->arena, name, &path, err) &&
           key_path(cli, &session->arena, "salt.key", &salt_path, err) &&
           store_guard(session->store, log, published, err) &&
           key_read_file(path, &session->key, err) &&
           key_read_symmetric(salt_path, &session->salt_key, err) &&
           writer_open(session->store, log, session->key, session->salt_key, role, &session->writer,
                       err);
}

bool session_open(const struct cli *cli, enum key_role role, struct session *out, struct error *err)
{
    if (!session_look(cli, out, err))
        return false;
    if (open_writer(cli, role, out, err) && find_operator(cli, out, err))
        return true;
    session_close(out);
    return false;
}

void session_close(struct session *session)
{
    if (session->writer.key != NULL)
        writer_close(&session->writer);
    if (session->key != NULL)
        key_release(session->key);
    if (session->salt_key != NULL)
        key_release_symmetric(session->salt_key);
    if (session->store != NULL)
        store_close(session->store);
    arena_release(&session->arena);
    memset(session, 0, sizeof(*session));
}

bool session_transact(struct session *session, session_work *work, void *context, struct error *err)
{
    for (int tries = 1;; tries++) {
        if (!store_begin(session->store, err))
            return false;
        if (work(context, session, err)) {
            if (store_commit(session->store, err))
                return true;
            return error_prefix(err, "run it again to see whether it happened: ");
        }
        store_rollback(session->store);
        if (err->code != ERROR_BUSY || tries == SESSION_TRIES_MAX || session->writer.key == NULL)
            return false;
        struct error refresh;
        if (!writer_refresh(session->store, &session->writer, &refresh)) {
            *err = refresh;
            return false;
        }
    }
}

void session_sign(const struct session *session, const struct decided *decided,
                  struct signed_entry *out)
{
    memset(out, 0, sizeof(*out));
    out->entry = (struct entry){
        .kind = decided->kind,
        .tenant = decided->tenant,
        .stream = decided->tenant == 0 ? STREAM_CONTROL : STREAM_MONEY,
        .stream_seq = decided->stream_seq,
        .control =
            {
                .subject = digest_subject(entry_kind_word(decided->kind), decided->subject_id),
                .version = decided->version,
                .content = digest_of(decided->content, decided->content_size),
                .operator_key = session->operator_key,
            },
    };
    writer_sign(&session->writer, out);
}

bool session_content(struct session *session, uint64_t index, const struct decided *decided,
                     struct error *err)
{
    return append_content(session->store, session->log.log, index, decided->kind, decided->tenant,
                          decided->subject_id, decided->version, decided->content,
                          decided->content_size, err);
}
