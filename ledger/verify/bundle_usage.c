#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "core/series.h"
#include "verify/bundle_parts.h"

/* A period's label and borders, as its entry in the bundle says. */
struct span {
    const char *label;
    int64_t from_us, to_us;
};

/* A series' usage of a period; label "": of windows in no period. */
struct sum {
    const char *label;
    struct digest series;
    int128 quantity;
    uint64_t entries;
};

struct sums {
    struct sum *items;
    size_t count;
    size_t capacity;
};

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
    struct span *spans; /* the document's period, the one before it, … */
    size_t span_count;
    size_t span_capacity;
    bool spans_are_whole; /* they begin with the tenant's first */
    struct set carried, forward;
    struct sums made;   /* by the entries */
    struct sums stated; /* by the document */
    struct descriptor *series;
    size_t series_count;
};

/* Descriptors begin with their digest. */
static int compare_digests(const void *a, const void *b)
{
    return memcmp(a, b, DIGEST_SIZE);
}

static int compare_sums(const void *a, const void *b)
{
    const struct sum *x = a, *y = b;
    int order = strcmp(x->label, y->label);
    return order != 0 ? order : compare_digests(&x->series, &y->series);
}

static void add_sum(struct sums *sums, const struct sum *sum)
{
    sums->items = memory_grow(sums->items, &sums->capacity, sums->count + 1, sizeof *sums->items);
    sums->items[sums->count++] = *sum;
}

/* Sorted, each series once; false when a sum does not fit. */
static bool merge_sums(struct sums *sums)
{
    size_t kept = 0;
    if (sums->count > 0)
        qsort(sums->items, sums->count, sizeof *sums->items, compare_sums);
    for (size_t i = 0; i < sums->count; i++) {
        struct sum *last = kept > 0 ? &sums->items[kept - 1] : NULL;
        if (last == NULL || compare_sums(last, &sums->items[i]) != 0)
            sums->items[kept++] = sums->items[i];
        else if (!number_add(last->quantity, sums->items[i].quantity, &last->quantity))
            return false;
        else
            last->entries += sums->items[i].entries;
    }
    sums->count = kept;
    return true;
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

/* ---------------------------------------------------------------------------------- periods */

static bool add_span(struct usage_check *check, const json_t *period)
{
    struct span span = {.label = json_string_value(json_object_get(period, "label"))};
    const struct span *last = check->span_count > 0 ? &check->spans[check->span_count - 1] : NULL;
    if (span.label == NULL || span.label[0] == '\0' ||
        !bundle_instant(period, "from", &span.from_us) ||
        !bundle_instant(period, "to", &span.to_us) || span.from_us >= span.to_us ||
        (last != NULL && span.to_us > last->from_us))
        return false;
    for (size_t i = 0; i < check->span_count; i++)
        if (strcmp(check->spans[i].label, span.label) == 0)
            return false;
    check->spans = memory_grow(check->spans, &check->span_capacity, check->span_count + 1,
                               sizeof *check->spans);
    check->spans[check->span_count++] = span;
    return true;
}

/* Each period's entry names the one before, as far back as the bundle goes: so no document can
 * move a window into another period. */
static void read_spans(struct usage_check *check)
{
    struct bundle *bundle = check->bundle;
    const json_t *period = json_object_get(bundle->document, "period");
    uint64_t index, tenant = check->tenant;
    const struct bundle_entry *entry = NULL;
    if (bundle_number(period, "index", &index))
        entry = bundle_find(bundle, index);
    while (entry != NULL && entry->is_decoded && entry->entry.kind == ENTRY_PERIOD &&
           entry->entry.tenant == tenant && entry->json != NULL) {
        if (!add_span(check, check->span_count == 0 ? period : entry->json)) {
            findings_add(bundle->findings, FINDING_CONTENT_MALFORMED, entry->index,
                         "it is not the period before the next one");
            return;
        }
        check->spans_are_whole = json_is_null(json_object_get(entry->json, "previous"));
        if (!bundle_number(entry->json, "previous", &index) || index >= entry->index)
            return;
        entry = bundle_find(bundle, index);
    }
}

static const char *label_of(struct usage_check *check, const struct bundle_entry *entry)
{
    int64_t from_us = entry->entry.usage.from_us;
    size_t i = 0;
    while (i < check->span_count && from_us < check->spans[i].from_us)
        i++;
    if (i < check->span_count)
        return from_us < check->spans[i].to_us ? check->spans[i].label : "";
    if (!check->spans_are_whole)
        findings_add(check->bundle->findings, FINDING_BUNDLE_ENTRIES, entry->index,
                     "the period of its window is not in the bundle");
    return "";
}

/* Of a period in the bundle; a row of no period says so, and its month's name means nothing. */
static bool is_label(const struct usage_check *check, const char *label)
{
    for (size_t i = 0; i < check->span_count; i++)
        if (strcmp(check->spans[i].label, label) == 0)
            return true;
    return false;
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
            other->entry.stream == STREAM_USAGE && other->entry.kind != ENTRY_CORRECTION &&
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

static void take_entry(struct usage_check *check, const struct bundle_entry *entry)
{
    const struct usage_body *usage = &entry->entry.usage;
    if (entry->entry.stream_seq < check->from_seq)
        add_to_set(&check->carried, &entry->leaf);
    if (entry->index >= check->bundle->cut_size)
        findings_add(check->bundle->findings, FINDING_BUNDLE_ENTRIES, entry->index,
                     "usage after the document's cut");
    if (usage->from_us >= check->spans[0].to_us) {
        add_to_set(&check->forward, &entry->leaf);
    } else if (entry->entry.kind != ENTRY_EXCLUSION) {
        struct sum sum = {.label = label_of(check, entry),
                          .series = usage->series,
                          .quantity = usage->quantity,
                          .entries = 1};
        add_sum(&check->made, &sum);
    }
    use_series(check, entry);
    if (entry->entry.kind == ENTRY_CORRECTION)
        check_correction(check, entry);
    check->bundle->report->usage_entries++;
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

/* By period, whether it was billed, and series; none twice. */
static bool read_stated(struct usage_check *check)
{
    const json_t *row;
    size_t i;
    struct sum last = {.label = ""};
    bool last_unrated = false;
    json_array_foreach (json_object_get(check->bundle->document, "usage"), i, row) {
        const char *label = json_string_value(json_object_get(row, "period"));
        const char *series = json_string_value(json_object_get(row, "series"));
        const json_t *quantity = json_object_get(row, "quantity");
        struct sum sum = {.label = label};
        struct error why;
        if (label == NULL || series == NULL || !json_is_string(quantity) ||
            !digest_parse_hex(series, "series", &sum.series, &why) ||
            !number_parse_int128(json_string_value(quantity), json_string_length(quantity),
                                 "quantity", &sum.quantity, &why) ||
            !bundle_number(row, "entries", &sum.entries))
            return false;
        bool unrated = json_is_true(json_object_get(row, "unrated"));
        int order = strcmp(last.label, label);
        if (order == 0)
            order = (int)last_unrated - (int)unrated;
        if (order > 0 || (order == 0 && compare_sums(&last, &sum) >= 0))
            return false;
        last = sum;
        last_unrated = unrated;
        if (unrated)
            sum.label = "";
        else if (!is_label(check, label))
            return false;
        add_sum(&check->stated, &sum);
    }
    return true;
}

static void report_usage(struct usage_check *check, const struct sum *sum, const char *what)
{
    char hex[DIGEST_HEX_SIZE];
    findings_add(check->bundle->findings, FINDING_BUNDLE_USAGE, FINDING_NO_INDEX,
                 "series %s of %s: %s", digest_hex(&sum->series, hex),
                 sum->label[0] != '\0' ? sum->label : "no period", what);
}

static void compare_totals(struct usage_check *check)
{
    if (!read_stated(check) || !merge_sums(&check->stated) || !merge_sums(&check->made)) {
        findings_add(check->bundle->findings, FINDING_BUNDLE_USAGE, FINDING_NO_INDEX,
                     "the usage cannot be read or does not fit");
        return;
    }
    size_t i = 0, j = 0;
    while (i < check->made.count || j < check->stated.count) {
        const struct sum *made = &check->made.items[i], *stated = &check->stated.items[j];
        int order = i == check->made.count     ? 1
                    : j == check->stated.count ? -1
                                               : compare_sums(made, stated);
        if (order < 0)
            report_usage(check, made, "the document does not count it");
        else if (order > 0)
            report_usage(check, stated, "there are no entries of it");
        else if (made->quantity != stated->quantity || made->entries != stated->entries)
            report_usage(check, made, "the entries make another total");
        i += order <= 0;
        j += order >= 0;
    }
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

void bundle_check_usage(struct bundle *bundle, uint64_t tenant)
{
    struct usage_check check = {.bundle = bundle, .tenant = tenant};
    bool has_range = read_range(&check);
    read_spans(&check);
    if (!has_range || check.span_count == 0) {
        findings_add(bundle->findings, FINDING_BUNDLE_DOCUMENT, bundle->document_index,
                     "it states no usage range or period");
        free(check.spans);
        return;
    }
    digest_start(&check.carried.hash);
    digest_start(&check.forward.hash);
    read_series(&check);
    take_entries(&check);
    compare_set(&check, "carried", &check.carried);
    compare_set(&check, "forward", &check.forward);
    compare_totals(&check);
    report_unused(&check);
    free(check.spans);
    free(check.series);
    free(check.made.items);
    free(check.stated.items);
}
