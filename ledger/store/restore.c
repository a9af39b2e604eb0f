#include "store/restore.h"

#include <inttypes.h>
#include <string.h>

#include "base/instant.h"
#include "core/canonical.h"
#include "store/money.h"
#include "store/tenants.h"

/* What a text member of a content says; NULL when there is none. */
static const char *text_of(const json_t *json, const char *name)
{
    return json_string_value(json_object_get(json, name));
}

/* ------------------------------------------------------------------------------------ documents */

/* "DE-2026-000017" → the series "DE-2026" and 17. */
static bool read_number(struct document_row *row, struct arena *arena, struct error *err)
{
    const char *dash = strrchr(row->document_id, '-');
    if (dash == NULL)
        return error_set(err, ERROR_HALT, "the number '%s' has no series", row->document_id);
    const char *digits = dash + 1;
    while (digits[0] == '0' && digits[1] != '\0')
        digits++;
    row->number_series = arena_text_n(arena, row->document_id, (size_t)(dash - row->document_id));
    return number_parse_u64(digits, strlen(digits), "number", &row->number, err);
}

static bool read_period(const json_t *period, struct document_row *row, struct error *err)
{
    const char *from = text_of(period, "from");
    const char *to = text_of(period, "to");
    if (from == NULL || to == NULL)
        return error_set(err, ERROR_HALT, "the document has no period");
    row->period_index = (uint64_t)json_integer_value(json_object_get(period, "index"));
    return instant_parse(from, strlen(from), "from", &row->period_from_us, err) &&
           instant_parse(to, strlen(to), "to", &row->period_to_us, err);
}

static bool read_values(const json_t *json, struct document_row *row, struct error *err)
{
    struct civil issue;
    struct decimal total;
    const char *date = text_of(json, "issue_date");
    const char *amount = text_of(json, "total");
    row->kind = text_of(json, "document");
    row->currency = text_of(json, "currency");
    row->exponent = (unsigned)json_integer_value(json_object_get(json, "exponent"));
    if (row->kind == NULL || row->currency == NULL || date == NULL || amount == NULL)
        return error_set(err, ERROR_HALT, "the document lacks kind, currency, date or total");
    if (!civil_parse_date(date, "issue_date", &issue, err) ||
        !decimal_parse(amount, strlen(amount), "total", &total, err))
        return false;
    row->issue_days = civil_days(issue.year, issue.month, issue.day);
    row->total_minor = total.coefficient;
    return total.scale == row->exponent ||
           error_set(err, ERROR_HALT, "the total '%s' does not have %u decimals", amount,
                     row->exponent);
}

/* Documents from before approvals have none. */
static void read_signoffs(const json_t *json, struct document_row *out)
{
    struct signoff signoffs[SIGNOFF_STEPS];
    struct error why;
    out->is_approved = signoffs_parse(json, signoffs, &why);
    if (out->is_approved) {
        out->drafter = signoffs[SIGNOFF_DRAFT].operator_key;
        out->approver = signoffs[SIGNOFF_APPROVE].operator_key;
    }
}

/* The row by which a document is found; all of it stands in its content. */
static bool read_document(const struct past_entry *past, const json_t *json, struct arena *arena,
                          struct document_row *out, struct error *err)
{
    *out = (struct document_row){.document_id = past->subject_id,
                                 .index = past->index,
                                 .tenant = past->entry.tenant,
                                 .hash = past->entry.control.content};
    read_signoffs(json, out);
    return read_number(out, arena, err) && read_period(json_object_get(json, "period"), out, err) &&
           read_values(json, out, err);
}

/* The number is taken with the document. */
static bool lock_number(struct store *store, int log, const struct document_row *row,
                        struct error *err)
{
    uint64_t next = 0;
    if (!number_head_lock(store, log, row->number_series, &next, err))
        return false;
    if (next != row->number)
        return error_set(err, ERROR_HALT, "'%s': the next number of the series is %" PRIu64,
                         row->document_id, next);
    return number_head_set(store, log, row->number_series, next + 1, err);
}

/* -------------------------------------------------------------------------------------- one entry
 */

static bool check_content(const struct past_entry *past, struct error *err)
{
    struct digest hash = digest_of(past->content.data, past->content.size);
    struct digest subject = digest_subject(entry_kind_word(past->entry.kind), past->subject_id);
    return (digest_equals(&hash, &past->entry.control.content) &&
            digest_equals(&subject, &past->entry.control.subject)) ||
           error_set(err, ERROR_HALT, "the journal has another content or subject than it names");
}

bool restored_prepare(const struct writer *writer, const struct past_entry *past,
                      const struct leaf *leaf, struct arena *arena, struct restored *out,
                      struct error *err)
{
    *out = (struct restored){.past = past, .entry.entry = past->entry};
    if (past->entry.kind <= ENTRY_EXCLUSION)
        return error_set(err, ERROR_HALT, "a %s outside of ingest cannot be made again yet",
                         entry_kind_word(past->entry.kind));
    if (!writer_take(writer, &out->entry, leaf))
        return error_set(err, ERROR_HALT,
                         "the journal's entry is not what its leaf commits to (is salt.key the "
                         "ledger's?)");
    if (!entry_kind_is_control(past->entry.kind))
        return true;
    if (!check_content(past, err) ||
        !canonical_parse(past->content.data, past->content.size, past->subject_id, &out->json, err))
        return false;
    return past->entry.kind != ENTRY_DOCUMENT ||
           read_document(past, out->json, arena, &out->document, err);
}

void restored_release(struct restored *restored)
{
    json_decref(restored->json);
    restored->json = NULL;
}

bool restored_lock(struct store *store, int log, const struct restored *restored, struct error *err)
{
    const struct entry *entry = &restored->entry.entry;
    uint64_t next = 0;
    if (entry->stream != STREAM_MONEY)
        return true;
    if (!money_head_lock(store, log, entry->tenant, &next, err))
        return false;
    if (next != entry->stream_seq)
        return error_set(err, ERROR_HALT,
                         "the tenant's money is at %" PRIu64 ", the entry is %" PRIu64, next,
                         entry->stream_seq);
    return money_head_set(store, log, entry->tenant, next + 1, err) &&
           (entry->kind != ENTRY_DOCUMENT || lock_number(store, log, &restored->document, err));
}

/* A tenant's number is never given again. */
static bool note_tenant(const struct restored *restored, struct head *head, struct error *err)
{
    uint64_t number = 0;
    const char *text = text_of(restored->json, "number");
    if (text == NULL)
        return error_set(err, ERROR_HALT, "the tenant has no number");
    if (!number_parse_u64(text, strlen(text), "number", &number, err))
        return false;
    uint64_t counter = number - TENANT_NUMBER(TENANT_LOG(number), 0);
    if (head->next_tenant <= counter)
        head->next_tenant = counter + 1;
    return true;
}

bool restored_append(struct store *store, struct head *head, struct restored *restored,
                     struct error *err)
{
    const struct past_entry *past = restored->past;
    uint64_t index = head->size;
    restored->document.index = index;
    if (past->entry.kind == ENTRY_TENANT && !note_tenant(restored, head, err))
        return false;
    return append_entries(store, head, &restored->entry, 1, NULL, err) &&
           (restored->json == NULL ||
            append_content(store, head->log, index, past->entry.kind, past->entry.tenant,
                           past->subject_id, past->entry.control.version, past->content.data,
                           past->content.size, err)) &&
           (past->entry.kind != ENTRY_DOCUMENT ||
            document_insert(store, head->log, &restored->document, err));
}
