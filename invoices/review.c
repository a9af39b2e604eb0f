#include <inttypes.h>
#include <stdio.h>

#include "core/money.h"
#include "invoices/issue.h"
#include "invoices/matter.h"
#include "store/money.h"

/* The review that was issued, unchanged; another date comes too late. */
static bool review_of_issued(struct session *session, const struct matters *matters,
                             struct matter *matter, struct error *err)
{
    if (!review_latest(session->store, session->log.log, matter->tenant.number,
                       matter->closed.index, &matter->review, err))
        return false;
    matter->was_there = matter->review.issue_days == matters->issue_days;
    return matter->was_there ||
           error_set(err, ERROR_REFUSED, "period %s is issued with another date: '%s'",
                     matter->closed.period.label, matter->document.document_id);
}

/* Series of the period that no charge asks for, and of times without a contract. */
static size_t count_unpriced(const json_t *document)
{
    const json_t *row;
    size_t i, count = json_array_size(json_object_get(document, "unrated"));
    json_array_foreach (json_object_get(document, "usage"), i, row)
        count += json_object_get(row, "unrated") != NULL;
    return count;
}

/* It is signed, and approved by who still may; or not approved, and this operator's own. */
static bool still_stands(const struct session *session, const struct review_row *before,
                         const struct review_row *review)
{
    struct error why;
    const struct keyring *keys = &session->writer.keys;
    const struct digest *draft = &review->draft_hash;
    if (before->issue_days != review->issue_days || !digest_equals(&before->draft_hash, draft) ||
        !before->is_signed ||
        !signoff_verify(keys, KEYRING_NOW, SIGNOFF_DRAFT, draft, &before->drafted, &why))
        return false;
    if (before->is_approved)
        return signoff_verify(keys, KEYRING_NOW, SIGNOFF_APPROVE, draft, &before->approved, &why);
    return digest_equals(&before->drafted.operator_key, &session->person.hash);
}

/* The document itself is let go before anything else is asked: while others are drafted in the same
 * transaction, theirs take its memory. */
static bool make_review(struct session *session, const struct matters *matters,
                        struct matter *matter, struct error *err)
{
    struct draft CLEANUP(draft_release) draft = {0};
    if (!document_draft(session, &matter->tenant, &matter->agreement, &matter->closed,
                        matters->issue_days, matter->next_seq, &draft, err))
        return false;
    matter->review = (struct review_row){
        .version = 1,
        .issue_days = matters->issue_days,
        .draft_hash = draft.hash,
    };
    signoff_sign(session->person.key, SIGNOFF_DRAFT, &draft.hash, &matter->review.drafted);
    matter->document.total_minor = draft.total_minor;
    matter->unpriced = count_unpriced(draft.json);
    return true;
}

static bool review_draft(struct session *session, const struct matters *matters,
                         struct matter *matter, struct error *err)
{
    struct review_row before = {0};
    uint64_t tenant = matter->tenant.number;
    int log = session->log.log;
    if (!make_review(session, matters, matter, err))
        return false;
    if (review_latest(session->store, log, tenant, matter->closed.index, &before, err)) {
        matter->was_there = still_stands(session, &before, &matter->review);
        matter->review.version = before.version + (matter->was_there ? 0 : 1);
    } else if (err->code != ERROR_NOT_FOUND) {
        return false;
    }
    return matter->was_there ||
           review_insert(session->store, log, tenant, matter->closed.index, &matter->review, err);
}

/* Under the locks of the tenants' money streams, so that the drafts' money ranges hold. */
static bool review_locked(void *context, struct session *session, struct error *err)
{
    struct matters *matters = context;
    bool issued;
    if (!matters_lock(session, matters, &issued, err))
        return false;
    for (size_t i = 0; i < matters->count; i++) {
        struct matter *matter = &matters->items[i];
        if (issued ? !review_of_issued(session, matters, matter, err)
                   : !review_draft(session, matters, matter, err))
            return matter_prefix(matters, matter, err);
    }
    return true;
}

static void print_review(const struct matter *matter, const char *date)
{
    char total[DECIMAL_TEXT_SIZE], hash[DIGEST_HEX_SIZE];
    printf("period %s of tenant '%s': review %" PRIu32 "%s, issue date %s, total %s %s, draft %s\n",
           matter->closed.period.label, matter->tenant.id, matter->review.version,
           matter->was_there ? " was there before" : "", date,
           money_format(matter->document.total_minor, matter->agreement.contract.exponent, total),
           matter->agreement.contract.currency, digest_hex(&matter->review.draft_hash, hash));
    if (matter->unpriced > 0)
        printf("%zu series of usage have no price: they are in the document as 'unrated'\n",
               matter->unpriced);
}

bool review_matters(struct session *session, struct matters *matters, struct error *err)
{
    return session_transact(session, review_locked, matters, err);
}

bool review_date(const struct cli *cli, int64_t *out_days, struct error *err)
{
    const char *date;
    struct civil issue;
    if (!cli_required(cli, "issue-date", &date, err) ||
        !civil_parse_date(date, "--issue-date", &issue, err))
        return false;
    *out_days = civil_days(issue.year, issue.month, issue.day);
    return true;
}

bool review_command(const struct cli *cli, struct error *err)
{
    struct session CLEANUP(session_close) session = {0};
    struct matters CLEANUP(matters_release) matters = {0};
    char hash[DIGEST_HEX_SIZE];
    if (!review_date(cli, &matters.issue_days, err) ||
        !matters_open(cli, ROLE_DRAFT, &session, &matters, err))
        return false;
    if (!review_matters(&session, &matters, err))
        return matters_prefix(&matters, "review", err);
    for (size_t i = 0; i < matters.count; i++)
        print_review(&matters.items[i], cli_text(cli, "issue-date"));
    if (matters.count > 1) {
        struct digest all = matters_draft(&matters);
        printf("%zu documents of a pool, drafts %s\n", matters.count, digest_hex(&all, hash));
    }
    return true;
}
