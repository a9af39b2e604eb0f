#include "invoices/session.h"

#include <string.h>

#include "base/crash.h"
#include "core/digest.h"
#include "invoices/plans.h"
#include "store/migrate.h"
#include "store/places.h"

static bool connect(const struct cli *cli, struct session *session, struct error *err)
{
    const char *conninfo;
    int log;
    return cli_required(cli, "database", &conninfo, err) && places_log(cli, &log, err) &&
           store_open(conninfo, "daybook-invoices", &session->store, err) &&
           store_sort_in_memory(session->store, err) && migrate_check(session->store, err) &&
           log_find(session->store, log, &session->log, err);
}

bool session_look(const struct cli *cli, struct session *out, struct error *err)
{
    memset(out, 0, sizeof(*out));
    arena_init(&out->arena);
    out->plans = plan_memo_open();
    if (connect(cli, out, err))
        return true;
    session_close(out);
    return false;
}

static bool open_writer(const struct cli *cli, enum key_role role, struct session *session,
                        struct error *err)
{
    const char *path, *salt_path, *published;
    const char *name = role == ROLE_CONTROL ? "control.key" : "invoices.key";
    int log = session->log.log;
    return places_published(cli, &session->arena, &published, err) &&
           places_secret(cli, &session->arena, name, &path, err) &&
           places_secret(cli, &session->arena, "salt.key", &salt_path, err) &&
           store_guard(session->store, log, published, err) &&
           key_read_file(path, &session->key, err) &&
           key_read_symmetric(salt_path, &session->salt_key, err) &&
           writer_open(session->store, log, session->key, session->salt_key, role, &session->writer,
                       err);
}

static bool open_operator(const struct cli *cli, unsigned decides, struct session *session,
                          struct error *err)
{
    return decides == 0 ||
           (operator_open(cli, &session->arena, (enum key_role)decides, &session->person, err) &&
            operator_check(&session->person, &session->writer.keys, err));
}

bool session_open(const struct cli *cli, enum key_role role, unsigned decides, struct session *out,
                  struct error *err)
{
    if (!session_look(cli, out, err))
        return false;
    if (open_writer(cli, role, out, err) && open_operator(cli, decides, out, err))
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
    operator_close(&session->person);
    if (session->salt_key != NULL)
        key_release_symmetric(session->salt_key);
    if (session->store != NULL)
        store_close(session->store);
    arena_release(&session->arena);
    plan_memo_release(session->plans);
    memset(session, 0, sizeof(*session));
}

struct session session_join(const struct session *session, bool *out_failed)
{
    struct session joined = *session;
    *out_failed = false;
    arena_init(&joined.arena);
    joined.pools = NULL; /* it lies in the arena */
    joined.joined = out_failed;
    return joined;
}

bool session_transact(struct session *session, session_work *work, void *context, struct error *err)
{
    if (session->joined != NULL) {
        *session->joined = !work(context, session, err);
        return !*session->joined;
    }
    for (int tries = 1;; tries++) {
        if (!store_begin(session->store, err))
            return false;
        if (work(context, session, err)) {
            CRASH_AT(invoices_written);
            if (!store_commit(session->store, err))
                return error_prefix(err, "run it again to see whether it happened: ");
            CRASH_AT(invoices_committed);
            return true;
        }
        store_rollback(session->store);
        if (err->code != ERROR_BUSY || tries == SESSION_TRIES_MAX || session->writer.key == NULL)
            return false;
        struct error refresh;
        if (!writer_refresh(session->store, &session->writer, &refresh) ||
            (session->person.key != NULL &&
             !operator_check(&session->person, &session->writer.keys, &refresh))) {
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
                .operator_key = session->person.hash,
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
