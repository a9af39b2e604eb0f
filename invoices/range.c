#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "invoices/usage.h"
#include "store/contents.h"
#include "store/usage.h"

/* A pass over a document's entries. */
struct pass {
    const struct contract *contract;
    const struct period *period;
    const struct document_row *previous;
    const char **labels; /* of their periods */
    size_t previous_count;
    struct usage_range *range;
    struct digest_running carried;
    struct digest_running forward;
    struct period month; /* of the last window that no document covers */
    bool has_forward;    /* in the range */
    size_t capacity;
};

static int compare_totals(const void *a, const void *b)
{
    const struct usage_total *x = a, *y = b;
    int order = strcmp(x->label, y->label);
    if (order == 0)
        order = (int)x->is_unrated - (int)y->is_unrated;
    return order != 0 ? order : memcmp(x->series.bytes, y->series.bytes, DIGEST_SIZE);
}

/* Room for the newest; equal ones are merged when the list has doubled, so that it stays short. */
static void merge_totals(struct usage_range *range)
{
    size_t kept = 0;
    if (range->total_count == 0)
        return; /* qsort takes no null pointer */
    qsort(range->totals, range->total_count, sizeof(*range->totals), compare_totals);
    for (size_t i = 0; i < range->total_count; i++) {
        struct usage_total *last = kept > 0 ? &range->totals[kept - 1] : NULL;
        if (last != NULL && compare_totals(last, &range->totals[i]) == 0) {
            last->quantity += range->totals[i].quantity;
            last->entries += range->totals[i].entries;
            last->is_corrected |= range->totals[i].is_corrected;
        } else {
            range->totals[kept++] = range->totals[i];
        }
    }
    range->total_count = kept;
}

/* A window is of the period that was billed, this one or an earlier document's; where none was, of
 * its month, and never rated. */
static bool find_label(struct pass *pass, int64_t from_us, const char **out, bool *out_unrated,
                       struct error *err)
{
    *out_unrated = false;
    *out = pass->period->label;
    if (from_us >= pass->period->from_us)
        return true;
    for (size_t i = 0; i < pass->previous_count; i++)
        if (pass->previous[i].period_from_us <= from_us &&
            from_us < pass->previous[i].period_to_us) {
            pass->range->late[i] = true;
            *out = pass->labels[i];
            return true;
        }
    *out_unrated = true;
    *out = pass->month.label;
    return (pass->month.from_us <= from_us && from_us < pass->month.to_us) ||
           calendar_period_at(pass->contract->zone, &pass->contract->billing, from_us, &pass->month,
                              err);
}

static bool add_total(struct pass *pass, const struct usage_part *part, struct error *err)
{
    struct usage_range *range = pass->range;
    const char *label;
    bool is_unrated;
    if (!find_label(pass, part->from_us, &label, &is_unrated, err))
        return false;
    if (range->total_count == pass->capacity) {
        merge_totals(range);
        if (range->total_count * 2 > pass->capacity || pass->capacity == 0)
            range->totals = memory_grow(range->totals, &pass->capacity,
                                        range->total_count * 2 + 1024, sizeof(*range->totals));
    }
    struct usage_total *total = &range->totals[range->total_count++];
    *total = (struct usage_total){.series = part->series,
                                  .quantity = part->quantity,
                                  .entries = part->entries,
                                  .is_corrected = part->is_corrected,
                                  .is_unrated = is_unrated};
    snprintf(total->label, sizeof(total->label), "%s", label);
    return true;
}

static bool take_entry(void *context, const struct entry_row *row, struct error *err)
{
    struct pass *pass = context;
    struct usage_range *range = pass->range;
    struct digest hash = leaf_hash(&row->leaf);
    if (row->entry.stream_seq < range->from_seq) {
        digest_add(&pass->carried, hash.bytes, DIGEST_SIZE);
        range->carried.count++;
    }
    if (row->entry.usage.from_us >= pass->period->to_us) {
        digest_add(&pass->forward, hash.bytes, DIGEST_SIZE);
        range->forward.count++;
        return true;
    }
    const struct usage_body *usage = &row->entry.usage;
    return row->entry.kind == ENTRY_EXCLUSION ||
           add_total(pass,
                     &(struct usage_part){.series = usage->series,
                                          .from_us = usage->from_us,
                                          .quantity = usage->quantity,
                                          .entries = 1,
                                          .is_corrected = row->entry.kind == ENTRY_CORRECTION},
                     err);
}

/* ------------------------------------------------------------------------- added up by PostgreSQL
 */

/* What is left for the next document is looked at entry by entry. */
static bool take_part(void *context, const struct usage_part *part, struct error *err)
{
    struct pass *pass = context;
    if (part->from_us >= pass->period->to_us) {
        pass->has_forward = true;
        return true;
    }
    return part->entries == 0 || add_total(pass, part, err);
}

struct borders {
    size_t count;
    int64_t *at_us;
    int64_t *periods_us; /* the billed period that begins there; INSTANT_MIN: none */
};

static void add_border(struct borders *borders, int64_t at_us, int64_t period_us)
{
    size_t last = borders->count - 1;
    if (borders->count > 0 && borders->at_us[last] >= at_us) {
        if (borders->at_us[last] == at_us && period_us != INSTANT_MIN)
            borders->periods_us[last] = period_us;
        return;
    }
    borders->at_us[borders->count] = at_us;
    borders->periods_us[borders->count++] = period_us;
}

/* The periods of earlier documents, each after the one before, and this one. */
static void list_borders(const struct pass *pass, struct arena *arena, struct borders *out)
{
    size_t most = 2 * pass->previous_count + 2;
    *out = (struct borders){.at_us = arena_array(arena, most, sizeof(int64_t)),
                            .periods_us = arena_array(arena, most, sizeof(int64_t))};
    for (size_t i = 0; i < pass->previous_count; i++) {
        add_border(out, pass->previous[i].period_from_us, pass->previous[i].period_from_us);
        add_border(out, pass->previous[i].period_to_us, INSTANT_MIN);
    }
    add_border(out, pass->period->from_us, pass->period->from_us);
    add_border(out, pass->period->to_us, pass->period->to_us);
}

/* What is carried is read entry by entry, and what is left for the next document: their leaves are
 * hashed. The rest is added up by PostgreSQL. */
static bool read_entries(struct session *session, const struct tenant *tenant, struct pass *pass,
                         size_t carried_count, struct error *err)
{
    struct usage_range *range = pass->range;
    struct borders borders;
    int log = session->log.log;
    list_borders(pass, &session->arena, &borders);
    return range_each(session, tenant->number, range->carried_seqs, carried_count, range->from_seq,
                      range->from_seq, take_entry, pass, err) &&
           usage_each_part(session->store, log, tenant->number, range->from_seq, range->to_seq,
                           borders.at_us, borders.periods_us, borders.count, take_part, pass,
                           err) &&
           (!pass->has_forward ||
            entries_each_since(session->store, log, tenant->number, STREAM_USAGE, range->from_seq,
                               range->to_seq, pass->period->to_us, take_entry, pass, err));
}

bool range_each(struct session *session, uint64_t tenant, const uint64_t *carried_seqs,
                size_t carried_count, uint64_t from_seq, uint64_t to_seq, entry_visitor *visit,
                void *context, struct error *err)
{
    for (size_t i = 0; i < carried_count;) {
        size_t run = 1;
        while (i + run < carried_count && carried_seqs[i + run] == carried_seqs[i] + run)
            run++;
        if (!entries_each_of_stream(session->store, session->log.log, tenant, STREAM_USAGE,
                                    carried_seqs[i], carried_seqs[i] + run, visit, context, err))
            return false;
        i += run;
    }
    return from_seq >= to_seq ||
           entries_each_of_stream(session->store, session->log.log, tenant, STREAM_USAGE, from_seq,
                                  to_seq, visit, context, err);
}

static bool read_carried(struct session *session, const struct tenant *tenant,
                         const struct document_row *last, struct usage_range *range,
                         size_t *out_count, struct error *err)
{
    *out_count = 0;
    return last == NULL || usage_later_seqs(session->store, session->log.log, tenant->number,
                                            range->from_seq, last->period_to_us, &session->arena,
                                            &range->carried_seqs, out_count, err);
}

/* A period's label is its entry's subject. */
static bool read_labels(struct session *session, struct pass *pass, struct error *err)
{
    pass->labels = arena_array(&session->arena, pass->previous_count + 1, sizeof(*pass->labels));
    for (size_t i = 0; i < pass->previous_count; i++) {
        struct content content;
        if (!content_at(session->store, session->log.log, pass->previous[i].period_index,
                        &session->arena, &content, err))
            return false;
        pass->labels[i] = content.subject_id;
    }
    return true;
}

struct spelling {
    struct arena *arena;
    struct usage_range *range;
};

static bool spell_series(void *context, const struct digest *series, struct slice descriptor,
                         struct error *err)
{
    struct spelling *spelling = context;
    struct usage_range *range = spelling->range;
    (void)err;
    range->series[range->series_count++] = (struct range_series){
        .series = *series,
        .descriptor = {arena_text_n(spelling->arena, descriptor.data, descriptor.size),
                       descriptor.size},
    };
    return true;
}

/* Of all totals, by their hash. */
static bool spell_totals(struct session *session, const struct tenant *tenant,
                         struct usage_range *range, struct error *err)
{
    struct spelling spelling = {&session->arena, range};
    struct digest *names = arena_array(&session->arena, range->total_count + 1, sizeof(*names));
    range->series = arena_array(&session->arena, range->total_count + 1, sizeof(*range->series));
    for (size_t i = 0; i < range->total_count; i++)
        names[i] = range->totals[i].series;
    return range->total_count == 0 ||
           usage_each_descriptor(session->store, session->log.log, tenant->number, names,
                                 range->total_count, spell_series, &spelling, err);
}

static void keep_totals(struct usage_range *range, struct arena *arena)
{
    struct usage_total *totals = range->totals;
    range->totals = arena_array(arena, range->total_count + 1, sizeof(*totals));
    if (range->total_count > 0)
        memcpy(range->totals, totals, range->total_count * sizeof(*totals));
    free(totals);
}

bool range_read(struct session *session, const struct tenant *tenant,
                const struct contract *contract, const struct period *period, uint64_t from_seq,
                uint64_t size, const struct document_row *previous, size_t previous_count,
                struct usage_range *out, struct error *err)
{
    struct usage_range range = {
        .from_seq = from_seq,
        .late = arena_array(&session->arena, previous_count + 1, sizeof(bool)),
    };
    struct pass pass = {
        .contract = contract,
        .period = period,
        .previous = previous,
        .previous_count = previous_count,
        .range = &range,
    };
    const struct document_row *last = previous_count > 0 ? &previous[previous_count - 1] : NULL;
    size_t carried_count;
    digest_start(&pass.carried);
    digest_start(&pass.forward);
    bool good = read_labels(session, &pass, err) &&
                usage_next_seq(session->store, session->log.log, tenant->number, size,
                               &range.to_seq, err) &&
                read_carried(session, tenant, last, &range, &carried_count, err) &&
                read_entries(session, tenant, &pass, carried_count, err);
    if (!good) {
        free(range.totals);
        return false;
    }
    merge_totals(&range);
    keep_totals(&range, &session->arena);
    range.carried.hash = digest_finish(&pass.carried);
    range.forward.hash = digest_finish(&pass.forward);
    if (!spell_totals(session, tenant, &range, err))
        return false;
    *out = range;
    return true;
}

/* -------------------------------------------------------------------------------------- JSON */

static json_t *set_json(const struct entry_set *set)
{
    char hex[DIGEST_HEX_SIZE];
    return json_pack("{s:I,s:s}", "count", (json_int_t)set->count, "hash",
                     digest_hex(&set->hash, hex));
}

static json_t *descriptor_json(const struct range_series *series)
{
    char hex[DIGEST_HEX_SIZE];
    char *bytes = memory_alloc(2 * series->descriptor.size + 1);
    hex_encode(series->descriptor.data, series->descriptor.size, bytes);
    json_t *json =
        json_pack("{s:s,s:s}", "series", digest_hex(&series->series, hex), "descriptor", bytes);
    free(bytes);
    return json;
}

void range_json(const struct usage_range *range, json_t *document)
{
    json_t *usage = json_array(), *series = json_array();
    for (size_t i = 0; i < range->total_count; i++) {
        const struct usage_total *total = &range->totals[i];
        char hex[DIGEST_HEX_SIZE], quantity[INT128_TEXT_SIZE];
        json_t *row = json_pack("{s:s,s:s,s:s,s:I}", "period", total->label, "series",
                                digest_hex(&total->series, hex), "quantity",
                                number_format(total->quantity, quantity), "entries",
                                (json_int_t)total->entries);
        if (total->is_unrated)
            json_object_set_new(row, "unrated", json_true());
        json_array_append_new(usage, row);
    }
    for (size_t i = 0; i < range->series_count; i++)
        json_array_append_new(series, descriptor_json(&range->series[i]));
    json_object_set_new(document, "usage", usage);
    json_object_set_new(document, "series", series);
    json_object_set_new(document, "carried", set_json(&range->carried));
    json_object_set_new(document, "forward", set_json(&range->forward));
}
