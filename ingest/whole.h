/*
 * A file in one transaction: all of it is counted, with what goes with it (batch_companion), or
 * nothing. For what people do to the book, which no close and no crash may cut in two.
 */
#ifndef INGEST_WHOLE_H
#define INGEST_WHOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ingest/feed.h"
#include "ingest/session.h"

#define WHOLE_BYTES_MAX ((size_t)256 << 20)

enum whole_outcome {
    WHOLE_TAKEN,
    WHOLE_WAS_THERE, /* the book had all of it: no transaction was made, the companion not asked */
    WHOLE_LOST,      /* it was taken, and the answer to COMMIT was lost */
};

/* Takes what the book does not have of the file, as of that instant. Any error: nothing of it, and
 * nothing of the companion's, but ERROR_UNKNOWN: the answer to COMMIT was lost, and the database
 * does not say what became of it. ERROR_REFUSED of a file that one transaction cannot take;
 * companion's `fitting` is above 0 then, and not of any other refusal. Not while a run() uses the
 * session. The feed stays open. */
MUST_CHECK bool whole_take(struct session *session, struct feed *feed, int64_t as_of_us,
                           struct batch_companion *companion, enum whole_outcome *out,
                           struct error *err);

/* The same for a command, which says what became of the file's lines. */
MUST_CHECK bool command_take_whole(const struct cli *cli, struct session *session,
                                   struct feed *feed, int64_t as_of_us,
                                   struct batch_companion *companion, enum whole_outcome *out,
                                   struct error *err);

#endif
