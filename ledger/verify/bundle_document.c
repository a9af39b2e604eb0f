#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "verify/bundle_parts.h"

static struct digest text_digest(const json_t *text)
{
    return digest_of(json_string_value(text), json_string_length(text));
}

void bundle_check_contents(struct bundle *bundle)
{
    for (size_t i = 0; i < bundle->count; i++) {
        const struct bundle_entry *entry = &bundle->entries[i];
        if (!entry->is_decoded || entry_kind_is_public(entry->entry.kind))
            continue; /* key entries: read_keys() */
        if (!entry_kind_is_control(entry->entry.kind)) {
            if (entry->content != NULL)
                findings_add(bundle->findings, FINDING_BUNDLE_ENTRIES, entry->index,
                             "a content of an entry that has none");
        } else if (entry->content == NULL) {
            findings_add(bundle->findings, FINDING_CONTENT_MISSING, entry->index,
                         "the bundle does not hold its content");
        } else {
            struct digest hash = text_digest(entry->content);
            if (!digest_equals(&hash, &entry->entry.control.content))
                findings_add(bundle->findings, FINDING_CONTENT_MISMATCH, entry->index,
                             "the entry hashes another content");
        }
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

static void check_named(struct bundle *bundle, const json_t *named, enum entry_kind kind)
{
    uint64_t index = FINDING_NO_INDEX;
    const struct bundle_entry *entry = NULL;
    if (bundle_number(named, "index", &index))
        entry = bundle_find(bundle, index);
    if (entry == NULL || !entry->is_decoded || entry->entry.kind != kind)
        findings_add(bundle->findings, FINDING_BUNDLE_ENTRIES, index,
                     "the document's '%s' entry is not there", entry_kind_word(kind));
    else if (json_object_get(named, "hash") != NULL &&
             !bundle_digest_is(named, "hash", &entry->entry.control.content))
        findings_add(bundle->findings, FINDING_BUNDLE_DOCUMENT, index,
                     "the document names another '%s' by its hash", entry_kind_word(kind));
}

static void check_all_named(struct bundle *bundle)
{
    const json_t *plan;
    size_t i;
    json_array_foreach (json_object_get(bundle->document, "plans"), i, plan)
        check_named(bundle, plan, ENTRY_PLAN);
    check_named(bundle, json_object_get(bundle->document, "contract"), ENTRY_CONTRACT);
    check_named(bundle, json_object_get(bundle->document, "period"), ENTRY_PERIOD);
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

static bool read_total(const struct bundle *bundle, int128 *out)
{
    const json_t *total = json_object_get(bundle->document, "total");
    struct decimal decimal;
    struct error why;
    if (!json_is_string(total) ||
        !decimal_parse(json_string_value(total), json_string_length(total), "total", &decimal,
                       &why))
        return false;
    *out = decimal.coefficient;
    return true;
}

/* The transfer after the document moves exactly its total, for exactly this document. */
static void check_transfer(struct bundle *bundle, int128 total)
{
    const struct bundle_entry *entry = bundle_find(bundle, bundle->document_index + 1);
    struct digest hash = text_digest(json_object_get(bundle->json, "document"));
    if (entry == NULL || !entry->is_decoded || entry->entry.kind != ENTRY_TRANSFER)
        findings_add(bundle->findings, FINDING_BUNDLE_ENTRIES, bundle->document_index + 1,
                     "the document's transfer is not there");
    else if (entry->entry.transfer.amount != (total < 0 ? -total : total) ||
             !digest_equals(&entry->entry.transfer.document, &hash))
        findings_add(bundle->findings, FINDING_BUNDLE_DOCUMENT, entry->index,
                     "its transfer moves another amount or names another document");
}

/* The money range, then the document's own entries, without gaps. */
static void check_money(struct bundle *bundle, uint64_t tenant)
{
    const json_t *range = json_object_get(json_object_get(bundle->document, "entries"), "money");
    uint64_t from, to;
    int128 total;
    if (!bundle_number(range, "from_seq", &from) || !bundle_number(range, "to_seq", &to) ||
        !read_total(bundle, &total)) {
        findings_add(bundle->findings, FINDING_BUNDLE_DOCUMENT, bundle->document_index,
                     "it states no money range or total");
        return;
    }
    uint64_t expected = from, end = to + (total == 0 ? 1 : 2);
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
        check_transfer(bundle, total);
}

void bundle_check_document(struct bundle *bundle)
{
    uint64_t tenant;
    check_document_hash(bundle);
    check_all_named(bundle);
    if (!tenant_of(bundle, &tenant))
        return;
    check_ledger(bundle, tenant);
    check_money(bundle, tenant);
    bundle_check_usage(bundle, tenant);
}
