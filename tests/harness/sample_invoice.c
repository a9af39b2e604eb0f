#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/instant.h"
#include "harness/sample.h"
#include "store/append.h"
#include "store/documents.h"
#include "store/money.h"

static bool read_operator(const struct sample *sample, struct digest *out, struct error *err)
{
    struct text CLEANUP(text_release) line;
    struct public_key key;
    char path[1024];
    text_init(&line);
    snprintf(path, sizeof(path), "%s/operator.vkey", sample->keys);
    if (!file_read(path, VKEY_SIZE, &line, err))
        return false;
    line.data[line.size - 1] = '\0';
    if (!key_parse_vkey(line.data, &key, err))
        return false;
    *out = key_hash(key.bytes);
    return true;
}

#define PERIOD_CONTENT "{\"label\":\"2026-01\"}"

/* What the row beside it says, too. The instants are FIRST_HOUR's and the others of the row. */
static const char invoice[] =
    "{\"currency\":\"EUR\",\"document\":\"invoice\",\"exponent\":2,\"issue_date\":\"2026-02-05\","
    "\"number\":\"DE-2026-000001\",\"period\":{\"from\":\"2026-01-01T00:00:00Z\",\"index\":%" PRIu64
    ",\"to\":\"2026-02-01T00:00:00Z\"},\"seller\":{\"number_series\":\"DE-2026\"},"
    "\"total\":\"123.45\"}";

static bool append_invoice(struct sample *sample, const struct writer *writer, struct error *err)
{
    char content[512];
    uint64_t tenant = sample->tenants[0].number;
    struct digest hash, operator_key;
    struct signed_entry entries[3] = {0};
    struct head head;
    uint64_t seq, number, first;
    if (!read_operator(sample, &operator_key, err) ||
        !money_head_lock(sample->store, 0, tenant, &seq, err) ||
        !number_head_lock(sample->store, 0, "DE-2026", &number, err) ||
        !append_lock(sample->store, writer, &head, err))
        return false;
    snprintf(content, sizeof(content), invoice, head.size);
    hash = digest_of(content, strlen(content));
    entries[0].entry = (struct entry){.kind = ENTRY_PERIOD};
    entries[0].entry.control = (struct control_body){
        .subject = digest_subject("period", "2026-01"),
        .version = 1,
        .content = digest_of(PERIOD_CONTENT, sizeof(PERIOD_CONTENT) - 1),
        .operator_key = operator_key,
    };
    entries[1].entry = (struct entry){.kind = ENTRY_DOCUMENT};
    entries[1].entry.control = (struct control_body){
        .subject = digest_subject("document", "DE-2026-000001"),
        .version = 1,
        .content = hash,
        .operator_key = operator_key,
    };
    entries[2].entry = (struct entry){.kind = ENTRY_TRANSFER};
    entries[2].entry.transfer = (struct transfer_body){
        .debit = digest_subject("account", "receivable"),
        .credit = digest_subject("account", "revenue"),
        .amount = 12345,
        .currency = "EUR",
        .exponent = 2,
        .code = 1,
        .document = hash,
    };
    for (size_t i = 0; i < COUNT_OF(entries); i++) {
        entries[i].entry.tenant = tenant;
        entries[i].entry.stream = STREAM_MONEY;
        entries[i].entry.stream_seq = seq + i;
        writer_sign(writer, &entries[i]);
    }
    struct document_row row = {
        .number_series = "DE-2026",
        .number = number,
        .document_id = "DE-2026-000001",
        .tenant = tenant,
        .kind = "invoice",
        .period_from_us = FIRST_HOUR * HOUR_US,
        .period_to_us = (FIRST_HOUR + 31 * 24) * HOUR_US,
        .issue_days = FIRST_HOUR / 24 + 35,
        .currency = "EUR",
        .exponent = 2,
        .total_minor = 12345,
        .hash = hash,
    };
    if (!append_entries(sample->store, &head, entries, COUNT_OF(entries), &first, err))
        return false;
    struct review_row review = {1, row.issue_days, hash, operator_key};
    row.period_index = first;
    row.index = first + 1;
    return append_content(sample->store, 0, first, ENTRY_PERIOD, tenant, "2026-01", 1,
                          PERIOD_CONTENT, sizeof(PERIOD_CONTENT) - 1, err) &&
           append_content(sample->store, 0, first + 1, ENTRY_DOCUMENT, tenant, "DE-2026-000001", 1,
                          content, strlen(content), err) &&
           review_insert(sample->store, 0, tenant, first, &review, err) &&
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
