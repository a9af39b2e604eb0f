#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/instant.h"
#include "core/series.h"
#include "verify/bundle_parts.h"

/* A series' usage: of the document's period, or of all periods before it. */
struct sum {
    struct digest series;
    bool is_earlier;
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

struct usage_check {
    struct bundle *bundle;
    uint64_t tenant;
    uint64_t from_seq, to_seq;
    int64_t period_from_us, period_to_us;
    const char *label;
    struct set carried, forward;
    struct sums made;   /* by the entries */
    struct sums stated; /* by the document */
    struct digest *series;
    size_t series_count;
};

static int compare_digests(const void *a, const void *b)
{
    return memcmp(a, b, DIGEST_SIZE);
}

static int compare_sums(const void *a, const void *b)
{
    const struct sum *x = a, *y = b;
    return x->is_earlier != y->is_earlier ? (int)x->is_earlier - (int)y->is_earlier
                                          : compare_digests(&x->series, &y->series);
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
    check->series[check->series_count++] = hash;
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

static void take_entry(struct usage_check *check, const struct bundle_entry *entry)
{
    const struct usage_body *usage = &entry->entry.usage;
    if (entry->entry.stream_seq < check->from_seq)
        add_to_set(&check->carried, &entry->leaf);
    if (usage->from_us >= check->period_to_us) {
        add_to_set(&check->forward, &entry->leaf);
    } else if (entry->entry.kind != ENTRY_EXCLUSION) {
        struct sum sum = {.series = usage->series,
                          .is_earlier = usage->from_us < check->period_from_us,
                          .quantity = usage->quantity,
                          .entries = 1};
        add_sum(&check->made, &sum);
    }
    if (entry->entry.kind != ENTRY_EXCLUSION &&
        bsearch(&usage->series, check->series, check->series_count, sizeof *check->series,
                compare_digests) == NULL)
        findings_add(check->bundle->findings, FINDING_SERIES_MISSING, entry->index,
                     "its series has no descriptor");
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

static bool read_stated(struct usage_check *check)
{
    const json_t *row;
    size_t i;
    json_array_foreach (json_object_get(check->bundle->document, "usage"), i, row) {
        const char *label = json_string_value(json_object_get(row, "period"));
        const char *series = json_string_value(json_object_get(row, "series"));
        const json_t *quantity = json_object_get(row, "quantity");
        struct sum sum = {.entries = 0};
        struct error why;
        if (label == NULL || series == NULL || !json_is_string(quantity) ||
            !digest_parse_hex(series, "series", &sum.series, &why) ||
            !number_parse_int128(json_string_value(quantity), json_string_length(quantity),
                                 "quantity", &sum.quantity, &why) ||
            !bundle_number(row, "entries", &sum.entries))
            return false;
        sum.is_earlier = strcmp(label, check->label) != 0;
        add_sum(&check->stated, &sum);
    }
    return true;
}

static void report_usage(struct usage_check *check, const struct sum *sum, const char *what)
{
    char hex[DIGEST_HEX_SIZE];
    findings_add(check->bundle->findings, FINDING_BUNDLE_USAGE, FINDING_NO_INDEX, "series %s%s: %s",
                 digest_hex(&sum->series, hex), sum->is_earlier ? " of earlier periods" : "", what);
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

static bool read_instant(const json_t *object, const char *name, int64_t *out)
{
    const json_t *text = json_object_get(object, name);
    struct error why;
    return json_is_string(text) &&
           instant_parse(json_string_value(text), json_string_length(text), name, out, &why);
}

static bool read_range(struct usage_check *check)
{
    const json_t *document = check->bundle->document;
    const json_t *range = json_object_get(json_object_get(document, "entries"), "usage");
    const json_t *period = json_object_get(document, "period");
    check->label = json_string_value(json_object_get(period, "label"));
    return check->label != NULL && bundle_number(range, "from_seq", &check->from_seq) &&
           bundle_number(range, "to_seq", &check->to_seq) &&
           read_instant(period, "from", &check->period_from_us) &&
           read_instant(period, "to", &check->period_to_us);
}

void bundle_check_usage(struct bundle *bundle, uint64_t tenant)
{
    struct usage_check check = {.bundle = bundle, .tenant = tenant};
    if (!read_range(&check)) {
        findings_add(bundle->findings, FINDING_BUNDLE_DOCUMENT, bundle->document_index,
                     "it states no usage range or period");
        return;
    }
    digest_start(&check.carried.hash);
    digest_start(&check.forward.hash);
    read_series(&check);
    take_entries(&check);
    compare_set(&check, "carried", &check.carried);
    compare_set(&check, "forward", &check.forward);
    compare_totals(&check);
    free(check.series);
    free(check.made.items);
    free(check.stated.items);
}
