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
static bool is_seen(const struct matter *matter, struct error *err)
{
    char hash[DIGEST_HEX_SIZE];
    digest_hex(&matter->review.draft_hash, hash);
    return matter->draft == NULL || strcmp(matter->draft, hash) == 0 ||
           error_set(err, ERROR_REFUSED, "the draft of review %" PRIu32 " is %s, not the one seen",
                     matter->review.version, hash);
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

static bool approve_locked(void *context, struct session *session, struct error *err)
{
    struct matter *matter = context;
    struct review_row *review = &matter->review;
    struct draft CLEANUP(draft_release) draft = {0};
    uint64_t next_seq;
    bool issued;
    if (!money_head_lock(session->store, session->log.log, matter->tenant.number, &next_seq, err) ||
        !matter_document(session, matter, &issued, err))
        return false;
    if (issued)
        return approval_of_issued(session, matter, err);
    if (!matter_reviewed(session, matter, next_seq, &draft, err) || !is_seen(matter, err) ||
        !is_drafted(session, matter, err) || !is_another(session, matter, err))
        return false;
    matter->document.total_minor = draft.total_minor;
    matter->was_there = review->is_approved;
    if (matter->was_there)
        return stands(session, matter, err);
    signoff_sign(session->person.key, SIGNOFF_APPROVE, &review->draft_hash, &review->approved);
    return approval_insert(session->store, session->log.log, matter->tenant.number,
                           matter->closed.index, review, err);
}

bool approve_command(const struct cli *cli, struct error *err)
{
    struct session CLEANUP(session_close) session = {0};
    struct matter CLEANUP(matter_release) matter = {.draft = cli_text(cli, "draft")};
    char total[DECIMAL_TEXT_SIZE], hash[DIGEST_HEX_SIZE];
    if (!matter_open(cli, ROLE_APPROVE, &session, &matter, err))
        return false;
    if (!session_transact(&session, approve_locked, &matter, err))
        return matter_prefix(&matter, "approve", err);
    printf("period %s of tenant '%s': review %" PRIu32 " %s, total %s %s, draft %s\n",
           matter.closed.period.label, matter.tenant.id, matter.review.version,
           matter.was_there ? "was approved before" : "approved",
           money_format(matter.document.total_minor, matter.agreement.contract.exponent, total),
           matter.agreement.contract.currency, digest_hex(&matter.review.draft_hash, hash));
    return true;
}
