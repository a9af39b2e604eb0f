#include "ingest/replace_apply.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crash.h"
#include "base/instant.h"
#include "core/canonical.h"
#include "core/replacement.h"
#include "store/append.h"
#include "store/contents.h"
#include "store/replacements.h"
#include "store/slots.h"
#include "store/usage.h"

#define TRIES_MAX 5

struct work {
    const struct replace_order *order;
    struct store *store; /* in a transaction */
    int log;
    struct arena arena;
    struct writer *control;     /* signs the operator's entry */
    struct writer *corrections; /* signs those */
    uint64_t before;            /* the log's size before the transaction; … */
    bool has_before;            /* else it begins with the operator's entry */
    uint64_t step;              /* of the slot, locked */
    int32_t floor_hour;
    uint64_t next_seq; /* of the tenant's usage */
    size_t count;
    struct signed_entry *entries; /* the operator's, then the corrections */
    bool has_entry;               /* of the operator: what was done can be taken back by it */
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
    work->count = 0;
    work->entries = arena_array(&work->arena, cells->count + 1, sizeof *work->entries);
    for (size_t i = 0; i < cells->count; i++) {
        const struct replace_cell *cell = &cells->cells[i];
        int128 difference = 0;
        if (cell->wanted < 0)
            return name_cell(cells, cell, "undone, it would be below zero", err);
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

/* What was counted before the replacement, and what came since. */
static bool undo_replacement(struct work *work, struct error *err)
{
    const struct replace_order *order = work->order;
    struct undone undone = {order->undoes, false};
    if (!contents_each(work->store, work->log, CONTENT_KIND(ENTRY_CATALOG), CONTENT_FIRST,
                       CONTENT_LAST, find_undone, &undone, err))
        return false;
    if (undone.is_there)
        return error_set(err, ERROR_CONFLICT, "entry %s was undone before", order->undoes);
    return replace_read_without(work->store, work->log, order->scope, order->from, order->to,
                                order->cells, err) &&
           correct_cells(work, err);
}

/* ---------------------------------------------------------------------------- the operator's entry
 */

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static bool write_content(const struct work *work, struct text *out, struct error *err)
{
    char first[24], before[24], from[INSTANT_TEXT_SIZE], to[INSTANT_TEXT_SIZE],
        hex[DIGEST_HEX_SIZE];
    const struct replace_order *order = work->order;
    snprintf(first, sizeof first, "%" PRIu64, work->next_seq);
    snprintf(before, sizeof before, "%" PRIu64, work->before);
    CLEANUP(json_release)
    json_t *json = json_pack(
        "{s:s, s:{s:I, s:s}, s:o, s:s, s:s, s:o, s:s, s:s, s:o}", "before", before, "corrections",
        "count", (json_int_t)work->count, "first", first, "file",
        text_or_null(order->file ? digest_hex(order->file, hex) : NULL), "from",
        instant_format(order->scope->from_us, from), "to", instant_format(order->scope->to_us, to),
        "meter", text_or_null(order->scope->meter), "reason", order->reason, "tenant",
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

bool replace_lock(struct store *store, const struct replace_order *order, uint64_t *out_step,
                  struct error *err)
{
    const int32_t slot = order->scope->tenant->slot;
    return slots_lock(store, order->session->log, &slot, 1, out_step, err);
}

/* Locks the slot; what it has is asked in statements of their own. */
static bool look(struct work *work, struct error *err)
{
    size_t count = 0;
    struct slot_step *last = NULL;
    const struct tenant *tenant = work->order->scope->tenant;
    const int32_t slot = tenant->slot;
    uint64_t last_seq = STREAM_SEQ_NONE;
    if (!replace_lock(work->store, work->order, &work->step, err))
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
    const char *subject_id =
        arena_printf(&work->arena, REPLACEMENT_SUBJECT "%s", work->order->scope->tenant->id);
    struct entry *decision = &work->entries[0].entry;
    text_init(&content);
    if (!append_lock(work->store, work->corrections, &head, err) ||
        !writer_refresh(work->store, work->control, err))
        return false;
    work->before = work->has_before ? work->before : head.size;
    if (!write_content(work, &content, err))
        return false;
    *decision = (struct entry){.kind = ENTRY_CATALOG,
                               .stream = STREAM_CONTROL,
                               .stream_seq = head.control_seq,
                               .control = {.subject = digest_subject("catalog", subject_id),
                                           .content = digest_of(content.data, content.size),
                                           .operator_key = work->order->operator_key}};
    if (!next_version(work, subject_id, &decision->control.version, err))
        return false;
    writer_sign(work->control, &work->entries[0]);
    for (size_t i = 1; i <= work->count; i++)
        writer_sign(work->corrections, &work->entries[i]);
    return append_entries(work->store, &head, work->entries, work->count + 1, &work->index, err) &&
           append_content(work->store, work->log, work->index, ENTRY_CATALOG, 0, subject_id,
                          decision->control.version, content.data, content.size, err) &&
           (work->count == 0 || append_steps(work, work->index, err)) &&
           append_unlock(work->store, &head, err);
}

static size_t corrections_max(const struct replace_order *order)
{
    return order->undoes ? REPLACE_UNDONE_MAX : REPLACE_CORRECTIONS_MAX;
}

/* Whether something was done: corrections, or usage that the file brought in this transaction. */
static bool has_done(const struct work *work, bool *out, struct error *err)
{
    uint64_t next_seq = work->next_seq;
    if (work->count == 0 && work->has_before &&
        !usage_next_seq(work->store, work->log, work->order->scope->tenant->number, work->before,
                        &next_seq, err))
        return false;
    *out = work->count > 0 || next_seq < work->next_seq;
    return true;
}

static bool write(struct work *work, struct error *err)
{
    const struct replace_order *order = work->order;
    if (!look(work, err) ||
        !(order->undoes ? undo_replacement(work, err) : correct_cells(work, err)))
        return false;
    if (work->count > corrections_max(order))
        return error_set(
            err, ERROR_REFUSED,
            "%zu corrections, one transaction makes at most %zu: replace a part of the "
            "interval at a time (--from, --to, --meter)",
            work->count, corrections_max(order));
    return has_done(work, &work->has_entry, err) && (!work->has_entry || append(work, err));
}

static bool write_all(struct work *work, struct replace_done *out, struct error *err)
{
    arena_init(&work->arena);
    work->log = work->order->session->log;
    work->control = work->order->control;
    bool ok = write(work, err);
    if (ok)
        *out = (struct replace_done){work->has_entry, work->index, work->count};
    arena_release(&work->arena);
    return ok;
}

bool replace_write(struct store *store, struct writer *corrections,
                   const struct replace_order *order, uint64_t before, struct replace_done *out,
                   struct error *err)
{
    struct work work = {.order = order,
                        .store = store,
                        .corrections = corrections,
                        .before = before,
                        .has_before = true};
    return write_all(&work, out, err);
}

/* ------------------------------------------------------------------------- a transaction of its
 * own
 */

static bool transact(const struct replace_order *order, struct replace_done *out, struct error *err)
{
    struct session *session = order->session;
    struct work work = {
        .order = order, .store = session->claim_store, .corrections = &session->claim_writer};
    if (!store_begin(work.store, err))
        return false;
    if (write_all(&work, out, err)) {
        CRASH_AT(replace_alone);
        return store_commit(work.store, err);
    }
    store_rollback(work.store);
    return false;
}

bool replace_apply(const struct replace_order *order, struct replace_done *out, struct error *err)
{
    struct session *session = order->session;
    for (int tries = 1;; tries++) {
        if (writer_refresh(session->claim_store, &session->claim_writer, err) &&
            transact(order, out, err))
            return true;
        if (err->code == ERROR_UNKNOWN)
            return error_prefix(err, "whether it has happened is not known; run it again, it is "
                                     "done once: ");
        if (err->code != ERROR_BUSY || tries == TRIES_MAX || !store_is_alive(session->claim_store))
            return false;
    }
}
