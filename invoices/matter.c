#include "invoices/matter.h"

#include <inttypes.h>
#include <string.h>

#include "core/digest.h"
#include "invoices/pooled.h"
#include "store/money.h"

void matters_release(struct matters *matters)
{
    for (size_t i = 0; i < matters->count; i++)
        agreement_release(&matters->items[i].agreement);
}

/* The agreement that the close named: the one that was read already, or another version of it. */
static bool find_agreement(struct session *session, const struct agreement *read,
                           struct matter *matter, struct error *err)
{
    const struct closed_period *closed = &matter->closed;
    if (read == NULL || read->version != closed->contract_version ||
        strcmp(read->contract.id, closed->contract) != 0)
        return contracts_version(session, &matter->tenant, closed->contract,
                                 closed->contract_version, &matter->agreement, err);
    matter->agreement = *read;
    matter->agreement.is_lent = true;
    return true;
}

static bool find_closed(struct session *session, const char *label, const struct agreement *read,
                        struct matter *matter, struct error *err)
{
    if (!period_find(session, &matter->tenant, label, &matter->closed, err))
        return err->code == ERROR_NOT_FOUND
                   ? error_set(err, ERROR_REFUSED,
                               "period %s of tenant '%s' is not closed: `daybook-invoices close` "
                               "first",
                               label, matter->tenant.id)
                   : false;
    return find_agreement(session, read, matter, err);
}

/* Closed together with the one that is named. */
static bool find_member(struct session *session, const struct matter *named, struct matter *matter,
                        struct error *err)
{
    if (!find_closed(session, named->closed.period.label, NULL, matter, err))
        return false;
    return (strcmp(matter->closed.contract, named->closed.contract) == 0 &&
            matter->closed.contract_version == named->closed.contract_version &&
            matter->closed.size == named->closed.size) ||
           error_set(err, ERROR_CONFLICT,
                     "period %s of '%s' and of '%s' were not closed together: `daybook-ledger "
                     "audit`",
                     named->closed.period.label, named->tenant.id, matter->tenant.id);
}

static bool find_members(struct session *session, const struct matter *named, struct matters *out,
                         struct error *err)
{
    struct tenant *tenants;
    size_t count;
    if (!pooled_tenants(session, &named->agreement.contract, &named->closed.period, &tenants,
                        &count, err))
        return false;
    struct matter *items = arena_array(&session->arena, count, sizeof(*items));
    for (size_t i = 0; i < count; i++) {
        struct matter *matter = &items[i];
        matter->tenant = tenants[i];
        if (tenants[i].number == named->tenant.number) {
            *matter = *named;
            out->named = i;
        } else if (!find_member(session, named, matter, err)) {
            return false;
        }
    }
    out->items = items;
    out->count = count;
    return true;
}

bool matters_find(const struct cli *cli, struct session *session, struct matters *out,
                  struct error *err)
{
    struct agreement CLEANUP(agreement_release) newest = {0};
    struct tenant tenant;
    struct period period;
    return period_of_arguments(cli, session, &tenant, &newest, &period, err) &&
           matters_of(session, &tenant, period.label, NULL, out, err);
}

bool matters_of(struct session *session, const struct tenant *tenant, const char *label,
                const struct agreement *read, struct matters *out, struct error *err)
{
    struct matter *named = arena_alloc(&session->arena, sizeof(*named));
    *named = (struct matter){.tenant = *tenant};
    if (!find_closed(session, label, read, named, err))
        return false;
    out->items = named;
    out->count = 1;
    out->named = 0;
    return find_members(session, named, out, err);
}

bool matters_open(const struct cli *cli, enum key_role decides, struct session *session,
                  struct matters *out, struct error *err)
{
    return session_open(cli, ROLE_INVOICES, decides, session, err) &&
           matters_find(cli, session, out, err);
}

static bool find_document(struct session *session, struct matter *matter, bool *out_found,
                          struct error *err)
{
    *out_found = document_of_period(session->store, session->log.log, matter->tenant.number,
                                    matter->closed.index, &session->arena, &matter->document, err);
    return *out_found || err->code == ERROR_NOT_FOUND;
}

bool matters_lock(struct session *session, struct matters *matters, bool *out_issued,
                  struct error *err)
{
    size_t issued = 0;
    for (size_t i = 0; i < matters->count; i++) {
        struct matter *matter = &matters->items[i];
        if (!money_head_lock(session->store, session->log.log, matter->tenant.number,
                             &matter->next_seq, err))
            return false;
    }
    for (size_t i = 0; i < matters->count; i++) {
        bool found;
        if (!find_document(session, &matters->items[i], &found, err))
            return false;
        issued += found;
    }
    *out_issued = issued == matters->count;
    return issued == 0 || *out_issued ||
           error_set(err, ERROR_CONFLICT,
                     "%zu of the pool's %zu documents are issued: `daybook-ledger audit`", issued,
                     matters->count);
}

bool matter_reviewed(struct session *session, struct matter *matter, struct draft *out,
                     struct error *err)
{
    if (!review_latest(session->store, session->log.log, matter->tenant.number,
                       matter->closed.index, &matter->review, err))
        return err->code == ERROR_NOT_FOUND
                   ? error_set(err, ERROR_REFUSED, "it is not reviewed: `daybook-invoices review`")
                   : false;
    if (!document_draft(session, &matter->tenant, &matter->agreement, &matter->closed,
                        matter->review.issue_days, matter->next_seq, out, err))
        return false;
    if (digest_equals(&out->hash, &matter->review.draft_hash))
        return true;
    return error_set(err, ERROR_REFUSED,
                     "the draft is not the one that review %" PRIu32
                     " saw (a contract or the program changed since): review it again",
                     matter->review.version);
}

struct digest matters_draft(const struct matters *matters)
{
    struct digest_running running;
    if (matters->count == 1)
        return matters->items[0].review.draft_hash;
    digest_start(&running);
    for (size_t i = 0; i < matters->count; i++)
        digest_add(&running, matters->items[i].review.draft_hash.bytes, DIGEST_SIZE);
    return digest_finish(&running);
}

bool matters_prefix(const struct matters *matters, const char *verb, struct error *err)
{
    const struct matter *named = &matters->items[matters->named];
    return error_prefix(err, "%s %s %s: ", verb, named->tenant.id, named->closed.period.label);
}

bool matter_prefix(const struct matters *matters, const struct matter *matter, struct error *err)
{
    return matters->count == 1 ? false : error_prefix(err, "'%s': ", matter->tenant.id);
}
