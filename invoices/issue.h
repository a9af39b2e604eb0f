/*
 * From a cut to a document: review fixes the issue date and the draft that was seen; approve is
 * another operator's word for exactly that draft; issue gives it a number and books it. Each gives
 * what is there already when run again.
 */
#ifndef INVOICES_ISSUE_H
#define INVOICES_ISSUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cli.h"

struct matters;
struct session;

/* Each step of matters that were found, decided by the session's operator; what came of it stands
 * in them. review: with their issue_days; approve: only if it is their draft, where they name one.
 */
MUST_CHECK bool review_matters(struct session *session, struct matters *matters, struct error *err);
MUST_CHECK bool approve_matters(struct session *session, struct matters *matters,
                                struct error *err);
MUST_CHECK bool issue_matters(struct session *session, struct matters *matters, struct error *err);
/* --issue-date, as days. */
MUST_CHECK bool review_date(const struct cli *cli, int64_t *out_days, struct error *err);

bool review_command(const struct cli *cli, struct error *err);
/* What was reviewed, to be read before it is approved: as text, or the bytes that are signed. */
bool draft_command(const struct cli *cli, struct error *err);
bool approve_command(const struct cli *cli, struct error *err);
bool issue_command(const struct cli *cli, struct error *err);

#endif
