#include "verify/bundle_totals.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

/* ---------------------------------------------------------------------------------- periods */

static bool add_span(struct spans *spans, const json_t *period)
{
    struct span span = {.label = json_string_value(json_object_get(period, "label"))};
    const struct span *last = spans->count > 0 ? &spans->items[spans->count - 1] : NULL;
    if (span.label == NULL || span.label[0] == '\0' ||
        !bundle_instant(period, "from", &span.from_us) ||
        !bundle_instant(period, "to", &span.to_us) || span.from_us >= span.to_us ||
        (last != NULL && span.to_us > last->from_us) || spans_have(spans, span.label))
        return false;
    spans->items =
        memory_grow(spans->items, &spans->capacity, spans->count + 1, sizeof *spans->items);
    spans->items[spans->count++] = span;
    return true;
}

/* Each period's entry names the one before, as far back as the bundle goes: so no document can
 * move a window into another period. */
void spans_read(struct bundle *bundle, uint64_t tenant, struct spans *spans)
{
    const json_t *period = json_object_get(bundle->document, "period");
    uint64_t index;
    const struct bundle_entry *entry = NULL;
    if (bundle_number(period, "index", &index))
        entry = bundle_find(bundle, index);
    while (entry != NULL && entry->is_decoded && entry->entry.kind == ENTRY_PERIOD &&
           entry->entry.tenant == tenant && entry->json != NULL) {
        if (!add_span(spans, spans->count == 0 ? period : entry->json)) {
            findings_add(bundle->findings, FINDING_CONTENT_MALFORMED, entry->index,
                         "it is not the period before the next one");
            return;
        }
        spans->are_whole = json_is_null(json_object_get(entry->json, "previous"));
        if (!bundle_number(entry->json, "previous", &index) || index >= entry->index)
            return;
        entry = bundle_find(bundle, index);
    }
}

const char *spans_label(const struct spans *spans, struct bundle *bundle,
                        const struct bundle_entry *entry)
{
    int64_t from_us = entry->entry.usage.from_us;
    size_t i = 0;
    while (i < spans->count && from_us < spans->items[i].from_us)
        i++;
    if (i < spans->count)
        return from_us < spans->items[i].to_us ? spans->items[i].label : "";
    if (!spans->are_whole)
        findings_add(bundle->findings, FINDING_BUNDLE_ENTRIES, entry->index,
                     "the period of its window is not in the bundle");
    return "";
}

bool spans_have(const struct spans *spans, const char *label)
{
    for (size_t i = 0; i < spans->count; i++)
        if (strcmp(spans->items[i].label, label) == 0)
            return true;
    return false;
}

/* ------------------------------------------------------------------------------------- sums */

static int compare_sums(const void *a, const void *b)
{
    const struct sum *x = a, *y = b;
    int order = strcmp(x->label, y->label);
    return order != 0 ? order : memcmp(&x->series, &y->series, DIGEST_SIZE);
}

void sums_add(struct sums *sums, const struct sum *sum)
{
    sums->items = memory_grow(sums->items, &sums->capacity, sums->count + 1, sizeof *sums->items);
    sums->items[sums->count++] = *sum;
}

void sums_add_entry(struct sums *sums, const char *label, const struct bundle_entry *entry)
{
    sums_add(sums, &(struct sum){.label = label,
                                 .series = entry->entry.usage.series,
                                 .quantity = entry->entry.usage.quantity,
                                 .entries = 1});
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

static bool read_row(const json_t *row, struct sum *out)
{
    const json_t *quantity = json_object_get(row, "quantity");
    const char *series = json_string_value(json_object_get(row, "series"));
    struct error why;
    *out = (struct sum){.label = json_string_value(json_object_get(row, "period"))};
    return out->label != NULL && series != NULL && json_is_string(quantity) &&
           digest_parse_hex(series, "series", &out->series, &why) &&
           number_parse_int128(json_string_value(quantity), json_string_length(quantity),
                               "quantity", &out->quantity, &why) &&
           bundle_number(row, "entries", &out->entries);
}

/* By period, whether it was billed, and series. */
bool sums_read(struct sums *sums, const json_t *usage, const struct spans *spans)
{
    const json_t *row;
    size_t i;
    struct sum last = {.label = ""}, sum;
    bool last_unrated = false;
    json_array_foreach (usage, i, row) {
        if (!read_row(row, &sum))
            return false;
        bool unrated = json_is_true(json_object_get(row, "unrated"));
        int order = strcmp(last.label, sum.label);
        if (order == 0)
            order = (int)last_unrated - (int)unrated;
        if (order > 0 || (order == 0 && compare_sums(&last, &sum) >= 0))
            return false;
        last = sum;
        last_unrated = unrated;
        if (unrated)
            sum.label = "";
        else if (spans != NULL && !spans_have(spans, sum.label))
            return false;
        sums_add(sums, &sum);
    }
    return true;
}

static void report(struct bundle *bundle, const struct sum *sum, const char *what)
{
    char hex[DIGEST_HEX_SIZE];
    findings_add(bundle->findings, FINDING_BUNDLE_USAGE, FINDING_NO_INDEX, "series %s of %s: %s",
                 digest_hex(&sum->series, hex), sum->label[0] != '\0' ? sum->label : "no period",
                 what);
}

void sums_compare(struct bundle *bundle, struct sums *made_sums, struct sums *stated_sums)
{
    if (!merge_sums(stated_sums) || !merge_sums(made_sums)) {
        findings_add(bundle->findings, FINDING_BUNDLE_USAGE, FINDING_NO_INDEX,
                     "the usage does not fit");
        return;
    }
    size_t i = 0, j = 0;
    while (i < made_sums->count || j < stated_sums->count) {
        /* A list without sums has no items that a pointer could be taken of. */
        const struct sum *made = i < made_sums->count ? &made_sums->items[i] : NULL;
        const struct sum *stated = j < stated_sums->count ? &stated_sums->items[j] : NULL;
        int order = made == NULL ? 1 : stated == NULL ? -1 : compare_sums(made, stated);
        if (order < 0)
            report(bundle, made, "the document does not count it");
        else if (order > 0)
            report(bundle, stated, "there are no entries of it");
        else if (made->quantity != stated->quantity || made->entries != stated->entries)
            report(bundle, made, "the entries make another total");
        i += order <= 0;
        j += order >= 0;
    }
}
