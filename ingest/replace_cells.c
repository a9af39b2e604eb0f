#include "ingest/replace_cells.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "ingest/item.h"
#include "store/replacements.h"
#include "store/slots.h"
#include "store/usage.h"

void replace_cells_release(struct replace_cells *cells)
{
    free(cells->cells);
    free(cells->series);
}

/* ---------------------------------------------------------------------------------------- merging
 */

static int compare_cells(const void *a, const void *b)
{
    const struct replace_cell *left = a, *right = b;
    int order = memcmp(left->series.bytes, right->series.bytes, DIGEST_SIZE);
    if (order != 0)
        return order;
    if (left->from_us != right->from_us)
        return left->from_us < right->from_us ? -1 : 1;
    return (left->length_seconds > right->length_seconds) -
           (left->length_seconds < right->length_seconds);
}

static int compare_series(const void *a, const void *b)
{
    const struct replace_series *left = a, *right = b;
    return memcmp(left->id.bytes, right->id.bytes, DIGEST_SIZE);
}

const struct replace_series *replace_series_of(const struct replace_cells *cells,
                                               const struct digest *id)
{
    const struct replace_series key = {.id = *id};
    return cells->series_count == 0 ? NULL
                                    : bsearch(&key, cells->series, cells->series_count,
                                              sizeof *cells->series, compare_series);
}

static bool is_greatest(const struct replace_cells *cells, const struct digest *id)
{
    const struct replace_series *series = replace_series_of(cells, id);
    return series != NULL && series->aggregation == AGGREGATION_MAX;
}

static void merge_series(struct replace_cells *cells)
{
    size_t kept = 0;
    if (cells->series_count > 0)
        qsort(cells->series, cells->series_count, sizeof *cells->series, compare_series);
    for (size_t i = 0; i < cells->series_count; i++)
        if (kept == 0 || compare_series(&cells->series[kept - 1], &cells->series[i]) != 0)
            cells->series[kept++] = cells->series[i];
    cells->series_count = kept;
}

/* Cells of one series and window become one. Of a meter that takes the greatest, what is wanted is
 * the greatest. */
static bool merge(struct replace_cells *cells, struct error *err)
{
    size_t kept = 0;
    merge_series(cells);
    if (cells->count > 0)
        qsort(cells->cells, cells->count, sizeof *cells->cells, compare_cells);
    for (size_t i = 0; i < cells->count; i++) {
        struct replace_cell *to = kept > 0 ? &cells->cells[kept - 1] : NULL;
        const struct replace_cell *from = &cells->cells[i];
        if (to == NULL || compare_cells(to, from) != 0) {
            cells->cells[kept++] = *from;
            continue;
        }
        if (!cells->is_sum && is_greatest(cells, &to->series))
            to->wanted = to->wanted > from->wanted ? to->wanted : from->wanted;
        else if (!number_add(to->wanted, from->wanted, &to->wanted))
            return error_set(err, ERROR_INPUT, "the file's sum of one series is too large");
        to->stays = to->stays > from->stays ? to->stays : from->stays;
        to->counted += from->counted; /* one of the two is zero */
        to->target_seq = from->has_target ? from->target_seq : to->target_seq;
        to->has_target = to->has_target || from->has_target;
    }
    cells->count = kept;
    return true;
}

static struct replace_cell *add_cell(struct replace_cells *cells, const struct digest *series,
                                     int64_t from_us, uint32_t length_seconds)
{
    cells->cells =
        memory_grow(cells->cells, &cells->capacity, cells->count + 1, sizeof *cells->cells);
    struct replace_cell *cell = &cells->cells[cells->count++];
    *cell = (struct replace_cell){
        .series = *series, .from_us = from_us, .length_seconds = length_seconds};
    return cell;
}

static bool add_series(struct replace_cells *cells, const struct digest *id,
                       struct slice descriptor, struct error *err)
{
    struct series series;
    struct text text;
    if (!series_decode(descriptor.data, descriptor.size, &series, err))
        return false;
    text_init(&text);
    text_append_n(&text, series.meter.data, series.meter.size);
    for (size_t i = 0; i < series.dimension_count; i++)
        text_printf(&text, " %.*s=%.*s", (int)series.dimensions[i].name.size,
                    series.dimensions[i].name.data, (int)series.dimensions[i].value.size,
                    series.dimensions[i].value.data);
    cells->series = memory_grow(cells->series, &cells->series_capacity, cells->series_count + 1,
                                sizeof *cells->series);
    cells->series[cells->series_count++] = (struct replace_series){
        .id = *id,
        .meter = arena_text_n(cells->arena, series.meter.data, series.meter.size),
        .text = arena_text_n(cells->arena, text.data, text.size),
        .aggregation = series.aggregation,
    };
    text_release(&text);
    return true;
}

void replace_cells_forget(struct replace_cells *cells)
{
    size_t kept = 0;
    for (size_t i = 0; i < cells->count; i++) {
        struct replace_cell cell = cells->cells[i];
        cell.counted = 0;
        cell.has_target = false;
        if (cell.wanted != 0)
            cells->cells[kept++] = cell;
    }
    cells->count = kept;
}

/* --------------------------------------------------------------------------------------- the book
 */

struct reading {
    struct replace_cells *cells;
    const struct replace_scope *scope;
    int sign;       /* 0: it is counted; else it is wanted, with this sign */
    bool is_before; /* what is read came before what is undone */
};

static bool take_descriptor(void *context, const struct digest *series, struct slice descriptor,
                            struct error *err)
{
    struct reading *reading = context;
    return add_series(reading->cells, series, descriptor, err);
}

static bool is_of_meter(const struct reading *reading, const struct digest *id)
{
    const struct replace_series *series = replace_series_of(reading->cells, id);
    return reading->scope->meter == NULL ||
           (series != NULL && strcmp(series->meter, reading->scope->meter) == 0);
}

static bool take_sum(void *context, const struct usage_sum *sum, struct error *err)
{
    struct reading *reading = context;
    if (!is_of_meter(reading, &sum->series))
        return true;
    int128 quantity = sum->quantity;
    bool takes_greatest = is_greatest(reading->cells, &sum->series);
    if (takes_greatest && reading->sign != 0)
        quantity = sum->corrected;
    else if (takes_greatest && !number_add(sum->greatest, sum->corrected, &quantity))
        return error_set(err, ERROR_HALT, "the book's usage does not fit into 128 bits");
    struct replace_cell *cell =
        add_cell(reading->cells, &sum->series, sum->from_us, sum->length_seconds);
    if (reading->sign == 0)
        cell->counted = quantity;
    else
        cell->wanted = reading->sign < 0 ? -quantity : quantity;
    if (takes_greatest && reading->is_before)
        cell->stays = sum->greatest;
    return true;
}

static bool take_since(void *context, const struct replace_row *row, struct error *err)
{
    struct reading *reading = context;
    (void)err;
    if (is_greatest(reading->cells, &row->series))
        add_cell(reading->cells, &row->series, row->from_us, row->length_seconds)->stays =
            row->greatest;
    return true;
}

static bool take_target(void *context, const struct replace_row *row, struct error *err)
{
    struct reading *reading = context;
    (void)err;
    if (!is_of_meter(reading, &row->series))
        return true;
    struct replace_cell *cell =
        add_cell(reading->cells, &row->series, row->from_us, row->length_seconds);
    cell->has_target = true;
    cell->target_seq = row->target_seq;
    return true;
}

static bool read_descriptors(struct store *store, int log, struct reading *reading,
                             struct error *err)
{
    const struct replace_scope *scope = reading->scope;
    if (!usage_each_series(store, log, scope->tenant->number, INT64_MAX, scope->from_us,
                           scope->to_us, take_descriptor, reading, err))
        return false;
    merge_series(reading->cells);
    return true;
}

/* Of entries with smaller indexes than `size`. */
static bool read_sums(struct store *store, int log, struct reading *reading, uint64_t size,
                      int sign, struct error *err)
{
    const struct replace_scope *scope = reading->scope;
    reading->sign = sign;
    return usage_each_sum(store, log, scope->tenant->number, size, scope->from_us, scope->to_us,
                          NULL, 0, take_sum, reading, err);
}

static bool add_what_stays(struct replace_cells *cells, struct error *err)
{
    for (size_t i = 0; i < cells->count; i++)
        if (!number_add(cells->cells[i].wanted, cells->cells[i].stays, &cells->cells[i].wanted))
            return error_set(err, ERROR_HALT, "the book's usage does not fit into 128 bits");
    return true;
}

/* Sums and corrections without a range are differences; a greatest one is not, and is asked for. */
bool replace_read_without(struct store *store, int log, const struct replace_scope *scope,
                          uint64_t from, uint64_t to, struct replace_cells *cells,
                          struct error *err)
{
    struct reading reading = {.cells = cells, .scope = scope};
    cells->count = 0;
    cells->is_sum = true;
    if (!read_descriptors(store, log, &reading, err) ||
        !read_sums(store, log, &reading, INT64_MAX, 1, err) ||
        !read_sums(store, log, &reading, to, -1, err) ||
        !replace_each_since(store, log, scope->tenant->number, to, scope->from_us, scope->to_us,
                            take_since, &reading, err))
        return false;
    reading.is_before = true;
    return read_sums(store, log, &reading, from, 1, err) && merge(cells, err) &&
           add_what_stays(cells, err);
}

bool replace_read_book(struct store *store, int log, const struct replace_scope *scope,
                       struct replace_cells *cells, struct error *err)
{
    struct reading reading = {.cells = cells, .scope = scope};
    uint64_t tenant = scope->tenant->number;
    return read_descriptors(store, log, &reading, err) &&
           read_sums(store, log, &reading, INT64_MAX, 0, err) &&
           replace_each_target(store, log, tenant, scope->from_us, scope->to_us, take_target,
                               &reading, err) &&
           merge(cells, err);
}

/* --------------------------------------------------------------------------------------- the file
 */

/* An event of the file: its copies are known by these. */
struct copy_of {
    unsigned char identity[MEASURE_IDENTITY_SIZE];
    int32_t event_hour;
    uint64_t meaning;
    size_t line; /* byte where it begins */
    size_t first_cell;
    size_t cell_count;
};

struct file_reading {
    struct session *session;
    const struct replace_scope *scope;
    struct replace_cells *cells;
    size_t count;
    size_t capacity;
    struct copy_of *events;
    size_t known_count; /* series that the tenant has: sorted digests */
    size_t known_capacity;
    struct digest *known;
};

static int compare_digests(const void *a, const void *b)
{
    return memcmp(a, b, DIGEST_SIZE);
}

static bool know_series(void *context, uint64_t tenant, const struct digest *series,
                        struct error *err)
{
    struct file_reading *file = context;
    (void)tenant;
    (void)err;
    file->known =
        memory_grow(file->known, &file->known_capacity, file->known_count + 1, sizeof *series);
    file->known[file->known_count++] = *series;
    return true;
}

/* Under which series the part counts, or would: the cap puts labels together. */
static const struct series_ref *capped(const struct file_reading *file,
                                       const struct series_ref *ref)
{
    const struct control *control = file->session->scope->control;
    bool is_known = file->known_count > 0 && bsearch(&ref->series, file->known, file->known_count,
                                                     sizeof *file->known, compare_digests) != NULL;
    return series_cap(ref, is_known, file->known_count, control->catalog->limits.series_per_tenant);
}

static bool take_part(struct file_reading *file, size_t line, const struct measure_part *part,
                      struct error *err)
{
    const struct replace_scope *scope = file->scope;
    if (scope->meter != NULL && !slice_equals(part->meter->meter, scope->meter))
        return error_set(err, ERROR_INPUT, "the event at byte %zu counts for the meter '%s', too",
                         line, part->meter->meter.data);
    if (part->window.from_us < scope->from_us || part->window.from_us >= scope->to_us)
        return error_set(err, ERROR_INPUT, "the event at byte %zu lies outside of the interval",
                         line);
    const struct series_ref *ref = capped(file, part->series);
    add_cell(file->cells, &ref->series, part->window.from_us, part->window.length_seconds)->wanted =
        part->quantity;
    return add_series(file->cells, &ref->series, ref->descriptor, err);
}

static bool take_line(struct file_reading *file, struct item *item, struct error *err)
{
    size_t line = (size_t)item->record.offset;
    if (item->refusal)
        return error_set(err, ERROR_INPUT, "the event at byte %zu cannot be counted: %s: %s", line,
                         refusal_word(item->refusal->reason), item->refusal->detail);
    if (item->tenant->number != file->scope->tenant->number)
        return error_set(err, ERROR_INPUT, "the event at byte %zu is of tenant '%s'", line,
                         item->tenant->id);
    struct copy_of event = {.event_hour = item->measure.event_hour,
                            .meaning = item->measure.meaning,
                            .line = line,
                            .first_cell = file->cells->count,
                            .cell_count = item->measure.part_count};
    memcpy(event.identity, item->measure.identity, sizeof event.identity);
    for (size_t i = 0; i < item->measure.part_count; i++)
        if (!take_part(file, line, &item->measure.parts[i], err))
            return false;
    file->events =
        memory_grow(file->events, &file->capacity, file->count + 1, sizeof *file->events);
    file->events[file->count++] = event;
    return true;
}

static int compare_events(const void *a, const void *b)
{
    const struct copy_of *left = a, *right = b;
    int order = memcmp(left->identity, right->identity, sizeof left->identity);
    if (order != 0)
        return order;
    if (left->event_hour != right->event_hour)
        return left->event_hour < right->event_hour ? -1 : 1;
    return (left->line > right->line) - (left->line < right->line);
}

/* A copy counts once, as it does when the file is taken. */
static bool drop_copies(struct file_reading *file, struct error *err)
{
    if (file->count > 0)
        qsort(file->events, file->count, sizeof *file->events, compare_events);
    file->cells->events = file->count;
    for (size_t i = 1; i < file->count; i++) {
        const struct copy_of *before = &file->events[i - 1], *event = &file->events[i];
        if (memcmp(before->identity, event->identity, sizeof event->identity) != 0 ||
            before->event_hour != event->event_hour)
            continue;
        if (before->meaning != event->meaning)
            return error_set(err, ERROR_INPUT,
                             "the events at bytes %zu and %zu have one id and say two things",
                             before->line, event->line);
        file->cells->events--;
        for (size_t c = 0; c < event->cell_count; c++)
            file->cells->cells[event->first_cell + c].wanted = 0;
    }
    return true;
}

static bool is_blank(struct slice line)
{
    for (size_t i = 0; i < line.size; i++)
        if (line.data[i] != ' ' && line.data[i] != '\t' && line.data[i] != '\r')
            return false;
    return true;
}

static bool measure_lines(struct file_reading *file, struct slice bytes, int64_t as_of_us,
                          struct error *err)
{
    struct arena keep, scratch;
    bool ok = true;
    const struct item_rules rules = {.scope = file->session->scope,
                                     .keys = &file->session->keys,
                                     .topic = slice_of(CATALOG_FILE),
                                     .as_of_us = as_of_us};
    arena_init(&keep);
    arena_init(&scratch);
    for (size_t at = 0; ok && at < bytes.size;) {
        const char *end = memchr(bytes.data + at, '\n', bytes.size - at);
        size_t size = end ? (size_t)(end - bytes.data) - at : bytes.size - at;
        struct item item = {
            .record = {.offset = (int64_t)at, .value = {bytes.data + at, size}, .is_file = true}};
        at += size + 1;
        if (is_blank(item.record.value))
            continue;
        item_measure(&rules, &item, &keep, &scratch);
        ok = take_line(file, &item, err);
        arena_reset(&keep);
    }
    arena_release(&scratch);
    arena_release(&keep);
    return ok;
}

bool replace_read_file(struct session *session, struct store *store,
                       const struct replace_scope *scope, struct slice bytes, int64_t as_of_us,
                       struct replace_cells *cells, struct error *err)
{
    struct file_reading file = {.session = session, .scope = scope, .cells = cells};
    cells->count = cells->series_count = 0;
    bool ok =
        series_of_tenants(store, session->log, &scope->tenant->number, 1, know_series, &file, err);
    if (ok && file.known_count > 0)
        qsort(file.known, file.known_count, sizeof *file.known, compare_digests);
    ok = ok && measure_lines(&file, bytes, as_of_us, err) && drop_copies(&file, err) &&
         merge(cells, err);
    free(file.events);
    free(file.known);
    return ok;
}
