#include "ingest/replace_apply.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "core/canonical.h"
#include "core/replacement.h"
#include "store/append.h"
#include "store/contents.h"
#include "store/replacements.h"
#include "store/slots.h"

#define TRIES_MAX 5

struct work {
    const struct replace_order *order;
    struct store *store;
    int log;
    struct arena arena;
    struct writer control; /* signs the operator's entry */
    uint64_t step;         /* of the slot, locked */
    int32_t floor_hour;
    uint64_t next_seq; /* of the tenant's usage */
    size_t count;
    struct signed_entry *entries; /* the operator's, then the corrections */
    uint64_t index;
};

/* ------------------------------------------------------------------------------------ corrections
 */

static bool name_cell(const struct replace_cells *cells, const struct replace_cell *cell,
                      const char *what, struct error *err)
{
    char from[INSTANT_TEXT_SIZE];
    const struct replace_series *series = replace_series_of(cells, &cell->series);
    return error_set(err, ERROR_REFUSED, "%s, %s: %s", series ? series->text : "a series",
                     instant_format(cell->from_us, from), what);
}

static struct entry *add_correction(struct work *work, const struct digest *series, int64_t from_us,
                                    uint32_t length_seconds, int128 quantity, uint64_t target)
{
    struct entry *entry = &work->entries[++work->count].entry;
    *entry = (struct entry){
        .kind = ENTRY_CORRECTION,
        .tenant = work->order->scope->tenant->number,
        .stream = STREAM_USAGE,
        .stream_seq = work->next_seq + work->count - 1,
        .usage = {.series = *series,
                  .from_us = from_us,
                  .length_seconds = length_seconds,
                  .quantity = quantity,
                  .corrected_seq = target,
                  .reason = work->order->undoes ? CORRECTION_UNDONE : CORRECTION_REPLACED}};
    return entry;
}

/* What is wanted and what is counted, as it is now. */
static bool correct_cells(struct work *work, struct error *err)
{
    struct replace_cells *cells = work->order->cells;
    replace_cells_forget(cells);
    if (!replace_read_book(work->store, work->log, work->order->scope, cells, err))
        return false;
    work->entries = arena_array(&work->arena, cells->count + 1, sizeof *work->entries);
    for (size_t i = 0; i < cells->count; i++) {
        const struct replace_cell *cell = &cells->cells[i];
        int128 difference = 0;
        if (!number_subtract(cell->wanted, cell->counted, &difference))
            return name_cell(cells, cell, "the difference does not fit into 128 bits", err);
        if (difference == 0)
            continue;
        if (!cell->has_target)
            return name_cell(cells, cell,
                             "the book has no usage there that a correction could name: an event "
                             "that is known under its id, and was something else, needs a new id",
                             err);
        add_correction(work, &cell->series, cell->from_us, cell->length_seconds, difference,
                       cell->target_seq);
    }
    return true;
}

static bool undo_row(void *context, const struct replace_row *row, struct error *err)
{
    struct work *work = context;
    if (work->count == work->order->count)
        return error_set(err, ERROR_HALT, "there are more corrections than the entry says");
    add_correction(work, &row->series, row->from_us, row->length_seconds, -row->quantity,
                   row->target_seq);
    return true;
}

/* After it no cell may be below zero. */
static bool check_undone(struct work *work, struct error *err)
{
    struct replace_cells *cells = work->order->cells;
    if (!replace_read_book(work->store, work->log, work->order->scope, cells, err))
        return false;
    for (size_t i = 1; i <= work->count; i++) {
        const struct usage_body *usage = &work->entries[i].entry.usage;
        for (size_t c = 0; c < cells->count; c++) {
            struct replace_cell *cell = &cells->cells[c];
            if (!digest_equals(&cell->series, &usage->series) || cell->from_us != usage->from_us ||
                cell->length_seconds != usage->length_seconds)
                continue;
            cell->counted += usage->quantity;
            if (cell->counted < 0)
                return name_cell(cells, cell, "undone, it would be below zero", err);
        }
    }
    return true;
}

struct undone {
    const char *undoes;
    bool is_there;
};

static bool find_undone(void *context, const struct content *content, struct error *err)
{
    struct undone *undone = context;
    CLEANUP(json_release) json_t *json = NULL;
    if (!replacement_is_subject(content->subject_id))
        return true;
    if (!canonical_parse(content->bytes, content->size, content->subject_id, &json, err))
        return false;
    const char *undoes = json_string_value(json_object_get(json, "undoes"));
    undone->is_there = undone->is_there || (undoes && strcmp(undoes, undone->undoes) == 0);
    return true;
}

static bool undo_corrections(struct work *work, struct error *err)
{
    const struct replace_order *order = work->order;
    struct undone undone = {order->undoes, false};
    if (!contents_each(work->store, work->log, CONTENT_KIND(ENTRY_CATALOG), CONTENT_FIRST,
                       CONTENT_LAST, find_undone, &undone, err))
        return false;
    if (undone.is_there)
        return error_set(err, ERROR_CONFLICT, "entry %s was undone before", order->undoes);
    work->entries = arena_array(&work->arena, order->count + 1, sizeof *work->entries);
    return replace_each_correction(work->store, work->log, order->scope->tenant->number,
                                   order->first, order->count, undo_row, work, err) &&
           check_undone(work, err);
}

/* ---------------------------------------------------------------------------- the operator's entry
 */

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static bool write_content(const struct work *work, struct text *out, struct error *err)
{
    char first[24], from[INSTANT_TEXT_SIZE], to[INSTANT_TEXT_SIZE], hex[DIGEST_HEX_SIZE];
    const struct replace_order *order = work->order;
    snprintf(first, sizeof first, "%" PRIu64, work->next_seq);
    CLEANUP(json_release)
    json_t *json = json_pack("{s:{s:I, s:s}, s:o, s:s, s:s, s:o, s:s, s:s, s:o}", "corrections",
                             "count", (json_int_t)work->count, "first", first, "file",
                             text_or_null(order->file ? digest_hex(order->file, hex) : NULL),
                             "from", instant_format(order->scope->from_us, from), "to",
                             instant_format(order->scope->to_us, to), "meter",
                             text_or_null(order->scope->meter), "reason", order->reason, "tenant",
                             order->scope->tenant->id, "undoes", text_or_null(order->undoes));
    if (json == NULL)
        return error_set(err, ERROR_INPUT, "the reason is no text");
    return canonical_write(json, out, err);
}

static bool next_version(struct work *work, const char *subject_id, uint32_t *out,
                         struct error *err)
{
    struct content newest = {.version = 0};
    if (!content_latest(work->store, work->log, ENTRY_CATALOG, 0, subject_id, CONTENT_LAST,
                        &work->arena, &newest, err) &&
        err->code != ERROR_NOT_FOUND)
        return false;
    *out = newest.version + 1;
    return true;
}

/* ---------------------------------------------------------------------------------------- writing
 */

/* The slot's lock first; then what it has, in statements of their own. */
static bool lock(struct work *work, struct error *err)
{
    size_t count = 0;
    struct slot_step *last = NULL;
    const struct tenant *tenant = work->order->scope->tenant;
    const int32_t slot = tenant->slot;
    uint64_t last_seq = STREAM_SEQ_NONE;
    if (!slots_lock(work->store, work->log, &slot, 1, &work->step, err))
        return false;
    const uint64_t before = work->step > 0 ? work->step - 1 : 0;
    if (!slot_steps_since(work->store, work->log, &slot, &before, &work->step, 1, &work->arena,
                          &last, &count, err) ||
        !slot_last_seqs(work->store, work->log, &tenant->number, 1, &last_seq, err))
        return false;
    work->floor_hour = count > 0 ? last[count - 1].floor_hour : FLOOR_NONE;
    work->next_seq = last_seq == STREAM_SEQ_NONE ? 0 : last_seq + 1;
    return true;
}

static bool append_steps(struct work *work, uint64_t control_index, struct error *err)
{
    const struct tenant *tenant = work->order->scope->tenant;
    struct slot_step *steps = arena_array(&work->arena, work->count, sizeof *steps);
    uint64_t *last_seqs = arena_array(&work->arena, work->count, sizeof *last_seqs);
    uint64_t number = tenant->number;
    for (size_t i = 0; i < work->count; i++) {
        last_seqs[i] = work->next_seq + i;
        steps[i] = (struct slot_step){.slot = tenant->slot,
                                      .step = work->step + 1 + i,
                                      .control_index = control_index,
                                      .floor_hour = work->floor_hour,
                                      .tenant_count = 1,
                                      .tenants = &number,
                                      .last_seqs = &last_seqs[i]};
    }
    return slot_steps_append(work->store, work->log, steps, work->count, err);
}

static bool append(struct work *work, struct error *err)
{
    struct head head;
    struct text CLEANUP(text_release) content;
    struct writer *corrections = &work->order->session->claim_writer;
    const char *subject_id =
        arena_printf(&work->arena, REPLACEMENT_SUBJECT "%s", work->order->scope->tenant->id);
    struct entry *decision = &work->entries[0].entry;
    text_init(&content);
    if (!write_content(work, &content, err) || !append_lock(work->store, corrections, &head, err))
        return false;
    if (work->control.key_index != head.key_index)
        return error_set(err, ERROR_BUSY, "a key was granted or revoked meanwhile");
    *decision = (struct entry){.kind = ENTRY_CATALOG,
                               .stream = STREAM_CONTROL,
                               .stream_seq = head.control_seq,
                               .control = {.subject = digest_subject("catalog", subject_id),
                                           .content = digest_of(content.data, content.size),
                                           .operator_key = work->order->operator_key}};
    if (!next_version(work, subject_id, &decision->control.version, err))
        return false;
    writer_sign(&work->control, &work->entries[0]);
    for (size_t i = 1; i <= work->count; i++)
        writer_sign(corrections, &work->entries[i]);
    return append_entries(work->store, &head, work->entries, work->count + 1, &work->index, err) &&
           append_content(work->store, work->log, work->index, ENTRY_CATALOG, 0, subject_id,
                          decision->control.version, content.data, content.size, err) &&
           append_steps(work, work->index, err) && append_unlock(work->store, &head, err);
}

static bool write(struct work *work, struct error *err)
{
    work->count = 0;
    if (!lock(work, err) ||
        !(work->order->undoes ? undo_corrections(work, err) : correct_cells(work, err)))
        return false;
    if (work->count > REPLACE_CORRECTIONS_MAX)
        return error_set(err, ERROR_REFUSED, "%zu corrections, at most %d are made at once",
                         work->count, REPLACE_CORRECTIONS_MAX);
    return work->count == 0 || append(work, err);
}

static bool transact(struct work *work, struct error *err)
{
    if (!store_begin(work->store, err))
        return false;
    if (write(work, err))
        return store_commit(work->store, err);
    store_rollback(work->store);
    return false;
}

static bool apply(struct work *work, struct error *err)
{
    for (int tries = 1;; tries++) {
        if (transact(work, err))
            return true;
        if (err->code != ERROR_BUSY || tries == TRIES_MAX ||
            !writer_refresh(work->store, &work->control, err) ||
            !writer_refresh(work->store, &work->order->session->claim_writer, err))
            return false;
    }
}

bool replace_apply(const struct replace_order *order, uint64_t *out_index, uint64_t *out_count,
                   struct error *err)
{
    struct session *session = order->session;
    struct work work = {.order = order, .store = session->claim_store, .log = session->log};
    arena_init(&work.arena);
    bool ok = writer_open(work.store, work.log, order->control_key, session->salt_key, ROLE_CONTROL,
                          &work.control, err);
    if (ok) {
        ok = writer_refresh(work.store, &session->claim_writer, err) && apply(&work, err);
        writer_close(&work.control);
    }
    arena_release(&work.arena);
    if (ok) {
        *out_index = work.index;
        *out_count = work.count;
    }
    return ok;
}
