#include "invoices/issue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/crash.h"
#include "core/canonical.h"
#include "core/money.h"
#include "invoices/matter.h"
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

static const char *date_text(int64_t days, char out[64])
{
    struct civil date = civil_of_days(days);
    snprintf(out, 64, "%04d-%02d-%02d", date.year, date.month, date.day);
    return out;
}

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

/* The draft that was approved, signed off by all three, whose roles hold where it is booked. */
static bool approved_draft(struct session *session, struct matter *matter, struct draft *out,
                           struct error *err)
{
    struct signoff signoffs[SIGNOFF_STEPS];
    const struct review_row *review = &matter->review;
    if (!matter_reviewed(session, matter, out, err))
        return false;
    if (!review->is_approved)
        return error_set(err, ERROR_REFUSED,
                         "review %" PRIu32 " is not approved: `daybook-invoices approve`, by "
                         "another operator than who reviewed",
                         review->version);
    signoffs[SIGNOFF_DRAFT] = review->drafted;
    signoffs[SIGNOFF_APPROVE] = review->approved;
    signoff_sign(session->person.key, SIGNOFF_ISSUE, &out->hash, &signoffs[SIGNOFF_ISSUE]);
    for (unsigned step = 0; step < SIGNOFF_STEPS; step++)
        if (!signoff_verify(&session->writer.keys, KEYRING_NOW, (enum signoff_step)step, &out->hash,
                            &signoffs[step], err))
            return error_prefix(err, "review it again, and approve that: ");
    json_object_set_new(out->json, "signoffs", signoffs_json(signoffs));
    return true;
}

static bool take_number(struct session *session, struct matter *matter, struct draft *draft,
                        struct error *err)
{
    const struct contract *contract = &matter->agreement.contract;
    const char *series = contract_number_series(contract, draft->total_minor < 0);
    uint64_t number;
    int log = session->log.log;
    if (!number_head_lock(session->store, log, series, &number, err) ||
        !number_head_set(session->store, log, series, number + 1, err))
        return false;
    CRASH_AT(invoices_number_taken);
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
        .is_approved = true,
        .drafter = matter->review.drafted.operator_key,
        .approver = matter->review.approved.operator_key,
    };
    json_object_set_new(draft->json, "number", json_string(matter->document.document_id));
    return true;
}

/* A document and what it moves, signed. */
struct booking {
    struct decided decided;
    size_t count;
    struct signed_entry *entries;
};

static bool sign_document(struct session *session, struct matter *matter, struct draft *draft,
                          struct booking *out, struct error *err)
{
    struct text CLEANUP(text_release) content;
    struct document_row *document = &matter->document;
    size_t transfers;
    out->count = document_own_entries(document, draft->json);
    out->entries = arena_array(&session->arena, out->count, sizeof(*out->entries));
    text_init(&content);
    if (!canonical_write(draft->json, &content, err))
        return false;
    document->hash = digest_of(content.data, content.size);
    out->decided = (struct decided){
        .kind = ENTRY_DOCUMENT,
        .tenant = document->tenant,
        .stream_seq = matter->next_seq,
        .subject_id = document->document_id,
        .version = 1,
        .content = arena_text_n(&session->arena, content.data, content.size),
        .content_size = content.size,
    };
    session_sign(session, &out->decided, &out->entries[0]);
    return sign_transfers(session, matter, matter->next_seq + 1, draft->json, &out->entries[1],
                          &transfers, err) &&
           money_head_set(session->store, session->log.log, document->tenant,
                          matter->next_seq + out->count, err);
}

/* Documents of a pool in one transaction with their numbers: all or none. */
static bool book(struct session *session, struct matters *matters, const struct booking *bookings,
                 struct error *err)
{
    struct head head;
    if (!append_lock(session->store, &session->writer, &head, err))
        return false;
    for (size_t i = 0; i < matters->count; i++) {
        struct document_row *document = &matters->items[i].document;
        if (!append_entries(session->store, &head, bookings[i].entries, bookings[i].count,
                            &document->index, err) ||
            !session_content(session, document->index, &bookings[i].decided, err) ||
            !document_insert(session->store, session->log.log, document, err))
            return false;
    }
    return append_unlock(session->store, &head, err);
}

/* The series that documents may count in, by name: so number heads are locked in one order. */
static bool lock_series(struct session *session, const struct contract *contract, struct error *err)
{
    const char *series[] = {contract_number_series(contract, false),
                            contract_number_series(contract, true)};
    bool turned = strcmp(series[0], series[1]) > 0;
    uint64_t number;
    return number_head_lock(session->store, session->log.log, series[turned], &number, err) &&
           number_head_lock(session->store, session->log.log, series[!turned], &number, err);
}

static bool prepare(struct session *session, struct matters *matters, struct draft *drafts,
                    struct booking *bookings, struct error *err)
{
    for (size_t i = 0; i < matters->count; i++)
        if (!approved_draft(session, &matters->items[i], &drafts[i], err))
            return matter_prefix(matters, &matters->items[i], err);
    if (matters->count > 1 && !lock_series(session, &matters->items[0].agreement.contract, err))
        return false;
    for (size_t i = 0; i < matters->count; i++)
        if (!take_number(session, &matters->items[i], &drafts[i], err) ||
            !sign_document(session, &matters->items[i], &drafts[i], &bookings[i], err))
            return matter_prefix(matters, &matters->items[i], err);
    return true;
}

static bool reviews_of_issued(struct session *session, struct matters *matters, struct error *err)
{
    for (size_t i = 0; i < matters->count; i++) {
        struct matter *matter = &matters->items[i];
        matter->was_there = true;
        if (!review_latest(session->store, session->log.log, matter->tenant.number,
                           matter->closed.index, &matter->review, err) &&
            err->code != ERROR_NOT_FOUND)
            return false;
    }
    return true;
}

static bool issue_locked(void *context, struct session *session, struct error *err)
{
    struct matters *matters = context;
    struct draft *drafts = arena_array(&session->arena, matters->count, sizeof(*drafts));
    struct booking *bookings = arena_array(&session->arena, matters->count, sizeof(*bookings));
    bool issued;
    if (!matters_lock(session, matters, &issued, err))
        return false;
    if (issued)
        return reviews_of_issued(session, matters, err);
    bool good =
        prepare(session, matters, drafts, bookings, err) && book(session, matters, bookings, err);
    for (size_t i = 0; i < matters->count; i++)
        draft_release(&drafts[i]);
    return good;
}

bool issue_matters(struct session *session, struct matters *matters, struct error *err)
{
    return session_transact(session, issue_locked, matters, err);
}

static void print_document(const struct matter *matter)
{
    const struct document_row *document = &matter->document;
    char total[DECIMAL_TEXT_SIZE], date[64];
    printf("%s %s%s: tenant '%s', period %s, issue date %s, total %s %s (entry %" PRIu64 ")\n",
           document->kind, document->document_id, matter->was_there ? " was issued before" : "",
           matter->tenant.id, matter->closed.period.label, date_text(document->issue_days, date),
           money_format(document->total_minor, document->exponent, total), document->currency,
           document->index);
}

bool issue_command(const struct cli *cli, struct error *err)
{
    struct session CLEANUP(session_close) session = {0};
    struct matters CLEANUP(matters_release) matters = {0};
    if (!matters_open(cli, ROLE_ISSUE, &session, &matters, err))
        return false;
    if (!issue_matters(&session, &matters, err))
        return matters_prefix(&matters, "issue", err);
    for (size_t i = 0; i < matters.count; i++)
        print_document(&matters.items[i]);
    return true;
}
