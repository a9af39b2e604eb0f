/*
 * What a witness remembers and does: of each log one (size, root), the greatest that it cosigned.
 *
 * It cosigns a checkpoint only if the log's key signed it and its tree begins with the one that is
 * remembered, and it remembers before it answers: the file is flushed and renamed while the log's
 * lock is held. So no two histories of a log ever have its cosignature, whatever comes at once and
 * whenever it is killed.
 *
 *   FOLDER/witness.key, .vkey     its own key (0400), and what to put into a policy
 *   FOLDER/lock                   one process a folder
 *   FOLDER/logs/ID/vkey           a log that it watches; ID is the hex SHA-256 of the origin
 *   FOLDER/logs/ID/checkpoint     what it cosigned last, with both signatures; empty: nothing yet
 *   FOLDER/logs/ID/fork           another root of the same size that the log signed: the evidence
 *
 * A log whose checkpoint file is missing or damaged is HALT, never "nothing yet".
 */
#ifndef WITNESS_WATCH_H
#define WITNESS_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "core/key.h"

struct watch;

/* Makes FOLDER and the key of this name. ERROR_CONFLICT if there is one. */
MUST_CHECK bool watch_init(const char *folder, const char *name, struct error *err);
/* From now on, from nothing. ERROR_CONFLICT if the origin is watched already. */
MUST_CHECK bool watch_trust(const char *folder, const struct public_key *log, struct error *err);

/* ERROR_BUSY while another process has the folder. */
MUST_CHECK bool watch_open(const char *folder, struct watch **out, struct error *err);
void watch_close(struct watch *watch);
size_t watch_count(const struct watch *watch);
/* One line a log: origin, size and root that it cosigned last. */
void watch_list(const struct watch *watch, struct text *out);

/* An answer over HTTP; `body` is the caller's. */
struct watch_answer {
    unsigned status;
    const char *content_type;
    struct text *body;
};

/* A request `add-checkpoint`; any thread. Cosigned with the time `now_seconds`. */
void watch_add_checkpoint(struct watch *watch, const char *body, size_t size, uint64_t now_seconds,
                          struct watch_answer *out);
/* The newest that it cosigned of the log with this ID: 200, or 404. */
void watch_show_checkpoint(struct watch *watch, const char *id, size_t id_size,
                           struct watch_answer *out);

#endif
