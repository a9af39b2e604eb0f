#include "invoices/issue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/canonical.h"
#include "core/money.h"
#include "invoices/document.h"
#include "rating/history.h"
#include "store/money.h"

#define TRANSFER_INVOICE 1
#define TRANSFER_CREDIT_NOTE 2

/* Money from one account to another. */
struct moved {
    const char *debit;
    const char *credit;
    int128 amount; /* minor units */
    uint32_t code;
};

/* A period that was closed, with the agreement that its close named. */
struct matter {
    struct tenant tenant;
    struct agreement agreement;
    struct closed_period closed;
    int64_t issue_days; /* review: as given */
    size_t unpriced;    /* review: series that nobody pays for */
    bool was_there;
    struct review_row review;
    struct document_row document;
};

static void matter_release(struct matter *matter)
{
    agreement_release(&matter->agreement);
}

static bool open_matter(const struct cli *cli, struct session *session, struct matter *out,
                        struct error *err)
{
    struct agreement CLEANUP(agreement_release) newest = {0};
    struct period period;
    if (!session_open(cli, ROLE_INVOICES, session, err) ||
        !period_of_arguments(cli, session, &out->tenant, &newest, &period, err))
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

static const char *date_text(int64_t days, char out[64])
{
    struct civil date = civil_of_days(days);
    snprintf(out, 64, "%04d-%02d-%02d", date.year, date.month, date.day);
    return out;
}

static bool find_document(struct session *session, struct matter *matter, bool *out_found,
                          struct error *err)
{
    *out_found = document_of_period(session->store, session->log.log, matter->tenant.number,
                                    matter->closed.index, &session->arena, &matter->document, err);
    return *out_found || err->code == ERROR_NOT_FOUND;
}

/* ------------------------------------------------------------------------------------- review */

/* The review that was issued, unchanged; another date comes too late. */
static bool review_of_issued(struct session *session, struct matter *matter, struct error *err)
{
    if (!review_latest(session->store, session->log.log, matter->tenant.number,
                       matter->closed.index, &matter->review, err))
        return false;
    matter->was_there = matter->review.issue_days == matter->issue_days;
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

/* Under the lock of the tenant's money stream, so that the draft's money range holds. */
static bool review_locked(void *context, struct session *session, struct error *err)
{
    struct matter *matter = context;
    struct draft CLEANUP(draft_release) draft = {0};
    struct review_row before = {0};
    uint64_t next_seq, tenant = matter->tenant.number;
    int log = session->log.log;
    bool issued;
    if (!money_head_lock(session->store, log, tenant, &next_seq, err) ||
        !find_document(session, matter, &issued, err))
        return false;
    if (issued)
        return review_of_issued(session, matter, err);
    if (!document_draft(session, &matter->tenant, &matter->agreement, &matter->closed,
                        matter->issue_days, next_seq, &draft, err))
        return false;
    matter->review = (struct review_row){
        .version = 1,
        .issue_days = matter->issue_days,
        .draft_hash = draft.hash,
        .operator_key = session->operator_key,
    };
    matter->document.total_minor = draft.total_minor;
    matter->unpriced = count_unpriced(draft.json);
    if (review_latest(session->store, log, tenant, matter->closed.index, &before, err)) {
        matter->was_there = before.issue_days == matter->issue_days &&
                            digest_equals(&before.draft_hash, &draft.hash);
        matter->review.version = before.version + (matter->was_there ? 0 : 1);
    } else if (err->code != ERROR_NOT_FOUND) {
        return false;
    }
    return matter->was_there ||
           review_insert(session->store, log, tenant, matter->closed.index, &matter->review, err);
}

bool review_command(const struct cli *cli, struct error *err)
{
    struct session CLEANUP(session_close) session = {0};
    struct matter CLEANUP(matter_release) matter = {0};
    const char *date;
    struct civil issue;
    char total[DECIMAL_TEXT_SIZE], hash[DIGEST_HEX_SIZE];
    if (!cli_required(cli, "issue-date", &date, err) ||
        !civil_parse_date(date, "--issue-date", &issue, err) ||
        !open_matter(cli, &session, &matter, err))
        return false;
    matter.issue_days = civil_days(issue.year, issue.month, issue.day);
    if (!session_transact(&session, review_locked, &matter, err))
        return error_prefix(err, "review %s %s: ", matter.tenant.id, matter.closed.period.label);
    printf("period %s of tenant '%s': review %" PRIu32 "%s, issue date %s, total %s %s, draft %s\n",
           matter.closed.period.label, matter.tenant.id, matter.review.version,
           matter.was_there ? " was there before" : "", date,
           money_format(matter.document.total_minor, matter.agreement.contract.exponent, total),
           matter.agreement.contract.currency, digest_hex(&matter.review.draft_hash, hash));
    if (matter.unpriced > 0)
        printf("%zu series of usage have no price: they are in the document as 'unrated'\n",
               matter.unpriced);
    return true;
}

/* -------------------------------------------------------------------------------------- issue */

static void sign_transfer(struct session *session, const struct matter *matter, uint64_t seq,
                          const struct moved *moved, struct signed_entry *out)
{
    const struct document_row *document = &matter->document;
    memset(out, 0, sizeof(*out));
    out->entry = (struct entry){
        .kind = ENTRY_TRANSFER,
        .tenant = document->tenant,
        .stream = STREAM_MONEY,
        .stream_seq = seq,
        .transfer =
            {
                .debit = digest_subject("account", moved->debit),
                .credit = digest_subject("account", moved->credit),
                .amount = moved->amount,
                .exponent = (uint8_t)document->exponent,
                .code = moved->code,
                .document = document->hash,
            },
    };
    snprintf(out->entry.transfer.currency, sizeof(out->entry.transfer.currency), "%.3s",
             document->currency);
    writer_sign(&session->writer, out);
}

/* The document's total: receivable to revenue, or back. */
static struct moved move_total(struct session *session, const struct matter *matter)
{
    const char *receivable = arena_printf(&session->arena, "receivable:%s", matter->tenant.id);
    const char *revenue =
        arena_printf(&session->arena, "revenue:%s", matter->agreement.contract.seller.id);
    int128 total = matter->document.total_minor;
    return total < 0 ? (struct moved){revenue, receivable, -total, TRANSFER_CREDIT_NOTE}
                     : (struct moved){receivable, revenue, total, TRANSFER_INVOICE};
}

/* A transfer that the document's settlement names. */
static bool read_moved(const json_t *json, unsigned exponent, struct moved *out, struct error *err)
{
    out->debit = json_string_value(json_object_get(json, "debit"));
    out->credit = json_string_value(json_object_get(json, "credit"));
    out->code = (uint32_t)json_integer_value(json_object_get(json, "code"));
    if (out->debit == NULL || out->credit == NULL)
        return error_set(err, ERROR_CONFLICT, "a transfer of the draft names no accounts");
    return history_amount(json, "amount", exponent, &out->amount, err);
}

/* Signs all of them, after the document's own entry. */
static bool sign_transfers(struct session *session, const struct matter *matter, uint64_t seq,
                           const json_t *document, struct signed_entry *entries, size_t *out_count,
                           struct error *err)
{
    const json_t *settlement = json_object_get(document, "settlement"), *json;
    size_t i, count = 0;
    struct moved moved = move_total(session, matter);
    if (moved.amount != 0)
        sign_transfer(session, matter, seq + count++, &moved, &entries[0]);
    json_array_foreach (json_object_get(settlement, "transfers"), i, json) {
        if (!read_moved(json, matter->document.exponent, &moved, err))
            return false;
        sign_transfer(session, matter, seq + count, &moved, &entries[count]);
        count++;
    }
    *out_count = count;
    return true;
}

/* The reviewed draft, rated again: what was seen is what is issued. */
static bool reviewed_draft(struct session *session, struct matter *matter, uint64_t next_seq,
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

static bool take_number(struct session *session, struct matter *matter, struct draft *draft,
                        struct error *err)
{
    const struct contract *contract = &matter->agreement.contract;
    const char *series = contract->seller.number_series;
    uint64_t number;
    int log = session->log.log;
    if (!number_head_lock(session->store, log, series, &number, err) ||
        !number_head_set(session->store, log, series, number + 1, err))
        return false;
    matter->document = (struct document_row){
        .number_series = arena_text(&session->arena, series),
        .number = number,
        .document_id = arena_printf(&session->arena, "%s-%06" PRIu64, series, number),
        .tenant = matter->tenant.number,
        .kind = draft->kind,
        .period_index = matter->closed.index,
        .period_from_us = matter->closed.period.from_us,
        .period_to_us = matter->closed.period.to_us,
        .issue_days = matter->review.issue_days,
        .currency = contract->currency,
        .exponent = contract->exponent,
        .total_minor = draft->total_minor,
    };
    json_object_set_new(draft->json, "number", json_string(matter->document.document_id));
    return true;
}

/* Document and transfer, in one transaction with the number. */
static bool book(struct session *session, struct matter *matter, uint64_t next_seq,
                 struct draft *draft, struct error *err)
{
    struct text CLEANUP(text_release) content;
    struct document_row *document = &matter->document;
    size_t transfers, count = document_own_entries(document, draft->json);
    struct signed_entry *entries = arena_array(&session->arena, count, sizeof(*entries));
    struct head head;
    text_init(&content);
    if (!canonical_write(draft->json, &content, err))
        return false;
    document->hash = digest_of(content.data, content.size);
    struct decided decided = {
        .kind = ENTRY_DOCUMENT,
        .tenant = document->tenant,
        .stream_seq = next_seq,
        .subject_id = document->document_id,
        .version = 1,
        .content = content.data,
        .content_size = content.size,
    };
    session_sign(session, &decided, &entries[0]);
    return sign_transfers(session, matter, next_seq + 1, draft->json, &entries[1], &transfers,
                          err) &&
           money_head_set(session->store, session->log.log, document->tenant, next_seq + count,
                          err) &&
           append_lock(session->store, &session->writer, &head, err) &&
           append_entries(session->store, &head, entries, count, &document->index, err) &&
           session_content(session, document->index, &decided, err) &&
           document_insert(session->store, session->log.log, document, err) &&
           append_unlock(session->store, &head, err);
}

static bool issue_locked(void *context, struct session *session, struct error *err)
{
    struct matter *matter = context;
    struct draft CLEANUP(draft_release) draft = {0};
    uint64_t next_seq;
    return money_head_lock(session->store, session->log.log, matter->tenant.number, &next_seq,
                           err) &&
           find_document(session, matter, &matter->was_there, err) &&
           (matter->was_there || (reviewed_draft(session, matter, next_seq, &draft, err) &&
                                  take_number(session, matter, &draft, err) &&
                                  book(session, matter, next_seq, &draft, err)));
}

bool issue_command(const struct cli *cli, struct error *err)
{
    struct session CLEANUP(session_close) session = {0};
    struct matter CLEANUP(matter_release) matter = {0};
    char total[DECIMAL_TEXT_SIZE], date[64];
    if (!open_matter(cli, &session, &matter, err))
        return false;
    if (!session_transact(&session, issue_locked, &matter, err))
        return error_prefix(err, "issue %s %s: ", matter.tenant.id, matter.closed.period.label);
    const struct document_row *document = &matter.document;
    printf("%s %s%s: tenant '%s', period %s, issue date %s, total %s %s (entry %" PRIu64 ")\n",
           document->kind, document->document_id, matter.was_there ? " was issued before" : "",
           matter.tenant.id, matter.closed.period.label, date_text(document->issue_days, date),
           money_format(document->total_minor, document->exponent, total), document->currency,
           document->index);
    return true;
}
