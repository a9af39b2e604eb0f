#include "invoices/matter.h"

#include <inttypes.h>

void matter_release(struct matter *matter)
{
    agreement_release(&matter->agreement);
}

bool matter_find(const struct cli *cli, struct session *session, struct matter *out,
                 struct error *err)
{
    struct agreement CLEANUP(agreement_release) newest = {0};
    struct period period;
    if (!period_of_arguments(cli, session, &out->tenant, &newest, &period, err))
        return false;
    if (!period_find(session, &out->tenant, period.label, &out->closed, err))
        return err->code == ERROR_NOT_FOUND
                   ? error_set(err, ERROR_REFUSED,
                               "period %s of tenant '%s' is not closed: `daybook-invoices close` "
                               "first",
                               period.label, out->tenant.id)
                   : false;
    return contracts_version(session, &out->tenant, out->closed.contract,
                             out->closed.contract_version, &out->agreement, err);
}

bool matter_open(const struct cli *cli, enum key_role decides, struct session *session,
                 struct matter *out, struct error *err)
{
    return session_open(cli, ROLE_INVOICES, decides, session, err) &&
           matter_find(cli, session, out, err);
}

bool matter_document(struct session *session, struct matter *matter, bool *out_found,
                     struct error *err)
{
    *out_found = document_of_period(session->store, session->log.log, matter->tenant.number,
                                    matter->closed.index, &session->arena, &matter->document, err);
    return *out_found || err->code == ERROR_NOT_FOUND;
}

bool matter_reviewed(struct session *session, struct matter *matter, uint64_t next_seq,
                     struct draft *out, struct error *err)
{
    if (!review_latest(session->store, session->log.log, matter->tenant.number,
                       matter->closed.index, &matter->review, err))
        return err->code == ERROR_NOT_FOUND
                   ? error_set(err, ERROR_REFUSED, "it is not reviewed: `daybook-invoices review`")
                   : false;
    if (!document_draft(session, &matter->tenant, &matter->agreement, &matter->closed,
                        matter->review.issue_days, next_seq, out, err))
        return false;
    if (digest_equals(&out->hash, &matter->review.draft_hash))
        return true;
    return error_set(err, ERROR_REFUSED,
                     "the draft is not the one that review %" PRIu32
                     " saw (a contract or the program changed since): review it again",
                     matter->review.version);
}

bool matter_prefix(const struct matter *matter, const char *verb, struct error *err)
{
    return error_prefix(err, "%s %s %s: ", verb, matter->tenant.id, matter->closed.period.label);
}
