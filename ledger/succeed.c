#include "ledger/succeed.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "core/tree.h"
#include "ledger/init.h"
#include "ledger/keys.h"
#include "ledger/state.h"
#include "ledger/succeed_parts.h"
#include "store/entries.h"
#include "store/migrate.h"
#include "store/places.h"

static void succession_release(struct succession *succession)
{
    past_journal_close(&succession->journal);
    past_leaves_close(&succession->leaves);
    carry_release(&succession->carry);
    if (succession->writer.key != NULL)
        writer_close(&succession->writer);
    if (succession->salt_key != NULL)
        key_release_symmetric(succession->salt_key);
    if (succession->new_key != NULL)
        key_release(succession->new_key);
    if (succession->old_key != NULL)
        key_release(succession->old_key);
    if (succession->root != NULL)
        key_release(succession->root);
    if (succession->store != NULL)
        store_close(succession->store);
    if (succession->lock >= 0)
        (void)close(succession->lock);
    arena_release(&succession->arena);
}

/* ------------------------------------------------------------------------------------------- keys
 */

static bool read_key(struct succession *succession, const char *name, struct secret_key **out,
                     bool *out_found, struct error *err)
{
    const char *path;
    if (!places_key(succession->cli, &succession->arena, name, &path, err))
        return false;
    *out_found = file_exists(path);
    return !*out_found || key_read_file(path, out, err);
}

/* One that was made for an attempt that closed nothing has signed nothing. */
static bool drop_new_key(struct succession *succession, struct error *err)
{
    static const char *const names[] = {"successor.key", "successor.vkey"};
    const char *path;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (!places_key(succession->cli, &succession->arena, names[i], &path, err))
            return false;
        if (unlink(path) != 0 && errno != ENOENT)
            return error_set_errno(err, ERROR_SYSTEM, "cannot remove '%s'", path);
    }
    key_release(succession->new_key);
    succession->new_key = NULL;
    return true;
}

/* The successor's key waits under a name of its own until the old log is closed. */
static bool find_new_key(struct succession *succession, struct error *err)
{
    bool is_found;
    return succession->new_key != NULL ||
           read_key(succession, "successor.key", &succession->new_key, &is_found, err);
}

static bool take_new_key(struct succession *succession, struct error *err)
{
    struct public_key made;
    if (succession->new_key != NULL &&
        strcmp(key_public(succession->new_key)->name, succession->origin) != 0 &&
        !drop_new_key(succession, err))
        return false;
    return succession->new_key != NULL ||
           (keys_create(succession->cli, "successor", succession->origin, &made, err) &&
            find_new_key(succession, err));
}

static bool read_log_key(struct succession *succession, struct error *err)
{
    struct secret_key *key = NULL;
    bool is_found = false;
    if (!read_key(succession, "log.key", &key, &is_found, err))
        return false;
    if (is_found && strcmp(key_public(key)->name, succession->origin) == 0) {
        succession->new_key = key; /* it has taken over already */
        return true;
    }
    succession->old_key = key; /* or none: it was put aside */
    return true;
}

static bool read_keys(struct succession *succession, struct error *err)
{
    const char *root, *salt;
    return places_key(succession->cli, &succession->arena, "root.key", &root, err) &&
           places_key(succession->cli, &succession->arena, "salt.key", &salt, err) &&
           key_read_file(root, &succession->root, err) &&
           key_read_symmetric(salt, &succession->salt_key, err) && read_log_key(succession, err);
}

/* ---------------------------------------------------------------------------------------- opening
 */

static bool open_database(struct succession *succession, struct error *err)
{
    const char *conninfo = cli_text(succession->cli, "admin");
    if (conninfo == NULL && !cli_required(succession->cli, "database", &conninfo, err))
        return false;
    return store_open(conninfo, "daybook-ledger", &succession->store, err) &&
           migrate_check(succession->store, err) &&
           log_find(succession->store, succession->log, &succession->row, err) &&
           writer_open(succession->store, succession->log, succession->root, NULL, ROLE_ROOT,
                       &succession->writer, err) &&
           keyring_check_secret(&succession->writer.keys, KEYRING_SALT, succession->salt_key, err);
}

/* By the database's own entries: which log is closed, and whether its successor is there. */
static bool find_logs(struct succession *succession, struct error *err)
{
    const struct keyring *ring = &succession->writer.keys;
    size_t count = ring->log_count;
    if (count == 0 || strcmp(ring->origin, succession->row.origin) != 0)
        return error_set(err, ERROR_CONFLICT, "the database's log '%s' is not what its entries say",
                         succession->row.origin);
    succession->is_opened = strcmp(ring->origin, succession->origin) == 0;
    if (succession->is_opened && count < 2)
        return error_set(err, ERROR_REFUSED,
                         "--origin: '%s' is the log itself; a successor has a new name",
                         succession->origin);
    if (!succession->is_opened && keyring_log(ring, succession->origin) != NULL)
        return error_set(err, ERROR_REFUSED, "--origin: '%s' was succeeded already",
                         succession->origin);
    size_t closed = succession->is_opened ? count - 1 : count; /* from 1 */
    succession->old_log = ring->logs[closed - 1];
    succession->closed =
        arena_printf(&succession->arena, "%s/closed/%zu", succession->archive, closed);
    return true;
}

/* The note of `folder`, if it is of the log with this name. */
static bool read_note(struct succession *succession, const char *folder,
                      const struct public_key *key, struct checkpoint *out, bool *out_found,
                      struct error *err)
{
    struct text CLEANUP(text_release) note;
    struct checkpoint unverified;
    text_init(&note);
    *out_found = false;
    const char *path = arena_printf(&succession->arena, "%s/public/checkpoint", folder);
    if (!file_read(path, CHECKPOINT_NOTE_SIZE_MAX, &note, err))
        return err->code == ERROR_NOT_FOUND;
    if (!checkpoint_read_unverified(note.data, note.size, &unverified, err))
        return error_prefix(err, "'%s': ", path);
    if (strcmp(unverified.origin, key->name) != 0)
        return true;
    *out_found = true;
    return checkpoint_open(note.data, note.size, key, out, err) ||
           error_prefix(err, "'%s': ", path);
}

static bool find_published(struct succession *succession, struct error *err)
{
    const struct public_key *key = &succession->old_log.key;
    bool is_found = false;
    if (!read_note(succession, succession->archive, key, &succession->old_end, &is_found, err))
        return false;
    if (is_found)
        return true;
    if (!read_note(succession, succession->closed, key, &succession->old_end, &is_found, err))
        return false;
    succession->is_aside = is_found;
    return is_found || error_set(err, ERROR_HALT, "'%s' has no published checkpoint of '%s'",
                                 succession->archive, succession->old_log.origin);
}

/* A sealer, or a succession, that ended before it published has archived all of the greater size.
 */
static bool read_state(struct succession *succession, struct error *err)
{
    struct checkpoint state;
    if (!state_lock(succession->state_path, &succession->lock, err) ||
        !state_read(succession->state_path, &state, err))
        return false;
    succession->is_remembered =
        succession->is_opened && strcmp(state.origin, succession->origin) == 0;
    if (succession->is_remembered)
        return true;
    if (strcmp(state.origin, succession->old_log.origin) != 0)
        return error_set(err, ERROR_HALT, "the state file '%s' is of '%s'", succession->state_path,
                         state.origin);
    if (state.size < succession->old_end.size)
        return error_set(err, ERROR_HALT,
                         "the state file '%s' knows %" PRIu64 " entries, %" PRIu64
                         " are published: bring back the one that signed",
                         succession->state_path, state.size, succession->old_end.size);
    if (state.size > succession->old_end.size)
        succession->old_end = state;
    return true;
}

static bool open_archive(struct succession *succession, struct error *err)
{
    const char *folder = succession->is_aside ? succession->closed : succession->archive;
    past_journal_close(&succession->journal); /* of a run that goes on with what was put aside */
    past_leaves_open(folder, succession->old_end.size, &succession->leaves);
    return past_leaves_check(&succession->leaves, &succession->old_end, err) &&
           past_journal_open(folder, succession->old_end.size, &succession->journal, err);
}

/* ---------------------------------------------------------------------------------------- checks
 */

/* The database has the common entries and no others, and fewer than were published. */
static bool check_common(struct succession *succession, struct error *err)
{
    struct head head;
    uint64_t size = succession->old_end.size - (succession->is_closed ? 1 : 0);
    if (!head_read(succession->store, succession->log, &head, err))
        return false;
    if (head.size >= size)
        return error_set(err, ERROR_REFUSED,
                         "the database holds %" PRIu64 " entries, %" PRIu64
                         " are published: nothing is lost",
                         head.size, size);
    if (head.size != succession->common)
        return error_set(err, ERROR_REFUSED,
                         "--common: the database holds %" PRIu64 " entries; name the last common "
                         "size that `daybook-ingest recover` ended with",
                         head.size);
    return past_leaves_compare(&succession->leaves, succession->store, succession->log, head.size,
                               err);
}

static bool is_published(struct succession *succession, bool *out, struct error *err)
{
    struct checkpoint published;
    return read_note(succession, succession->archive, key_public(succession->new_key), &published,
                     out, err);
}

/* --------------------------------------------------------------------------------------- the story
 */

static bool open_all(struct succession *succession, struct error *err)
{
    const struct cli *cli = succession->cli;
    return cli_required(cli, "origin", &succession->origin, err) &&
           init_check_origin(succession->origin, err) &&
           cli_required(cli, "archive", &succession->archive, err) &&
           cli_u64(cli, "common", &succession->common, err) &&
           places_log(cli, &succession->log, err) &&
           places_state(cli, &succession->arena, &succession->state_path, err) &&
           read_keys(succession, err) && open_database(succession, err) &&
           find_logs(succession, err) && find_published(succession, err) &&
           read_state(succession, err);
}

static bool close_old(struct succession *succession, struct error *err)
{
    return check_common(succession, err) && succeed_choose(succession, err) &&
           take_new_key(succession, err) && succeed_rehearse(succession, err) &&
           succeed_close(succession, err) && succeed_put_aside(succession, err);
}

static void tell(const struct succession *succession)
{
    printf("%s", succession->carry.left_out.data != NULL ? succession->carry.left_out.data : "");
    printf("'%s' has the first %" PRIu64 " entries of '%s', and %zu that were carried over\n",
           succession->origin, succession->common, succession->old_log.origin,
           succession->carry.count);
}

static bool succeed(struct succession *succession, struct error *err)
{
    bool is_done = false;
    if (succession->is_aside && !succeed_put_aside(succession, err))
        return false;
    if (!find_new_key(succession, err) || !open_archive(succession, err) ||
        !succeed_look_closed(succession, err) ||
        (succession->is_opened && !is_published(succession, &is_done, err)))
        return false;
    if (is_done)
        printf("'%s' has succeeded '%s' already\n", succession->origin, succession->old_log.origin);
    if (!succession->is_opened) {
        if (!close_old(succession, err))
            return false;
        if (!succeed_open(succession, err))
            return false;
        tell(succession);
    }
    /* Again, too: a beat that published may have ended before the journal had its lists. */
    if (!is_done && (!succeed_put_rest(succession, err) || !succeed_take_over(succession, err)))
        return false;
    (void)close(succession->lock); /* the sealer's own */
    succession->lock = -1;
    return succeed_seal(succession, err);
}

bool log_succeed_command(const struct cli *cli, struct error *err)
{
    static struct succession succession; /* large */
    succession.cli = cli;
    succession.lock = -1;
    arena_init(&succession.arena);
    carry_init(&succession.carry);
    bool good = open_all(&succession, err) && succeed(&succession, err);
    succession_release(&succession);
    return good;
}
