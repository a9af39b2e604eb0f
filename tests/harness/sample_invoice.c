#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "core/canonical.h"
#include "core/signoff.h"
#include "harness/sample.h"
#include "store/append.h"
#include "store/documents.h"
#include "store/money.h"

/* Those who drafted and issued, and who approved. */
struct people {
    struct secret_key *operator_key, *approver;
};

static void people_release(struct people *people)
{
    if (people->operator_key != NULL)
        key_release(people->operator_key);
    if (people->approver != NULL)
        key_release(people->approver);
}

static bool people_read(const struct sample *sample, struct people *out, struct error *err)
{
    char path[1024];
    snprintf(path, sizeof(path), "%s/operator.key", sample->keys);
    if (!key_read_file(path, &out->operator_key, err))
        return false;
    snprintf(path, sizeof(path), "%s/approver.key", sample->keys);
    return key_read_file(path, &out->approver, err);
}

#define ENTRIES 3
#define PERIOD_CONTENT "{\"label\":\"2026-01\"}"

/* What the row beside it says, too. The instants are FIRST_HOUR's and the others of the row. */
static const char invoice[] =
    "{\"currency\":\"EUR\",\"document\":\"invoice\",\"exponent\":2,\"issue_date\":\"2026-02-05\","
    "\"number\":\"DE-2026-000001\",\"period\":{\"from\":\"2026-01-01T00:00:00Z\",\"index\":%" PRIu64
    ",\"to\":\"2026-02-01T00:00:00Z\"},\"seller\":{\"number_series\":\"DE-2026\"},"
    "\"total\":\"123.45\"}";

/* The content with the people's signatures, and the review that they are of. */
static bool sign_off(const struct people *people, uint64_t period_index, struct text *out_content,
                     struct review_row *out_review, struct error *err)
{
    CLEANUP(json_release) json_t *json = NULL;
    struct text CLEANUP(text_release) draft;
    struct signoff signoffs[SIGNOFF_STEPS];
    text_init(&draft);
    text_printf(&draft, invoice, period_index);
    *out_review = (struct review_row){.version = 1, .issue_days = FIRST_HOUR / 24 + 35};
    if (!canonical_read(draft.data, draft.size, "the invoice", &json, err) ||
        !signoff_draft(json, &out_review->draft_hash, err))
        return false;
    for (unsigned step = 0; step < SIGNOFF_STEPS; step++)
        signoff_sign(step == SIGNOFF_APPROVE ? people->approver : people->operator_key,
                     (enum signoff_step)step, &out_review->draft_hash, &signoffs[step]);
    out_review->drafted = signoffs[SIGNOFF_DRAFT];
    out_review->approved = signoffs[SIGNOFF_APPROVE];
    json_object_set_new(json, "signoffs", signoffs_json(signoffs));
    return canonical_write(json, out_content, err);
}

/* Period, document and transfer, signed; all of the tenant's money stream from `seq` on. */
static void make_entries(const struct writer *writer, uint64_t tenant, uint64_t seq,
                         const struct digest *operator_key, const struct digest *hash,
                         struct signed_entry out[ENTRIES])
{
    out[0].entry = (struct entry){.kind = ENTRY_PERIOD};
    out[0].entry.control = (struct control_body){
        .subject = digest_subject("period", "2026-01"),
        .version = 1,
        .content = digest_of(PERIOD_CONTENT, sizeof(PERIOD_CONTENT) - 1),
        .operator_key = *operator_key,
    };
    out[1].entry = (struct entry){.kind = ENTRY_DOCUMENT};
    out[1].entry.control = (struct control_body){
        .subject = digest_subject("document", "DE-2026-000001"),
        .version = 1,
        .content = *hash,
        .operator_key = *operator_key,
    };
    out[2].entry = (struct entry){.kind = ENTRY_TRANSFER};
    out[2].entry.transfer = (struct transfer_body){
        .debit = digest_subject("account", "receivable"),
        .credit = digest_subject("account", "revenue"),
        .amount = 12345,
        .currency = "EUR",
        .exponent = 2,
        .code = 1,
        .document = *hash,
    };
    for (size_t i = 0; i < ENTRIES; i++) {
        out[i].entry.tenant = tenant;
        out[i].entry.stream = STREAM_MONEY;
        out[i].entry.stream_seq = seq + i;
        writer_sign(writer, &out[i]);
    }
}

static bool append_invoice(struct sample *sample, const struct writer *writer, struct error *err)
{
    struct text CLEANUP(text_release) content;
    struct people CLEANUP(people_release) people = {0};
    struct review_row review;
    uint64_t tenant = sample->tenants[0].number;
    struct digest hash;
    struct signed_entry entries[ENTRIES] = {0};
    struct head head;
    uint64_t seq, number, first;
    text_init(&content);
    if (!people_read(sample, &people, err) ||
        !money_head_lock(sample->store, 0, tenant, &seq, err) ||
        !number_head_lock(sample->store, 0, "DE-2026", &number, err) ||
        !append_lock(sample->store, writer, &head, err) ||
        !sign_off(&people, head.size, &content, &review, err))
        return false;
    hash = digest_of(content.data, content.size);
    make_entries(writer, tenant, seq, &review.drafted.operator_key, &hash, entries);
    struct document_row row = {
        .number_series = "DE-2026",
        .number = number,
        .document_id = "DE-2026-000001",
        .tenant = tenant,
        .kind = "invoice",
        .period_from_us = FIRST_HOUR * HOUR_US,
        .period_to_us = (FIRST_HOUR + 31 * 24) * HOUR_US,
        .issue_days = review.issue_days,
        .currency = "EUR",
        .exponent = 2,
        .total_minor = 12345,
        .hash = hash,
        .is_approved = true,
        .drafter = review.drafted.operator_key,
        .approver = review.approved.operator_key,
    };
    if (!append_entries(sample->store, &head, entries, COUNT_OF(entries), &first, err))
        return false;
    row.period_index = first;
    row.index = first + 1;
    return append_content(sample->store, 0, first, ENTRY_PERIOD, tenant, "2026-01", 1,
                          PERIOD_CONTENT, sizeof(PERIOD_CONTENT) - 1, err) &&
           append_content(sample->store, 0, first + 1, ENTRY_DOCUMENT, tenant, "DE-2026-000001", 1,
                          content.data, content.size, err) &&
           review_insert(sample->store, 0, tenant, first, &review, err) &&
           approval_insert(sample->store, 0, tenant, first, &review, err) &&
           document_insert(sample->store, 0, &row, err) &&
           money_head_set(sample->store, 0, tenant, seq + COUNT_OF(entries), err) &&
           number_head_set(sample->store, 0, "DE-2026", number + 1, err) &&
           append_unlock(sample->store, &head, err);
}

bool sample_add_invoice(struct sample *sample, struct error *err)
{
    struct writer writer;
    if (!writer_open(sample->store, 0, sample->invoices, sample->salt_key, ROLE_INVOICES, &writer,
                     err))
        return false;
    bool good = store_begin(sample->store, err) && append_invoice(sample, &writer, err) &&
                store_commit(sample->store, err);
    writer_close(&writer);
    return good;
}
