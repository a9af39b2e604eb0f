/* A document goes on where the tenant's last one ended: nothing is billed twice or left out. */
#include <inttypes.h>

#include "verify/bundle_parts.h"

static void broken(struct bundle *bundle, uint64_t index, const char *what)
{
    findings_add(bundle->findings, FINDING_BUNDLE_PREVIOUS, index, "%s", what);
}

static bool stream_number(const json_t *document, const char *stream, const char *name,
                          uint64_t *out)
{
    return bundle_number(json_object_get(json_object_get(document, "entries"), stream), name, out);
}

static bool is_money(const struct bundle_entry *entry, uint64_t tenant)
{
    return entry->is_decoded && entry->entry.tenant == tenant &&
           entry->entry.stream == STREAM_MONEY;
}

/* Where `previous` ended, this one begins. */
static bool continues(const json_t *previous, const json_t *document, const char *stream)
{
    uint64_t next, from;
    return stream_number(previous, stream, "next", &next) &&
           stream_number(document, stream, "from_seq", &from) && next == from;
}

static void check_joint(struct bundle *bundle, const struct bundle_entry *entry)
{
    const json_t *previous = entry->json, *document = bundle->document;
    int64_t to, from;
    uint64_t size;
    if (!continues(previous, document, "usage") || !continues(previous, document, "money"))
        broken(bundle, entry->index, "the document before it ended elsewhere");
    if (json_equal(json_object_get(previous, "forward"), json_object_get(document, "carried")) != 1)
        broken(bundle, entry->index, "the document before it carried other entries forward");
    if (!bundle_instant(json_object_get(previous, "period"), "to", &to) ||
        !bundle_instant(json_object_get(document, "period"), "from", &from) || to > from)
        broken(bundle, entry->index, "its period begins before the last one's end");
    if (!bundle_number(json_array_get(json_object_get(previous, "cut"), 0), "size", &size) ||
        size > bundle->cut_size)
        broken(bundle, entry->index, "its cut is before the last one's");
}

/* The last document's: of its total right after it, or of those that its settlement names. */
static bool is_transfer_of(const struct bundle_entry *entry, const struct bundle_entry *document,
                           uint64_t document_seq)
{
    const json_t *settlement = json_object_get(document->json, "settlement");
    uint64_t named = json_array_size(json_object_get(settlement, "transfers"));
    uint64_t after = entry->entry.stream_seq - document_seq;
    return digest_equals(&entry->entry.transfer.document, &document->entry.control.content) &&
           (entry->entry.transfer.code <= 2 ? after == 1 : after <= named + 1);
}

/* Of the money before the document's own: the first may be a document and its transfers follow;
 * another document or transfer would be money that no chain of documents shows. */
static const struct bundle_entry *find_previous(struct bundle *bundle, uint64_t tenant,
                                                uint64_t from, uint64_t to)
{
    const struct bundle_entry *previous = NULL;
    for (size_t i = 0; i < bundle->count; i++) {
        const struct bundle_entry *entry = &bundle->entries[i];
        uint64_t seq = entry->entry.stream_seq;
        if (!is_money(entry, tenant) || seq >= to || seq < from)
            continue; /* before it: documents of periods that this one adjusts */
        if (entry->entry.kind == ENTRY_DOCUMENT && from > 0 && seq == from)
            previous = entry;
        else if (entry->entry.kind == ENTRY_DOCUMENT)
            broken(bundle, entry->index, "another document lies in its range");
        else if (entry->entry.kind == ENTRY_TRANSFER &&
                 (previous == NULL || !is_transfer_of(entry, previous, from)))
            broken(bundle, entry->index, "a transfer that is not the last document's");
    }
    return previous;
}

void bundle_check_previous(struct bundle *bundle, uint64_t tenant)
{
    uint64_t money_from, money_to, usage_from;
    if (!stream_number(bundle->document, "money", "from_seq", &money_from) ||
        !stream_number(bundle->document, "money", "to_seq", &money_to) ||
        !stream_number(bundle->document, "usage", "from_seq", &usage_from))
        return; /* said where the ranges are read */
    const struct bundle_entry *previous = find_previous(bundle, tenant, money_from, money_to);
    if (previous != NULL && previous->json != NULL)
        check_joint(bundle, previous);
    else if (previous == NULL && (money_from > 0 || usage_from > 0))
        broken(bundle, FINDING_NO_INDEX, "the document that it continues is not there");
}
