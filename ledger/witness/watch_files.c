/* A witness's folder: its key, the logs that it watches, what it cosigned last. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "core/note.h"
#include "witness/watch_parts.h"

static char *path_of(const char *folder, const char *name)
{
    struct text path;
    text_init(&path);
    text_printf(&path, "%s/%s", folder, name);
    return path.data;
}

static void path_release(char **path)
{
    free(*path);
}

static bool write_vkey(const char *path, const struct public_key *key, struct error *err)
{
    struct text CLEANUP(text_release) line;
    char vkey[VKEY_SIZE];
    text_init(&line);
    text_printf(&line, "%s\n", key_format_vkey(key, vkey));
    return file_create(path, 0644, line.data, line.size, err);
}

bool watch_init(const char *folder, const char *name, struct error *err)
{
    char *CLEANUP(path_release) key_path = path_of(folder, "witness.key");
    char *CLEANUP(path_release) vkey_path = path_of(folder, "witness.vkey");
    char *CLEANUP(path_release) logs = path_of(folder, "logs");
    struct secret_key *key = NULL;
    if (!file_make_folders(logs, 0755, err) || !key_generate(name, &key, err))
        return false;
    struct public_key cosigner = key_cosigner(key_public(key));
    bool good = key_write_file(key_path, key, err) && write_vkey(vkey_path, &cosigner, err);
    key_release(key);
    return good;
}

static void id_of(const struct public_key *log, char out[DIGEST_HEX_SIZE])
{
    struct digest digest = digest_of(log->name, strlen(log->name));
    digest_hex(&digest, out);
}

bool watch_trust(const char *folder, const struct public_key *log, struct error *err)
{
    char id[DIGEST_HEX_SIZE];
    struct text CLEANUP(text_release) place;
    if (log->type != KEY_TYPE_ED25519)
        return error_set(err, ERROR_INPUT, "'%s' is a cosigner's key, not a log's", log->name);
    id_of(log, id);
    text_init(&place);
    text_printf(&place, "%s/logs/%s", folder, id);
    char *CLEANUP(path_release) vkey = path_of(place.data, "vkey");
    char *CLEANUP(path_release) checkpoint = path_of(place.data, "checkpoint");
    /* The key comes last: with it the log is watched. A crash before it leaves only what is asked
     * for. */
    return file_make_folders(place.data, 0755, err) &&
           (file_exists(checkpoint) || file_create(checkpoint, 0644, "", 0, err)) &&
           write_vkey(vkey, log, err);
}

/* ------------------------------------------------------------------------------------- opening */

/* What was cosigned last has both signatures, or is empty. */
static bool read_checkpoint(const struct watch *watch, struct watched *log, struct error *err)
{
    const struct public_key keys[2] = {log->key, key_cosigner(key_public(watch->key))};
    struct note note;
    if (!file_read(log->path, CHECKPOINT_NOTE_SIZE_MAX, &log->note, err)) {
        if (err->code == ERROR_NOT_FOUND)
            err->code = ERROR_HALT;
        return error_prefix(err, "what was cosigned of '%s' is not known: ", log->key.name);
    }
    if (log->note.size == 0)
        return true;
    if (checkpoint_open(log->note.data, log->note.size, &log->key, &log->seen, err) &&
        note_open(log->note.data, log->note.size, keys, 2, &note, err)) {
        if (note.verified_count == 2)
            return true;
        error_set(err, ERROR_HALT, "the cosignature is not there");
    }
    err->code = ERROR_HALT;
    return error_prefix(err, "'%s' is damaged: ", log->path);
}

static bool add_log(struct watch *watch, const char *folder, const char *id, struct error *err)
{
    char expected[DIGEST_HEX_SIZE];
    watch->logs = memory_grow(watch->logs, &watch->capacity, watch->count + 1, sizeof *watch->logs);
    struct watched *log = watch->logs[watch->count++] = memory_alloc(sizeof *log);
    log->folder = path_of(folder, id);
    log->path = path_of(log->folder, "checkpoint");
    text_init(&log->note);
    pthread_mutex_init(&log->lock, NULL);
    char *CLEANUP(path_release) vkey = path_of(log->folder, "vkey");
    if (!key_read_vkey(vkey, &log->key, err))
        return false;
    id_of(&log->key, expected);
    if (strcmp(expected, id) != 0)
        return error_set(err, ERROR_HALT, "'%s' is the folder of another origin than '%s'",
                         log->folder, log->key.name);
    memcpy(log->id, expected, sizeof log->id);
    return read_checkpoint(watch, log, err);
}

static bool read_logs(struct watch *watch, const char *folder, struct error *err)
{
    char *CLEANUP(path_release) logs = path_of(folder, "logs");
    DIR *directory = opendir(logs);
    bool good = true;
    if (directory == NULL)
        return error_set_errno(err, ERROR_SYSTEM, "cannot open '%s'", logs);
    for (struct dirent *entry; good && (entry = readdir(directory)) != NULL;)
        if (entry->d_name[0] != '.')
            good = add_log(watch, logs, entry->d_name, err);
    closedir(directory);
    return good;
}

static bool take_lock(struct watch *watch, const char *folder, struct error *err)
{
    char *CLEANUP(path_release) path = path_of(folder, "lock");
    watch->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (watch->lock < 0)
        return error_set_errno(err, ERROR_SYSTEM, "cannot open '%s'", path);
    if (flock(watch->lock, LOCK_EX | LOCK_NB) == 0)
        return true;
    if (errno == EWOULDBLOCK)
        return error_set(err, ERROR_BUSY, "another witness has '%s'", folder);
    return error_set_errno(err, ERROR_SYSTEM, "cannot lock '%s'", path);
}

bool watch_open(const char *folder, struct watch **out, struct error *err)
{
    char *CLEANUP(path_release) key = path_of(folder, "witness.key");
    struct watch *watch = memory_alloc(sizeof *watch);
    watch->lock = -1;
    if (key_read_file(key, &watch->key, err) && take_lock(watch, folder, err) &&
        read_logs(watch, folder, err)) {
        *out = watch;
        return true;
    }
    watch_close(watch);
    return false;
}

void watch_close(struct watch *watch)
{
    for (size_t i = 0; i < watch->count; i++) {
        struct watched *log = watch->logs[i];
        pthread_mutex_destroy(&log->lock);
        text_release(&log->note);
        free(log->folder);
        free(log->path);
        free(log);
    }
    free(watch->logs);
    if (watch->key != NULL)
        key_release(watch->key);
    if (watch->lock >= 0)
        (void)close(watch->lock);
    free(watch);
}

size_t watch_count(const struct watch *watch)
{
    return watch->count;
}

void watch_list(const struct watch *watch, struct text *out)
{
    char hex[DIGEST_HEX_SIZE];
    for (size_t i = 0; i < watch->count; i++) {
        const struct watched *log = watch->logs[i];
        if (log->note.size == 0)
            text_printf(out, "%s\tnothing yet\n", log->key.name);
        else
            text_printf(out, "%s\t%" PRIu64 "\t%s\n", log->key.name, log->seen.size,
                        digest_hex(&log->seen.root, hex));
    }
}
