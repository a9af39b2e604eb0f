#include "witness/watch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"
#include "core/note.h"
#include "core/proof.h"
#include "witness/request.h"
#include "witness/watch_parts.h"

/* --------------------------------------------------------------------------------- the answers */

static const char plain[] = "text/plain; charset=utf-8";

static void answer(struct watch_answer *out, unsigned status, const char *words)
{
    out->status = status;
    out->content_type = plain;
    text_clear(out->body);
    text_printf(out->body, "%s\n", words);
}

static void answer_size(struct watch_answer *out, uint64_t size)
{
    out->status = 409;
    out->content_type = REQUEST_SIZE_TYPE;
    text_clear(out->body);
    text_printf(out->body, "%" PRIu64 "\n", size);
}

/* ------------------------------------------------------------------------------------ checking */

/* Two roots of one size under the log's own key: whoever sees this file needs no more. */
static void keep_fork(const struct watched *log, struct slice note)
{
    struct text CLEANUP(text_release) path;
    struct error err;
    text_init(&path);
    text_printf(&path, "%s/fork", log->folder);
    log_error("%s has forked: it signed another root of size %" PRIu64 "; the proof is in '%s'",
              log->key.name, log->seen.size, path.data);
    if (!file_exists(path.data) && !file_write_atomic(path.data, 0644, note.data, note.size, &err))
        log_error("%s", err.message);
}

/* Whether the checkpoint extends what is remembered; else the answer is made. */
static bool check_extends(const struct watched *log, const struct request *request,
                          const struct checkpoint *checkpoint, struct watch_answer *out)
{
    const struct checkpoint *seen = &log->seen;
    struct error why;
    if (request->old_size > checkpoint->size)
        return answer(out, 400, "the old size is greater than the checkpoint's"), false;
    if (request->old_size != seen->size)
        return answer_size(out, seen->size), false;
    if (seen->size == 0 || seen->size == checkpoint->size) {
        if (request->proof.count > 0)
            return answer(out, 422, "there is nothing to prove, and a consistency proof"), false;
        if (seen->size == 0 || digest_equals(&seen->root, &checkpoint->root))
            return true;
        keep_fork(log, request->note);
        return answer(out, 409, "another root of this size was cosigned"), false;
    }
    if (proof_verify_consistency(seen->size, checkpoint->size, &request->proof, &seen->root,
                                 &checkpoint->root, &why))
        return true;
    log_warning("%s: a checkpoint of size %" PRIu64 " was not shown to extend size %" PRIu64 ": %s",
                log->key.name, checkpoint->size, seen->size, why.message);
    return answer(out, 422, "the consistency proof does not hold"), false;
}

/* Remembers, and only then answers. The log's lock is held. What is kept, and shown, has the log's
 * own signature and ours and no others: they are not ours to judge. */
static bool cosign(struct watch *watch, struct watched *log, const struct request *request,
                   const struct checkpoint *checkpoint, uint64_t now_seconds,
                   struct watch_answer *out, struct error *err)
{
    struct text CLEANUP(text_release) line;
    struct text CLEANUP(text_release) note;
    struct slice text;
    text_init(&line);
    text_init(&note);
    if (!note_read_unverified(request->note.data, request->note.size, &text, err) ||
        !note_pick(request->note.data, request->note.size, &log->key, 1, &note, err))
        return false;
    note_cosign(text, watch->key, now_seconds, &line);
    text_append_n(&note, line.data, line.size);
    if (!file_write_atomic(log->path, 0644, note.data, note.size, err))
        return false;
    log->seen = *checkpoint;
    text_clear(&log->note);
    text_append_n(&log->note, note.data, note.size);
    out->status = 200;
    out->content_type = plain;
    text_clear(out->body);
    text_append_n(out->body, line.data, line.size);
    return true;
}

/* --------------------------------------------------------------------------------- the requests */

static struct watched *find(const struct watch *watch, const char *origin)
{
    for (size_t i = 0; i < watch->count; i++)
        if (strcmp(watch->logs[i]->key.name, origin) == 0)
            return watch->logs[i];
    return NULL;
}

/* What can be said without the log's lock: its key and its name never change. */
static struct watched *check_signed(const struct watch *watch, const struct request *request,
                                    struct checkpoint *out_checkpoint, struct watch_answer *out)
{
    struct error why;
    if (!checkpoint_read_unverified(request->note.data, request->note.size, out_checkpoint, &why)) {
        answer(out, 400, why.message);
        return NULL;
    }
    struct watched *log = find(watch, out_checkpoint->origin);
    if (log == NULL) {
        answer(out, 404, "unknown log");
        return NULL;
    }
    if (!checkpoint_open(request->note.data, request->note.size, &log->key, out_checkpoint, &why)) {
        answer(out, 403, "no signature of this log's key holds");
        return NULL;
    }
    return log;
}

void watch_add_checkpoint(struct watch *watch, const char *body, size_t size, uint64_t now_seconds,
                          struct watch_answer *out)
{
    struct request request;
    struct checkpoint checkpoint;
    struct error err;
    if (!request_parse(body, size, &request, &err)) {
        answer(out, 400, err.message);
        return;
    }
    struct watched *log = check_signed(watch, &request, &checkpoint, out);
    if (log == NULL)
        return;
    pthread_mutex_lock(&log->lock);
    if (check_extends(log, &request, &checkpoint, out) &&
        !cosign(watch, log, &request, &checkpoint, now_seconds, out, &err)) {
        log_error("%s: %s", log->key.name, err.message);
        answer(out, 500, "the checkpoint could not be kept, and so was not cosigned");
    }
    pthread_mutex_unlock(&log->lock);
}

void watch_show_checkpoint(struct watch *watch, const char *id, size_t id_size,
                           struct watch_answer *out)
{
    for (size_t i = 0; i < watch->count; i++) {
        struct watched *log = watch->logs[i];
        if (!slice_equals((struct slice){id, id_size}, log->id))
            continue;
        pthread_mutex_lock(&log->lock);
        answer(out, 404, "nothing of this log was cosigned yet");
        if (log->note.size > 0) {
            out->status = 200;
            text_clear(out->body);
            text_append_n(out->body, log->note.data, log->note.size);
        }
        pthread_mutex_unlock(&log->lock);
        return;
    }
    answer(out, 404, "unknown log");
}
