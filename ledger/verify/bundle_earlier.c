/*
 * Late usage: what was known before of the periods that the document adjusts, so that whoever rates
 * it again has all that the adjustment was made of.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "verify/bundle_totals.h"

/* The document before this one, and those before it that the bundle holds, newest first. */
struct earlier {
    struct bundle *bundle;
    const struct bundle_entry **documents;
    size_t count;
};

static const struct bundle_entry *document_at(const struct bundle *bundle, uint64_t tenant,
                                              uint64_t money_seq)
{
    for (size_t i = 0; i < bundle->count; i++) {
        const struct bundle_entry *entry = &bundle->entries[i];
        if (entry->is_decoded && entry->entry.kind == ENTRY_DOCUMENT &&
            entry->entry.tenant == tenant && entry->entry.stream_seq == money_seq &&
            entry->index < bundle->document_index)
            return entry->json != NULL ? entry : NULL;
    }
    return NULL;
}

/* A document's money range begins with the document before it. */
const struct bundle_entry *bundle_document_before(const struct bundle *bundle, uint64_t tenant,
                                                  const json_t *document)
{
    const json_t *entries = json_object_get(document, "entries");
    uint64_t from;
    return bundle_number(json_object_get(entries, "money"), "from_seq", &from) && from > 0
               ? document_at(bundle, tenant, from)
               : NULL;
}

static void read_documents(struct earlier *earlier, uint64_t tenant)
{
    struct bundle *bundle = earlier->bundle;
    const json_t *document = bundle->document;
    earlier->documents = memory_alloc((bundle->count + 1) * sizeof *earlier->documents);
    for (uint64_t index = bundle->document_index;;) {
        const struct bundle_entry *before = bundle_document_before(bundle, tenant, document);
        uint64_t next, from;
        if (before == NULL || before->index >= index) /* no way round in a circle */
            return;
        index = before->index;
        if (!bundle_number(json_object_get(json_object_get(before->json, "entries"), "usage"),
                           "next", &next) ||
            !bundle_number(json_object_get(json_object_get(document, "entries"), "usage"),
                           "from_seq", &from) ||
            next != from)
            findings_add(bundle->findings, FINDING_BUNDLE_PREVIOUS, before->index,
                         "it does not end where the next document begins");
        earlier->documents[earlier->count++] = before;
        document = before->json;
    }
}

/* The plans and the contract that a document was made with. */
static void check_terms(struct bundle *bundle, const struct bundle_entry *document)
{
    const json_t *plan;
    size_t i;
    (void)bundle_named(bundle, json_object_get(document->json, "contract"), ENTRY_CONTRACT);
    json_array_foreach (json_object_get(document->json, "plans"), i, plan)
        (void)bundle_named(bundle, plan, ENTRY_PLAN);
}

/* The document of a period that this one adjusts, and all between the two. */
static void check_original(struct earlier *earlier, const char *label)
{
    for (size_t i = 0; i < earlier->count; i++) {
        const struct bundle_entry *document = earlier->documents[i];
        const json_t *period = json_object_get(document->json, "period");
        const char *of = json_string_value(json_object_get(period, "label"));
        if (of != NULL && strcmp(of, label) == 0) {
            check_terms(earlier->bundle, document);
            return;
        }
    }
    findings_add(earlier->bundle->findings, FINDING_BUNDLE_ENTRIES, FINDING_NO_INDEX,
                 "the document of %s, which has late usage, is not there", label);
}

static bool has_label(const struct sums *sums, const char *label)
{
    for (size_t i = 0; i < sums->count; i++)
        if (strcmp(sums->items[i].label, label) == 0)
            return true;
    return false;
}

/* Rows of the periods in `late` stay. */
static void keep_late(struct sums *sums, const struct sums *late)
{
    size_t kept = 0;
    for (size_t i = 0; i < sums->count; i++)
        if (has_label(late, sums->items[i].label))
            sums->items[kept++] = sums->items[i];
    sums->count = kept;
}

/* Periods other than the document's own, each once. */
static void read_late(const struct bundle *bundle, const struct sums *stated, struct sums *late)
{
    const json_t *period = json_object_get(bundle->document, "period");
    const char *own = json_string_value(json_object_get(period, "label"));
    for (size_t i = 0; i < stated->count; i++) {
        const char *label = stated->items[i].label;
        if (label[0] != '\0' && own != NULL && strcmp(label, own) != 0 && !has_label(late, label))
            sums_add(late, &stated->items[i]);
    }
}

void bundle_check_earlier(struct bundle *bundle, uint64_t tenant, const struct sums *stated,
                          struct sums *known)
{
    struct earlier earlier = {.bundle = bundle};
    struct sums late = {0}, before = {0};
    bool readable = true;
    read_documents(&earlier, tenant);
    read_late(bundle, stated, &late);
    for (size_t i = 0; i < late.count; i++)
        check_original(&earlier, late.items[i].label);
    for (size_t i = 0; i < earlier.count && readable; i++)
        readable = sums_read(&before, json_object_get(earlier.documents[i]->json, "usage"), NULL);
    if (!readable)
        findings_add(bundle->findings, FINDING_BUNDLE_USAGE, FINDING_NO_INDEX,
                     "an earlier document's usage cannot be read");
    keep_late(&before, &late);
    if (readable)
        sums_compare(bundle, known, &before);
    free(earlier.documents);
    free(late.items);
    free(before.items);
}
