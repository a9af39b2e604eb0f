#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/money.h"
#include "invoices/issue.h"
#include "invoices/matter.h"
#include "store/money.h"

/* The database refuses it, too; this says what to do. */
static bool is_another(const struct session *session, const struct matter *matter,
                       struct error *err)
{
    const struct review_row *review = &matter->review;
    return !digest_equals(&review->drafted.operator_key, &session->person.hash) ||
           error_set(err, ERROR_REFUSED,
                     "'%s' drafted review %" PRIu32 ": another operator approves it, with a key of "
                     "his own (--operator)",
                     key_public(session->person.key)->name, review->version);
}

/* What the approver saw, where he says it. */
static bool is_seen(const struct matters *matters, struct error *err)
{
    char hash[DIGEST_HEX_SIZE];
    struct digest draft = matters_draft(matters);
    digest_hex(&draft, hash);
    return matters->draft == NULL || strcmp(matters->draft, hash) == 0 ||
           error_set(err, ERROR_REFUSED, "the draft of review %" PRIu32 " is %s, not the one seen",
                     matters->items[matters->named].review.version, hash);
}

static bool is_drafted(const struct session *session, const struct matter *matter,
                       struct error *err)
{
    struct error why;
    const struct review_row *review = &matter->review;
    if (!review->is_signed)
        return error_set(err, ERROR_REFUSED,
                         "review %" PRIu32 " is from before approvals, and is not signed: review "
                         "it again",
                         review->version);
    return signoff_verify(&session->writer.keys, KEYRING_NOW, SIGNOFF_DRAFT, &review->draft_hash,
                          &review->drafted, &why) ||
           error_set(err, ERROR_REFUSED, "%s: review it again", why.message);
}

/* An approval that stands is another's, or ours already; one whose approver lost the role is left
 * behind by a new review. */
static bool stands(const struct session *session, const struct matter *matter, struct error *err)
{
    struct error why;
    const struct review_row *review = &matter->review;
    return signoff_verify(&session->writer.keys, KEYRING_NOW, SIGNOFF_APPROVE, &review->draft_hash,
                          &review->approved, &why) ||
           error_set(err, ERROR_REFUSED, "%s: review it again, and approve that", why.message);
}

/* Issued documents from before approvals have none. */
static bool approval_of_issued(struct session *session, struct matter *matter, struct error *err)
{
    matter->was_there = true;
    return review_latest(session->store, session->log.log, matter->tenant.number,
                         matter->closed.index, &matter->review, err) &&
           (matter->review.is_approved ||
            error_set(err, ERROR_REFUSED, "'%s' is issued already", matter->document.document_id));
}

static bool approve_draft(struct session *session, struct matter *matter, struct error *err)
{
    struct review_row *review = &matter->review;
    if (!is_drafted(session, matter, err) || !is_another(session, matter, err))
        return false;
    matter->was_there = review->is_approved;
    if (matter->was_there)
        return stands(session, matter, err);
    signoff_sign(session->person.key, SIGNOFF_APPROVE, &review->draft_hash, &review->approved);
    return approval_insert(session->store, session->log.log, matter->tenant.number,
                           matter->closed.index, review, err);
}

static bool rate_again(struct session *session, struct matter *matter, struct error *err)
{
    struct draft CLEANUP(draft_release) draft = {0};
    if (!matter_reviewed(session, matter, &draft, err))
        return false;
    matter->document.total_minor = draft.total_minor;
    return true;
}

static bool each(struct session *session, struct matters *matters,
                 bool (*one)(struct session *, struct matter *, struct error *), struct error *err)
{
    for (size_t i = 0; i < matters->count; i++)
        if (!one(session, &matters->items[i], err))
            return matter_prefix(matters, &matters->items[i], err);
    return true;
}

static bool approve_locked(void *context, struct session *session, struct error *err)
{
    struct matters *matters = context;
    bool issued;
    if (!matters_lock(session, matters, &issued, err))
        return false;
    if (issued)
        return each(session, matters, approval_of_issued, err) && is_seen(matters, err);
    return each(session, matters, rate_again, err) && is_seen(matters, err) &&
           each(session, matters, approve_draft, err);
}

bool approve_matters(struct session *session, struct matters *matters, struct error *err)
{
    return session_transact(session, approve_locked, matters, err);
}

static void print_approval(const struct matter *matter)
{
    char total[DECIMAL_TEXT_SIZE], hash[DIGEST_HEX_SIZE];
    printf("period %s of tenant '%s': review %" PRIu32 " %s, total %s %s, draft %s\n",
           matter->closed.period.label, matter->tenant.id, matter->review.version,
           matter->was_there ? "was approved before" : "approved",
           money_format(matter->document.total_minor, matter->agreement.contract.exponent, total),
           matter->agreement.contract.currency, digest_hex(&matter->review.draft_hash, hash));
}

bool approve_command(const struct cli *cli, struct error *err)
{
    struct session CLEANUP(session_close) session = {0};
    struct matters CLEANUP(matters_release) matters = {.draft = cli_text(cli, "draft")};
    if (!matters_open(cli, ROLE_APPROVE, &session, &matters, err))
        return false;
    if (!approve_matters(&session, &matters, err))
        return matters_prefix(&matters, "approve", err);
    for (size_t i = 0; i < matters.count; i++)
        print_approval(&matters.items[i]);
    return true;
}
