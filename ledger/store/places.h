/*
 * Where a deployment keeps its files, from the options that all programs share.
 *
 *   KEYS      root.key log.key ingest.key control.key invoices.key operator.key approver.key
 *             salt.key dedup.key, and of those that strangers need: root.vkey log.vkey
 *             operator.vkey approver.vkey
 *   $CREDENTIALS_DIRECTORY   keys by the same names, where systemd hands them over
 * (systemd.exec(5), LoadCredential=): asked for what KEYS does not hold ARCHIVE   public/ for
 * everybody, private/ for recovery
 *
 * Paths live in the arena.
 */
#ifndef STORE_PLACES_H
#define STORE_PLACES_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/cli.h"
#include "base/compiler.h"
#include "base/error.h"

/* KEYS/name. */
MUST_CHECK bool places_key(const struct cli *cli, struct arena *arena, const char *name,
                           const char **out, struct error *err);
/* Where to read it: KEYS/name if that is there, else $CREDENTIALS_DIRECTORY/name if that is.
 * Without
 * --keys the credentials are the folder. Where it is in neither, the path in KEYS. */
MUST_CHECK bool places_secret(const struct cli *cli, struct arena *arena, const char *name,
                              const char **out, struct error *err);
/* --published, or ARCHIVE/public/checkpoint. */
MUST_CHECK bool places_published(const struct cli *cli, struct arena *arena, const char **out,
                                 struct error *err);
/* --state, or KEYS/seal.state. */
MUST_CHECK bool places_state(const struct cli *cli, struct arena *arena, const char **out,
                             struct error *err);
/* --log: 0 while there is one. */
MUST_CHECK bool places_log(const struct cli *cli, int *out, struct error *err);

#endif
