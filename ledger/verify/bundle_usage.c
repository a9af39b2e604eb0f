#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "core/series.h"
#include "verify/bundle_totals.h"

struct set {
    uint64_t count;
    struct digest_running hash;
};

struct descriptor {
    struct digest series;
    bool is_used; /* by an entry */
};

struct usage_check {
    struct bundle *bundle;
    uint64_t tenant;
    uint64_t from_seq, to_seq;
    int64_t earlier_before_us; /* end of the last document's period: below from_seq, what begins
                                  before it was billed, what begins later is carried */
    struct spans spans;
    struct set carried, forward;
    struct sums made;   /* by the entries */
    struct sums stated; /* by the document */
    struct sums known;  /* by entries of earlier documents */
    struct descriptor *series;
    size_t series_count;
};

/* Descriptors begin with their digest. */
static int compare_digests(const void *a, const void *b)
{
    return memcmp(a, b, DIGEST_SIZE);
}

/* ----------------------------------------------------------------------------------- series */

static void take_descriptor(struct usage_check *check, const json_t *row)
{
    unsigned char bytes[SERIES_DESCRIPTOR_SIZE_MAX];
    const json_t *hex = json_object_get(row, "descriptor");
    const json_t *named = json_object_get(row, "series");
    size_t size = json_string_length(hex) / 2;
    struct series series;
    struct error why = {.message = "no descriptor in hex"};
    if (!json_is_string(hex) || size > sizeof bytes ||
        !hex_decode(json_string_value(hex), json_string_length(hex), bytes, size) ||
        !series_decode(bytes, size, &series, &why)) {
        findings_add(check->bundle->findings, FINDING_SERIES_MISMATCH, FINDING_NO_INDEX, "%s",
                     why.message);
        return;
    }
    struct digest hash = digest_of(bytes, size);
    if (named != NULL && !bundle_digest_is(row, "series", &hash))
        findings_add(check->bundle->findings, FINDING_SERIES_MISMATCH, FINDING_NO_INDEX,
                     "a descriptor is not what its series hashes");
    check->series[check->series_count++] = (struct descriptor){.series = hash};
}

/* Those of the bundle and those that the document itself names. */
static void read_series(struct usage_check *check)
{
    const json_t *own = json_object_get(check->bundle->json, "series"), *row;
    const json_t *documents = json_object_get(check->bundle->document, "series");
    size_t i, count = json_array_size(own) + json_array_size(documents);
    check->series = memory_alloc((count + 1) * sizeof *check->series);
    json_array_foreach (documents, i, row)
        take_descriptor(check, row);
    check->series_count = 0; /* each must be in the bundle's own list */
    json_array_foreach (own, i, row)
        take_descriptor(check, row);
    qsort(check->series, check->series_count, sizeof *check->series, compare_digests);
}

static void use_series(struct usage_check *check, const struct bundle_entry *entry)
{
    struct descriptor *found = bsearch(&entry->entry.usage.series, check->series,
                                       check->series_count, sizeof *check->series, compare_digests);
    if (found != NULL)
        found->is_used = true;
    else
        findings_add(check->bundle->findings, FINDING_SERIES_MISSING, entry->index,
                     "its series has no descriptor");
}

/* Also when one stands there twice. */
static void report_unused(struct usage_check *check)
{
    for (size_t i = 0; i < check->series_count; i++)
        if (!check->series[i].is_used)
            findings_add(check->bundle->findings, FINDING_SERIES_MISMATCH, FINDING_NO_INDEX,
                         "a descriptor of a series that no entry has");
}

/* ---------------------------------------------------------------------------------- entries */

static void check_number(struct usage_check *check, const struct bundle_entry *entry,
                         uint64_t *expected, uint64_t *last_carried)
{
    struct findings *findings = check->bundle->findings;
    uint64_t seq = entry->entry.stream_seq;
    if (seq < check->from_seq) {
        if (*expected != check->from_seq || (*last_carried != UINT64_MAX && seq <= *last_carried))
            findings_add(findings, FINDING_STREAM_ORDER, entry->index,
                         "usage %" PRIu64 " stands after a greater one", seq);
        *last_carried = seq;
        return;
    }
    if (seq >= check->to_seq)
        findings_add(findings, FINDING_BUNDLE_ENTRIES, entry->index,
                     "usage %" PRIu64 " is after the document's range", seq);
    else if (seq != *expected)
        findings_add(findings, seq < *expected ? FINDING_STREAM_ORDER : FINDING_STREAM_GAP,
                     entry->index, "usage %" PRIu64 ", not %" PRIu64, seq, *expected);
    *expected = seq + 1;
}

static void add_to_set(struct set *set, const struct leaf *leaf)
{
    struct digest hash = leaf_hash(leaf);
    digest_add(&set->hash, hash.bytes, DIGEST_SIZE);
    set->count++;
}

/* A correction of an entry that the bundle must hold takes from that one's series and window. */
static void check_correction(struct usage_check *check, const struct bundle_entry *entry)
{
    const struct usage_body *usage = &entry->entry.usage, *target = NULL;
    if (usage->corrected_seq < check->from_seq)
        return; /* of an earlier document */
    for (const struct bundle_entry *other = entry; other-- > check->bundle->entries;)
        if (other->is_decoded && other->entry.tenant == check->tenant &&
            other->entry.stream == STREAM_USAGE && other->entry.kind == ENTRY_USAGE &&
            other->entry.stream_seq == usage->corrected_seq) {
            target = &other->entry.usage;
            break;
        }
    if (target == NULL || !digest_equals(&target->series, &usage->series) ||
        target->from_us != usage->from_us || target->length_seconds != usage->length_seconds)
        findings_add(check->bundle->findings, FINDING_CORRECTION_TARGET, entry->index,
                     "it corrects usage %" PRIu64 ", which is not there or not alike",
                     usage->corrected_seq);
}

/* An entry of an earlier document, for an adjustment of its period. */
static void take_earlier(struct usage_check *check, const struct bundle_entry *entry)
{
    if (entry->entry.kind == ENTRY_EXCLUSION)
        findings_add(check->bundle->findings, FINDING_BUNDLE_ENTRIES, entry->index,
                     "no adjustment needs an exclusion");
    else
        sums_add_entry(&check->known, spans_label(&check->spans, check->bundle, entry), entry);
}

static void take_entry(struct usage_check *check, const struct bundle_entry *entry)
{
    const struct usage_body *usage = &entry->entry.usage;
    check->bundle->report->usage_entries++;
    use_series(check, entry);
    if (entry->entry.stream_seq < check->from_seq && usage->from_us < check->earlier_before_us) {
        take_earlier(check, entry);
        return;
    }
    if (entry->entry.stream_seq < check->from_seq)
        add_to_set(&check->carried, &entry->leaf);
    if (entry->index >= check->bundle->cut_size)
        findings_add(check->bundle->findings, FINDING_BUNDLE_ENTRIES, entry->index,
                     "usage after the document's cut");
    if (usage->from_us >= check->spans.items[0].to_us)
        add_to_set(&check->forward, &entry->leaf);
    else if (entry->entry.kind != ENTRY_EXCLUSION)
        sums_add_entry(&check->made, spans_label(&check->spans, check->bundle, entry), entry);
    if (entry->entry.kind == ENTRY_CORRECTION)
        check_correction(check, entry);
}

static void take_entries(struct usage_check *check)
{
    uint64_t expected = check->from_seq, last_carried = UINT64_MAX;
    for (size_t i = 0; i < check->bundle->count; i++) {
        const struct bundle_entry *entry = &check->bundle->entries[i];
        if (!entry->is_decoded || entry->entry.tenant != check->tenant ||
            entry->entry.stream != STREAM_USAGE)
            continue;
        check_number(check, entry, &expected, &last_carried);
        take_entry(check, entry);
    }
    if (expected != check->to_seq)
        findings_add(check->bundle->findings, FINDING_STREAM_GAP, FINDING_NO_INDEX,
                     "usage ends at %" PRIu64 ", not %" PRIu64, expected, check->to_seq);
}

/* -------------------------------------------------------------------------------- comparing */

static void compare_set(struct usage_check *check, const char *name, struct set *set)
{
    const json_t *stated = json_object_get(check->bundle->document, name);
    struct digest hash = digest_finish(&set->hash);
    uint64_t count;
    if (!bundle_number(stated, "count", &count) || count != set->count ||
        !bundle_digest_is(stated, "hash", &hash))
        findings_add(check->bundle->findings, FINDING_BUNDLE_FORWARD, FINDING_NO_INDEX,
                     "the entries make another '%s' (%" PRIu64 " of them)", name, set->count);
}

static bool read_range(struct usage_check *check)
{
    const json_t *document = check->bundle->document;
    const json_t *range = json_object_get(json_object_get(document, "entries"), "usage");
    uint64_t next;
    return bundle_number(range, "from_seq", &check->from_seq) &&
           bundle_number(range, "to_seq", &check->to_seq) && bundle_number(range, "next", &next) &&
           check->from_seq <= check->to_seq && next == check->to_seq;
}

/* Where the last document's period ended. */
static void read_previous(struct usage_check *check)
{
    const struct bundle_entry *previous =
        bundle_document_before(check->bundle, check->tenant, check->bundle->document);
    check->earlier_before_us = INT64_MIN;
    if (previous != NULL &&
        !bundle_instant(json_object_get(previous->json, "period"), "to", &check->earlier_before_us))
        findings_add(check->bundle->findings, FINDING_BUNDLE_PREVIOUS, previous->index,
                     "it states no period");
}

static void compare_totals(struct usage_check *check)
{
    struct bundle *bundle = check->bundle;
    if (!sums_read(&check->stated, json_object_get(bundle->document, "usage"), &check->spans)) {
        findings_add(bundle->findings, FINDING_BUNDLE_USAGE, FINDING_NO_INDEX,
                     "the usage cannot be read");
        return;
    }
    sums_compare(bundle, &check->made, &check->stated);
    bundle_check_earlier(bundle, check->tenant, &check->stated, &check->known);
}

void bundle_check_usage(struct bundle *bundle, uint64_t tenant)
{
    struct usage_check check = {.bundle = bundle, .tenant = tenant};
    bool has_range = read_range(&check);
    spans_read(bundle, tenant, &check.spans);
    if (!has_range || check.spans.count == 0) {
        findings_add(bundle->findings, FINDING_BUNDLE_DOCUMENT, bundle->document_index,
                     "it states no usage range or period");
        free(check.spans.items);
        return;
    }
    digest_start(&check.carried.hash);
    digest_start(&check.forward.hash);
    read_previous(&check);
    read_series(&check);
    take_entries(&check);
    compare_set(&check, "carried", &check.carried);
    compare_set(&check, "forward", &check.forward);
    compare_totals(&check);
    report_unused(&check);
    free(check.spans.items);
    free(check.series);
    free(check.made.items);
    free(check.stated.items);
    free(check.known.items);
}
