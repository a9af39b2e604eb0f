/*
 * `log succeed`: a log whose entries are lost for good is closed, and another goes on.
 *
 * The database is behind what is published and cannot be recovered to it, for Kafka's retention
 * took records, or a file or a line of the journal is gone. It stands at the last common size.
 *
 *   close   the old log gets one entry more, which names its successor, and its last checkpoint;
 *           then its archive is put aside whole: ARCHIVE/closed/N/public, private/journal
 *   open    in one transaction: the entries beyond the common size that no feed brought, as they
 *           were signed; the entry that opens the successor and says what was lost; the sealed size
 *   seal    the log key is the new one; ARCHIVE is made anew from the database, and published
 *
 * Each step looks first whether it was done, so a succession that was stopped goes on when it is
 * run again, and only under the name with which it was begun. The successor is the same tree up to
 * the common size, so no proof of anything in it changes; it has another name and key, so nobody is
 * shown two trees of one log.
 */
#ifndef LEDGER_SUCCEED_H
#define LEDGER_SUCCEED_H

#include <stdbool.h>

#include "base/cli.h"

bool log_succeed_command(const struct cli *cli, struct error *err);

#endif
