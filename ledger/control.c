#include "ledger/control.h"

#include <string.h>

#include "base/crash.h"
#include "base/file.h"
#include "core/canonical.h"
#include "ledger/keys.h"
#include "store/migrate.h"
#include "store/operator.h"
#include "store/places.h"

#define CONTENT_SIZE_MAX (8 << 20)
#define TRIES_MAX 5 /* each lost to a change of keys between signing and locking */

/* ---------------------------------------------------------------------------------- opening */

bool control_look(const struct cli *cli, struct store **out_store, struct log_row *out_log,
                  struct error *err)
{
    const char *conninfo;
    int log;
    if (!cli_required(cli, "database", &conninfo, err) || !places_log(cli, &log, err))
        return false;
    struct store *store;
    if (!store_open(conninfo, "daybook-ledger", &store, err))
        return false;
    if (!migrate_check(store, err) || !log_find(store, log, out_log, err)) {
        store_close(store);
        return false;
    }
    *out_store = store;
    return true;
}

void control_leave(struct store **store)
{
    if (*store != NULL)
        store_close(*store);
}

static bool open_writer(const struct cli *cli, enum key_role role, struct control *control,
                        struct error *err)
{
    const char *key_path, *salt_path, *published;
    bool is_root = role == ROLE_ROOT;
    if (!places_published(cli, &control->arena, &published, err) ||
        !places_secret(cli, &control->arena, is_root ? "root.key" : "control.key", &key_path,
                       err) ||
        !places_secret(cli, &control->arena, "salt.key", &salt_path, err))
        return false;
    return store_guard(control->store, control->log.log, published, err) &&
           key_read_file(key_path, &control->key, err) &&
           (is_root || key_read_symmetric(salt_path, &control->salt_key, err)) &&
           writer_open(control->store, control->log.log, control->key,
                       is_root ? NULL : control->salt_key, role, &control->writer, err);
}

/* The root key is its own operator; it needs no grant. */
static bool open_operator(const struct cli *cli, enum key_role role, struct control *control,
                          struct error *err)
{
    if (role == ROLE_ROOT) {
        control->person.hash = key_hash(key_public(control->key)->bytes);
        return true;
    }
    return operator_open(cli, &control->arena, ROLE_OPERATE, &control->person, err) &&
           operator_check(&control->person, &control->writer.keys, err);
}

bool control_open(const struct cli *cli, enum key_role role, struct control *out, struct error *err)
{
    memset(out, 0, sizeof(*out));
    arena_init(&out->arena);
    if (!control_look(cli, &out->store, &out->log, err) || !open_writer(cli, role, out, err) ||
        !open_operator(cli, role, out, err)) {
        control_close(out);
        return false;
    }
    return true;
}

void control_close(struct control *control)
{
    if (control->writer.key != NULL)
        writer_close(&control->writer);
    if (control->key != NULL)
        key_release(control->key);
    operator_close(&control->person);
    if (control->salt_key != NULL)
        key_release_symmetric(control->salt_key);
    if (control->store != NULL)
        store_close(control->store);
    arena_release(&control->arena);
    memset(control, 0, sizeof(*control));
}

/* --------------------------------------------------------------------------------- deciding */

bool control_entry(const struct decision *decision, const struct digest *operator_key,
                   struct text *out_content, struct entry *out, struct error *err)
{
    if (!canonical_write(decision->content, out_content, err))
        return error_prefix(err, "content of %s '%s': ", entry_kind_word(decision->kind),
                            decision->subject_id);
    *out = (struct entry){
        .kind = decision->kind,
        .stream = STREAM_CONTROL,
        .control =
            {
                .subject = digest_subject(entry_kind_word(decision->kind), decision->subject_id),
                .version = decision->version,
                .content = digest_of(out_content->data, out_content->size),
                .operator_key = *operator_key,
            },
    };
    return true;
}

static bool append_decision(struct control *control, struct head *head,
                            const struct decision *decision, uint64_t *out_index, struct error *err)
{
    struct text CLEANUP(text_release) content;
    struct signed_entry entry;
    text_init(&content);
    if (!control_entry(decision, &control->person.hash, &content, &entry.entry, err))
        return false;
    entry.entry.stream_seq = head->control_seq;
    writer_sign(&control->writer, &entry);
    return append_entries(control->store, head, &entry, 1, out_index, err) &&
           append_content(control->store, control->log.log, *out_index, decision->kind, 0,
                          decision->subject_id, decision->version, content.data, content.size,
                          err) &&
           append_unlock(control->store, head, err);
}

/* Under the head's lock: look, and append what is to be decided. */
static bool decide_locked(struct control *control, control_maker *make, void *context,
                          bool *out_decided, uint64_t *out_index, struct error *err)
{
    struct head head;
    struct decision decision = {0};
    if (!append_lock(control->store, &control->writer, &head, err) ||
        !make(context, control, &head, &decision, err))
        return false;
    if (decision.content == NULL) {
        *out_decided = false;
        return true;
    }
    bool good = append_decision(control, &head, &decision, out_index, err);
    json_decref(decision.content);
    *out_decided = good;
    return good;
}

bool control_decide(struct control *control, control_maker *make, void *context, bool *out_decided,
                    uint64_t *out_index, struct error *err)
{
    for (int tries = 1;; tries++) {
        uint64_t index = 0;
        bool decided = false;
        if (!store_begin(control->store, err))
            return false;
        if (decide_locked(control, make, context, &decided, &index, err)) {
            CRASH_AT(control_appended);
            if (!store_commit(control->store, err))
                return error_prefix(err, "look with `list` or `show` whether it happened: ");
            CRASH_AT(control_committed);
            *out_decided = decided;
            if (out_index != NULL)
                *out_index = index;
            return true;
        }
        store_rollback(control->store);
        if (err->code != ERROR_BUSY || tries == TRIES_MAX ||
            !writer_refresh(control->store, &control->writer, err) ||
            (control->person.key != NULL &&
             !operator_check(&control->person, &control->writer.keys, err)))
            return false;
    }
}

/* ------------------------------------------------------------------------------------ looking */

bool control_read_json(const char *path, json_t **out, struct error *err)
{
    struct text CLEANUP(text_release) bytes;
    text_init(&bytes);
    return file_read(path, CONTENT_SIZE_MAX, &bytes, err) &&
           canonical_parse(bytes.data, bytes.size, path, out, err);
}
