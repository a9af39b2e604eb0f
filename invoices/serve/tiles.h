/*
 * The public files of the log by the paths of C2SP tlog-tiles, from the database's rows: the newest
 * signed checkpoint, tiles, entry bundles. No key is asked for.
 */
#ifndef SERVE_TILES_H
#define SERVE_TILES_H

#include <stdbool.h>

#include "serve/call.h"

bool tiles_checkpoint_answer(struct call *call, struct error *err);
bool tiles_answer(struct call *call, struct error *err);

#endif
