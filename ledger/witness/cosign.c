#include "witness/cosign.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "core/note.h"
#include "witness/published.h"
#include "witness/request.h"

#define PATH_SIZE 4096
#define TRIES_MAX 3 /* a witness that says another size is asked again from there */

/* What came of asking one witness. */
enum outcome { COSIGNED, AWAY, CONTRADICTED };

/* One witness in one round. */
struct asking {
    struct cosign *cosign;
    const struct policy_party *witness;
    const char *url;
    const struct checkpoint *checkpoint; /* that is published */
    const struct text *note;
    struct request request;
    struct client_answer answer;
};

static const char *path_of(const struct cosign *cosign, const struct policy_party *witness,
                           const char *suffix, char out[PATH_SIZE])
{
    snprintf(out, PATH_SIZE, "%s/witnessed/%08" PRIx32 "%s", cosign->folder, witness->key.id,
             suffix);
    return out;
}

/* ------------------------------------------------------------------------ what it cosigned last */

/* What our file says; without one the witness will say it. */
static uint64_t remembered_size(const struct asking *asking)
{
    char path[PATH_SIZE];
    struct text CLEANUP(text_release) note;
    struct checkpoint seen;
    struct error ignored;
    text_init(&note);
    if (!file_read(path_of(asking->cosign, asking->witness, "", path), CHECKPOINT_NOTE_SIZE_MAX,
                   &note, &ignored) ||
        !checkpoint_open(note.data, note.size, &asking->cosign->log_key, &seen, &ignored))
        return 0;
    return seen.size <= asking->checkpoint->size ? seen.size : 0;
}

/* ------------------------------------------------------------------------------ when it refuses */

/* The log's own signature under what the witness has seen: evidence that anybody can check. */
static void keep_shown(struct asking *asking)
{
    char path[PATH_SIZE], url[PATH_SIZE], id[DIGEST_HEX_SIZE], hex[DIGEST_HEX_SIZE];
    const struct public_key *log = &asking->cosign->log_key;
    const struct public_key keys[] = {*log, asking->witness->key};
    struct digest origin = digest_of(log->name, strlen(log->name));
    struct text CLEANUP(text_release) note;
    struct checkpoint shown;
    struct error err;
    text_init(&note);
    snprintf(url, sizeof url, "%s/%s/checkpoint", asking->url, digest_hex(&origin, id));
    if (!client_get(asking->cosign->client, url, &asking->answer, &err) ||
        (asking->answer.status != 200 &&
         !error_set(&err, ERROR_NOT_FOUND, "status %u", asking->answer.status)) ||
        !checkpoint_open(asking->answer.body.data, asking->answer.body.size, log, &shown, &err) ||
        !note_pick(asking->answer.body.data, asking->answer.body.size, keys, 2, &note, &err)) {
        log_error("witness '%s' does not show what it has seen: %s", asking->witness->name,
                  err.message);
        return;
    }
    log_error("witness '%s' has seen size %" PRIu64 " root %s, signed by the log's key",
              asking->witness->name, shown.size, digest_hex(&shown.root, hex));
    if (!file_write_atomic(path_of(asking->cosign, asking->witness, ".shown", path), 0644,
                           note.data, note.size, &err))
        log_error("%s", err.message);
}

static enum outcome contradicted(struct asking *asking, const char *how)
{
    char hex[DIGEST_HEX_SIZE];
    log_error("witness '%s' %s: published is size %" PRIu64 " root %s; somebody was shown another "
              "log, or this one was set back",
              asking->witness->name, how, asking->checkpoint->size,
              digest_hex(&asking->checkpoint->root, hex));
    keep_shown(asking);
    return CONTRADICTED;
}

static enum outcome away(const struct asking *asking, const char *why)
{
    log_warning("witness '%s' did not cosign: %s; it is asked again", asking->witness->name, why);
    return AWAY;
}

/* -------------------------------------------------------------------------------- when it signs */

/* Of the answer the line that the witness's own key signed; others are ignored. */
static enum outcome take_line(struct asking *asking)
{
    const struct public_key keys[] = {asking->cosign->log_key, asking->witness->key};
    struct text CLEANUP(text_release) both;
    struct text CLEANUP(text_release) kept;
    char path[PATH_SIZE];
    struct note opened;
    struct error err;
    text_init(&both);
    text_init(&kept);
    if (!note_pick(asking->note->data, asking->note->size, keys, 1, &both, &err))
        return away(asking, err.message);
    text_append_n(&both, asking->answer.body.data, asking->answer.body.size);
    if (!note_open(both.data, both.size, keys, 2, &opened, &err) ||
        (opened.verified_count != 2 &&
         !error_set(&err, ERROR_SIGNATURE, "there is no line of its key in its answer")) ||
        !note_pick(both.data, both.size, keys, 2, &kept, &err) ||
        !file_write_atomic(path_of(asking->cosign, asking->witness, "", path), 0644, kept.data,
                           kept.size, &err))
        return away(asking, err.message);
    return COSIGNED;
}

/* --------------------------------------------------------------------------------- one question */

static bool post(struct asking *asking, struct error *err)
{
    char url[PATH_SIZE];
    struct text CLEANUP(text_release) body;
    text_init(&body);
    asking->request.proof.count = 0;
    if (asking->request.old_size > 0 && asking->request.old_size < asking->checkpoint->size &&
        !published_prove(asking->cosign->folder, asking->request.old_size, asking->checkpoint->size,
                         &asking->request.proof, err))
        return false;
    request_format(&asking->request, &body);
    snprintf(url, sizeof url, "%s/add-checkpoint", asking->url);
    return client_post(asking->cosign->client, url, &body, &asking->answer, err);
}

/* 409 with a size: from there. Without one it means the same size and another root. */
static bool take_size(struct asking *asking, uint64_t *out, struct error *err)
{
    return strcmp(asking->answer.content_type, REQUEST_SIZE_TYPE) == 0 &&
           request_parse_size(asking->answer.body.data, asking->answer.body.size, out, err);
}

static enum outcome ask(struct asking *asking)
{
    struct error err;
    asking->request.old_size = remembered_size(asking);
    for (int tries = 0; tries < TRIES_MAX; tries++) {
        char words[64];
        uint64_t size;
        if (!post(asking, &err))
            return away(asking, err.message);
        if (asking->answer.status == 200)
            return take_line(asking);
        if (asking->answer.status == 422)
            return contradicted(asking, "finds no proof that the log extends what it has seen");
        if (asking->answer.status == 409 && !take_size(asking, &size, &err))
            return contradicted(asking, "has seen another root of this size");
        if (asking->answer.status != 409) {
            snprintf(words, sizeof words, "it answers %u", asking->answer.status);
            return away(asking, words);
        }
        if (size > asking->checkpoint->size)
            return contradicted(asking, "has seen a longer log");
        asking->request.old_size = size;
    }
    return away(asking, "it says another size each time");
}

/* ------------------------------------------------------------------------------------ the round */

static bool ask_all(struct cosign *cosign, const struct text *note, struct cosign_round *round,
                    struct error *err)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/witnessed", cosign->folder);
    if (!file_make_folders(path, 0755, err))
        return false;
    for (size_t i = 0; i < cosign->policy->party_count; i++) {
        struct asking asking = {
            .cosign = cosign,
            .witness = &cosign->policy->parties[i],
            .url = cosign->urls[i],
            .checkpoint = &round->checkpoint,
            .note = note,
            .request.note = {note->data, note->size},
        };
        if (asking.url == NULL)
            continue;
        text_init(&asking.answer.body);
        enum outcome outcome = ask(&asking);
        text_release(&asking.answer.body);
        round->asked++;
        round->away += outcome == AWAY;
        round->contradicted += outcome == CONTRADICTED;
    }
    return true;
}

/* What this witness has cosigned of exactly this checkpoint, in this round or in an earlier one. */
static void append_kept(const struct cosign *cosign, const struct policy_party *witness,
                        const struct checkpoint *published, struct text *cosigned)
{
    const struct public_key keys[] = {cosign->log_key, witness->key};
    struct text CLEANUP(text_release) kept;
    struct text CLEANUP(text_release) plain;
    char path[PATH_SIZE];
    struct checkpoint checkpoint;
    struct note opened;
    struct error ignored;
    text_init(&kept);
    text_init(&plain);
    if (!file_read(path_of(cosign, witness, "", path), CHECKPOINT_NOTE_SIZE_MAX, &kept, &ignored) ||
        !checkpoint_open(kept.data, kept.size, keys, &checkpoint, &ignored) ||
        !note_open(kept.data, kept.size, keys, 2, &opened, &ignored) ||
        !note_pick(kept.data, kept.size, keys, 1, &plain, &ignored))
        return;
    if (opened.verified_count == 2 && checkpoint.size == published->size &&
        digest_equals(&checkpoint.root, &published->root))
        text_append_n(cosigned, kept.data + plain.size, kept.size - plain.size);
}

/* A quorum is not given up for a newer checkpoint that has none. */
static bool is_better(const struct cosign *cosign, const char *path,
                      const struct cosign_round *round)
{
    struct text CLEANUP(text_release) there;
    struct checkpoint checkpoint;
    struct policy_verdict verdict;
    struct error ignored;
    text_init(&there);
    if (!file_read(path, CHECKPOINT_NOTE_SIZE_MAX, &there, &ignored) ||
        !policy_open(cosign->policy, &cosign->log_key, there.data, there.size, &checkpoint,
                     &verdict, &ignored))
        return true;
    return checkpoint.size <= round->checkpoint.size &&
           (round->verdict.is_reached || !verdict.is_reached);
}

/* The published note with all lines that there are of it, beside the published one. */
static bool publish(struct cosign *cosign, const struct text *note, struct cosign_round *round,
                    struct error *err)
{
    struct text CLEANUP(text_release) cosigned;
    char path[PATH_SIZE];
    struct checkpoint same;
    text_init(&cosigned);
    snprintf(path, sizeof path, "%s/witnessed/checkpoint", cosign->folder);
    if (!note_pick(note->data, note->size, &cosign->log_key, 1, &cosigned, err))
        return false;
    for (size_t i = 0; i < cosign->policy->party_count; i++)
        if (policy_is_witness(&cosign->policy->parties[i]))
            append_kept(cosign, &cosign->policy->parties[i], &round->checkpoint, &cosigned);
    if (!policy_open(cosign->policy, &cosign->log_key, cosigned.data, cosigned.size, &same,
                     &round->verdict, err))
        return false;
    assert(same.size == round->checkpoint.size);
    return round->verdict.witness_count == 0 || !is_better(cosign, path, round) ||
           file_write_atomic(path, 0644, cosigned.data, cosigned.size, err);
}

bool cosign_round(struct cosign *cosign, struct cosign_round *out, struct error *err)
{
    struct text CLEANUP(text_release) note;
    struct cosign_round round = {.asked = 0};
    text_init(&note);
    if (!published_read(cosign->folder, &cosign->log_key, &note, &round.checkpoint, err) ||
        !ask_all(cosign, &note, &round, err) || !publish(cosign, &note, &round, err))
        return false;
    *out = round;
    return true;
}
