#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "core/canonical.h"
#include "verify/bundle_parts.h"

static struct digest text_digest(const json_t *text)
{
    return digest_of(json_string_value(text), json_string_length(text));
}

/* Which member of its content is a subject's id. */
static const char *const subject_members[ENTRY_KIND_LAST + 1] = {
    [ENTRY_TENANT] = "id",    [ENTRY_PLAN] = "plan",       [ENTRY_CONTRACT] = "contract",
    [ENTRY_PERIOD] = "label", [ENTRY_DOCUMENT] = "number",
};

static void check_subject(struct bundle *bundle, const struct bundle_entry *entry)
{
    enum entry_kind kind = entry->entry.kind;
    const char *member = subject_members[kind];
    if (member == NULL) {
        findings_add(bundle->findings, FINDING_BUNDLE_ENTRIES, entry->index,
                     "no document needs an entry of kind %s", entry_kind_word(kind));
        return;
    }
    const char *id = json_string_value(json_object_get(entry->json, member));
    struct digest subject = digest_subject(entry_kind_word(kind), id != NULL ? id : "");
    if (!digest_equals(&subject, &entry->entry.control.subject))
        findings_add(bundle->findings, FINDING_CONTENT_MISMATCH, entry->index,
                     "its '%s' is not the entry's subject", member);
}

static void take_content(struct bundle *bundle, struct bundle_entry *entry)
{
    struct digest hash = text_digest(entry->content);
    struct error why;
    if (!digest_equals(&hash, &entry->entry.control.content))
        findings_add(bundle->findings, FINDING_CONTENT_MISMATCH, entry->index,
                     "the entry hashes another content");
    else if (!canonical_read(json_string_value(entry->content), json_string_length(entry->content),
                             "content", &entry->json, &why))
        findings_add(bundle->findings, FINDING_CONTENT_MALFORMED, entry->index, "%s", why.message);
    else
        check_subject(bundle, entry);
}

void bundle_check_contents(struct bundle *bundle)
{
    for (size_t i = 0; i < bundle->count; i++) {
        struct bundle_entry *entry = &bundle->entries[i];
        if (!entry->is_decoded || entry_kind_is_public(entry->entry.kind))
            continue; /* key entries: read_keys() */
        if (entry_kind_is_control(entry->entry.kind) && entry->content == NULL)
            findings_add(bundle->findings, FINDING_CONTENT_MISSING, entry->index,
                         "the bundle does not hold its content");
        else if (entry_kind_is_control(entry->entry.kind))
            take_content(bundle, entry);
        else if (entry->content != NULL || entry->entry.kind == ENTRY_RECEIPT)
            findings_add(bundle->findings, FINDING_BUNDLE_ENTRIES, entry->index,
                         "a receipt, or a content of an entry that has none");
    }
}

static void check_document_hash(struct bundle *bundle)
{
    const struct bundle_entry *entry = bundle_find(bundle, bundle->document_index);
    struct digest hash = text_digest(json_object_get(bundle->json, "document"));
    if (entry == NULL || !entry->is_decoded || entry->entry.kind != ENTRY_DOCUMENT)
        findings_add(bundle->findings, FINDING_BUNDLE_ENTRIES, bundle->document_index,
                     "there is no document entry at this index");
    else if (!digest_equals(&hash, &entry->entry.control.content))
        findings_add(bundle->findings, FINDING_BUNDLE_DOCUMENT, bundle->document_index,
                     "the entry hashes another document");
}

static bool tenant_of(struct bundle *bundle, uint64_t *out)
{
    const json_t *number = json_object_get(json_object_get(bundle->document, "tenant"), "number");
    struct error why;
    if (json_is_string(number) && number_parse_u64(json_string_value(number),
                                                   json_string_length(number), "tenant", out, &why))
        return true;
    findings_add(bundle->findings, FINDING_BUNDLE_DOCUMENT, bundle->document_index,
                 "it names no tenant");
    return false;
}

/* Every entry is of the document's ledger, and of its tenant or the ledger itself. */
static void check_ledger(struct bundle *bundle, uint64_t tenant)
{
    const char *named = json_string_value(json_object_get(bundle->document, "ledger_id"));
    for (size_t i = 0; i < bundle->count; i++) {
        const struct bundle_entry *entry = &bundle->entries[i];
        char hex[2 * sizeof entry->entry.ledger.bytes + 1];
        if (!entry->is_decoded)
            continue;
        hex_encode(entry->entry.ledger.bytes, sizeof entry->entry.ledger.bytes, hex);
        if (named == NULL || strcmp(hex, named) != 0)
            findings_add(bundle->findings, FINDING_ENTRY_LEDGER, entry->index, "it is of ledger %s",
                         hex);
        if (entry->entry.tenant != tenant && entry->entry.tenant != 0)
            findings_add(bundle->findings, FINDING_BUNDLE_ENTRIES, entry->index,
                         "it is of another tenant");
    }
}

/* ------------------------------------------------------------------------------------ money */

/* An amount of the document in minor units; it must have as many decimals as the currency. */
bool bundle_amount(const struct bundle *bundle, const json_t *object, const char *name, int128 *out)
{
    const json_t *amount = json_object_get(object, name);
    struct decimal decimal;
    uint64_t exponent;
    struct error why;
    if (!json_is_string(amount) || !bundle_number(bundle->document, "exponent", &exponent) ||
        !decimal_parse(json_string_value(amount), json_string_length(amount), name, &decimal,
                       &why) ||
        decimal.scale != exponent)
        return false;
    *out = decimal.coefficient;
    return true;
}

static bool read_total(struct bundle *bundle, int128 *out)
{
    int128 net, tax, total;
    const char *kind = json_string_value(json_object_get(bundle->document, "document"));
    if (!bundle_amount(bundle, bundle->document, "net", &net) ||
        !bundle_amount(bundle, bundle->document, "tax", &tax) ||
        !bundle_amount(bundle, bundle->document, "total", out) || !number_add(net, tax, &total) ||
        kind == NULL)
        return false;
    if (total != *out)
        findings_add(bundle->findings, FINDING_BUNDLE_DOCUMENT, bundle->document_index,
                     "its net and tax do not make its total");
    if (strcmp(kind, *out < 0 ? "credit_note" : "invoice") != 0)
        findings_add(bundle->findings, FINDING_BUNDLE_DOCUMENT, bundle->document_index,
                     "a total of this sign is not one of '%.40s'", kind);
    return true;
}

static struct digest account_of(const char *what, const json_t *party)
{
    struct text id CLEANUP(text_release);
    const char *name = json_string_value(json_object_get(party, "id"));
    text_init(&id);
    text_printf(&id, "%s:%s", what, name != NULL ? name : "");
    return digest_subject("account", id.data);
}

/* Invoice: the tenant owes the seller; credit note: the other way round. */
static bool moves_total(const struct bundle *bundle, const struct transfer_body *transfer,
                        int128 total)
{
    struct digest owed = account_of("receivable", json_object_get(bundle->document, "tenant"));
    struct digest earned = account_of("revenue", json_object_get(bundle->document, "seller"));
    const char *currency = json_string_value(json_object_get(bundle->document, "currency"));
    uint64_t exponent;
    bool is_credit = total < 0;
    return (uint128)transfer->amount == (is_credit ? -(uint128)total : (uint128)total) &&
           digest_equals(&transfer->debit, is_credit ? &earned : &owed) &&
           digest_equals(&transfer->credit, is_credit ? &owed : &earned) && currency != NULL &&
           strcmp(transfer->currency, currency) == 0 &&
           bundle_number(bundle->document, "exponent", &exponent) &&
           transfer->exponent == exponent && transfer->code == (is_credit ? 2 : 1);
}

/* The transfer after the document moves exactly its total, for exactly this document. */
static void check_transfer(struct bundle *bundle, int128 total, uint64_t seq)
{
    const struct bundle_entry *entry = bundle_find(bundle, bundle->document_index + 1);
    struct digest hash = text_digest(json_object_get(bundle->json, "document"));
    if (entry == NULL || !entry->is_decoded || entry->entry.kind != ENTRY_TRANSFER ||
        entry->entry.stream_seq != seq)
        findings_add(bundle->findings, FINDING_BUNDLE_ENTRIES, bundle->document_index + 1,
                     "the document's transfer is not there");
    else if (!moves_total(bundle, &entry->entry.transfer, total) ||
             !digest_equals(&entry->entry.transfer.document, &hash))
        findings_add(bundle->findings, FINDING_BUNDLE_DOCUMENT, entry->index,
                     "its transfer moves another amount or names another document");
}

/* The transfers that the document's settlement names: burns of credits and the like. */
static const json_t *named_transfers(const struct bundle *bundle)
{
    return json_object_get(json_object_get(bundle->document, "settlement"), "transfers");
}

static bool is_account(const json_t *transfer, const char *side, const struct digest *account)
{
    const char *name = json_string_value(json_object_get(transfer, side));
    struct digest named = digest_subject("account", name != NULL ? name : "");
    return name != NULL && digest_equals(&named, account);
}

static bool moves_named(const struct bundle *bundle, const struct transfer_body *transfer,
                        const json_t *named)
{
    const char *currency = json_string_value(json_object_get(bundle->document, "currency"));
    uint64_t exponent, code;
    int128 amount;
    return bundle_amount(bundle, named, "amount", &amount) && transfer->amount == amount &&
           bundle_number(named, "code", &code) && transfer->code == code && code > 2 &&
           is_account(named, "debit", &transfer->debit) &&
           is_account(named, "credit", &transfer->credit) && currency != NULL &&
           strcmp(transfer->currency, currency) == 0 &&
           bundle_number(bundle->document, "exponent", &exponent) && transfer->exponent == exponent;
}

/* They stand after the document, or after its total's transfer, in the order that it names. */
static void check_named_transfers(struct bundle *bundle, uint64_t after, uint64_t seq)
{
    struct digest hash = text_digest(json_object_get(bundle->json, "document"));
    const json_t *named;
    size_t i;
    json_array_foreach (named_transfers(bundle), i, named) {
        const struct bundle_entry *entry = bundle_find(bundle, after + 1 + i);
        if (entry == NULL || !entry->is_decoded || entry->entry.kind != ENTRY_TRANSFER ||
            entry->entry.stream_seq != seq + i)
            findings_add(bundle->findings, FINDING_BUNDLE_ENTRIES, after + 1 + i,
                         "a transfer that the document names is not there");
        else if (!moves_named(bundle, &entry->entry.transfer, named) ||
                 !digest_equals(&entry->entry.transfer.document, &hash))
            findings_add(bundle->findings, FINDING_BUNDLE_DOCUMENT, entry->index,
                         "it is not the transfer that the document names");
    }
}

/* The money range, then the document's own entries, without gaps. */
static void check_money(struct bundle *bundle, uint64_t tenant)
{
    const json_t *range = json_object_get(json_object_get(bundle->document, "entries"), "money");
    uint64_t from, to, next;
    int128 total;
    if (!bundle_number(range, "from_seq", &from) || !bundle_number(range, "to_seq", &to) ||
        !bundle_number(range, "next", &next) || from > to || next != to ||
        !read_total(bundle, &total)) {
        findings_add(bundle->findings, FINDING_BUNDLE_DOCUMENT, bundle->document_index,
                     "it states no money range, or no net, tax and total");
        return;
    }
    const struct bundle_entry *own = bundle_find(bundle, bundle->document_index);
    uint64_t own_end = to + (total == 0 ? 1 : 2);
    uint64_t expected = from, end = own_end + json_array_size(named_transfers(bundle));
    if (own != NULL && own->is_decoded && own->entry.stream_seq != to)
        findings_add(bundle->findings, FINDING_BUNDLE_ENTRIES, own->index,
                     "the document is money %" PRIu64 ", and its range ends before %" PRIu64,
                     own->entry.stream_seq, to);
    for (size_t i = 0; i < bundle->count; i++) {
        const struct entry *entry = &bundle->entries[i].entry;
        if (!bundle->entries[i].is_decoded || entry->tenant != tenant ||
            entry->stream != STREAM_MONEY || entry->stream_seq < from || entry->stream_seq >= end)
            continue;
        if (entry->stream_seq != expected)
            findings_add(bundle->findings,
                         entry->stream_seq < expected ? FINDING_STREAM_ORDER : FINDING_STREAM_GAP,
                         bundle->entries[i].index, "money %" PRIu64 ", not %" PRIu64,
                         entry->stream_seq, expected);
        expected = entry->stream_seq + 1;
    }
    if (expected != end)
        findings_add(bundle->findings, FINDING_STREAM_GAP, FINDING_NO_INDEX,
                     "money ends at %" PRIu64 ", not %" PRIu64, expected, end);
    if (total != 0)
        check_transfer(bundle, total, to + 1);
    check_named_transfers(bundle, bundle->document_index + (total != 0), own_end);
}

void bundle_check_document(struct bundle *bundle)
{
    uint64_t tenant;
    check_document_hash(bundle);
    bundle_check_terms(bundle);
    if (!tenant_of(bundle, &tenant))
        return;
    check_ledger(bundle, tenant);
    check_money(bundle, tenant);
    bundle_check_previous(bundle, tenant);
    bundle_check_usage(bundle, tenant);
}
