#include "ledger/export.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "core/canonical.h"
#include "core/series.h"
#include "ledger/control.h"
#include "ledger/series_index.h"
#include "store/entries.h"
#include "store/tenants.h"

struct tenant_name {
    uint64_t number;
    const char *id;
};

struct exporting {
    struct arena arena;
    struct store *store;
    struct log_row log;
    struct series_index series;
    struct tenant_name *tenants; /* by number */
    size_t tenant_count;
    size_t tenant_capacity;
    uint64_t tenant; /* 0: all */
    uint64_t through;
    int64_t from_us; /* windows */
    int64_t to_us;
    bool has_window;
    struct text line;
};

static void exporting_release(struct exporting *exporting)
{
    series_index_release(&exporting->series);
    free(exporting->tenants);
    text_release(&exporting->line);
    if (exporting->store != NULL)
        store_close(exporting->store);
    arena_release(&exporting->arena);
}

/* ------------------------------------------------------------------------------------- members */

static void set_hex(json_t *object, const char *name, const void *bytes, size_t size)
{
    char hex[2 * SIGNATURE_SIZE + 1];
    hex_encode(bytes, size, hex);
    json_object_set_new(object, name, json_string(hex));
}

static void set_digest(json_t *object, const char *name, const struct digest *digest)
{
    set_hex(object, name, digest->bytes, sizeof(digest->bytes));
}

static void set_number(json_t *object, const char *name, int128 number)
{
    char text[INT128_TEXT_SIZE];
    json_object_set_new(object, name, json_string(number_format(number, text)));
}

static void set_instant(json_t *object, const char *name, int64_t instant_us)
{
    char text[INSTANT_TEXT_SIZE];
    json_object_set_new(object, name, json_string(instant_format(instant_us, text)));
}

static void set_slice(json_t *object, const char *name, struct slice slice)
{
    json_object_set_new(object, name, json_stringn(slice.data, slice.size));
}

static void set_series(json_t *object, const struct exporting *exporting, uint64_t tenant,
                       const struct digest *hash)
{
    struct series series;
    struct slice descriptor = series_index_find(&exporting->series, tenant, hash);
    struct error ignored;
    set_digest(object, "series", hash);
    if (descriptor.data == NULL ||
        !series_decode(descriptor.data, descriptor.size, &series, &ignored))
        return;
    json_t *dimensions = json_object();
    for (size_t i = 0; i < series.dimension_count; i++) {
        char name[256];
        snprintf(name, sizeof(name), "%.*s", (int)series.dimensions[i].name.size,
                 series.dimensions[i].name.data);
        set_slice(dimensions, name, series.dimensions[i].value);
    }
    set_slice(object, "meter", series.meter);
    set_slice(object, "unit", series.unit);
    json_object_set_new(object, "scale", json_integer(series.scale));
    json_object_set_new(object, "aggregation", json_string(aggregation_word(series.aggregation)));
    json_object_set_new(object, "dimensions", dimensions);
}

static void set_usage(json_t *object, const struct exporting *exporting, const struct entry *entry)
{
    const struct usage_body *usage = &entry->usage;
    set_series(object, exporting, entry->tenant, &usage->series);
    set_instant(object, "from", usage->from_us);
    set_instant(object, "to", usage->from_us + usage->length_seconds * SECOND_US);
    set_number(object, "quantity", usage->quantity);
    set_number(object, "contributions", usage->contributions);
    if (entry->kind == ENTRY_CORRECTION)
        set_number(object, "corrected_seq", usage->corrected_seq);
    if (entry->kind != ENTRY_USAGE)
        json_object_set_new(object, "reason", json_integer(usage->reason));
}

static void set_transfer(json_t *object, const struct transfer_body *transfer)
{
    set_digest(object, "debit", &transfer->debit);
    set_digest(object, "credit", &transfer->credit);
    set_number(object, "amount", transfer->amount);
    json_object_set_new(object, "currency", json_string(transfer->currency));
    json_object_set_new(object, "exponent", json_integer(transfer->exponent));
    json_object_set_new(object, "code", json_integer(transfer->code));
    set_digest(object, "document", &transfer->document);
}

static void set_receipt(json_t *object, const struct receipt_body *receipt)
{
    set_digest(object, "feed", &receipt->feed);
    json_object_set_new(object, "partition", json_integer(receipt->partition));
    json_object_set_new(object, "incarnation", json_integer(receipt->incarnation));
    set_number(object, "start", receipt->start);
    set_number(object, "from_offset", receipt->from);
    set_number(object, "to_offset", receipt->to);
    set_number(object, "records", receipt->records);
    set_number(object, "holes", receipt->holes);
    if (receipt->last_offset != UINT64_MAX)
        set_number(object, "last_offset", receipt->last_offset);
    set_digest(object, "last_hash", &receipt->last_hash);
    set_digest(object, "raw_hash", &receipt->raw_hash);
    set_number(object, "accepted", receipt->accepted);
    set_number(object, "duplicate", receipt->duplicate);
    set_number(object, "quarantined", receipt->quarantined);
    set_number(object, "elsewhere", receipt->elsewhere);
    set_number(object, "control_index", receipt->control_index);
    set_instant(object, "as_of", receipt->as_of_us);
    json_object_set_new(object, "anchor_expired", json_boolean(receipt->anchor_expired));
}

static void set_control(json_t *object, const struct control_body *control)
{
    set_digest(object, "subject", &control->subject);
    json_object_set_new(object, "version", json_integer(control->version));
    set_digest(object, "content_hash", &control->content);
    set_digest(object, "operator", &control->operator_key);
}

static const char *tenant_id(const struct exporting *exporting, uint64_t number)
{
    for (size_t low = 0, high = exporting->tenant_count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (exporting->tenants[middle].number == number)
            return exporting->tenants[middle].id;
        if (exporting->tenants[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static json_t *object_of_entry(const struct exporting *exporting, const struct entry_row *row)
{
    const struct entry *entry = &row->entry;
    const char *id = tenant_id(exporting, entry->tenant);
    json_t *object = json_pack("{s:I,s:s,s:i}", "idx", (json_int_t)row->index, "kind",
                               entry_kind_word(entry->kind), "stream", (int)entry->stream);
    set_number(object, "tenant", entry->tenant);
    if (id != NULL)
        json_object_set_new(object, "tenant_id", json_string(id));
    set_number(object, "stream_seq", entry->stream_seq);
    set_hex(object, "batch", entry->batch.bytes, sizeof(entry->batch.bytes));
    if (entry_kind_is_control(entry->kind))
        set_control(object, &entry->control);
    else if (entry->kind == ENTRY_RECEIPT)
        set_receipt(object, &entry->receipt);
    else if (entry->kind == ENTRY_TRANSFER)
        set_transfer(object, &entry->transfer);
    else
        set_usage(object, exporting, entry);
    set_digest(object, "checksum", &row->leaf.checksum);
    set_hex(object, "signature", row->leaf.signature.bytes, SIGNATURE_SIZE);
    set_digest(object, "writer", &row->leaf.writer);
    set_instant(object, "recorded_at", row->recorded_at_us);
    return object;
}

/* ------------------------------------------------------------------------------------- entries */

static bool is_wanted(const struct exporting *exporting, const struct entry_row *row)
{
    const struct entry *entry = &row->entry;
    bool has_window = entry->kind <= ENTRY_EXCLUSION;
    if (row->index > exporting->through)
        return false;
    return !exporting->has_window || (has_window && entry->usage.from_us >= exporting->from_us &&
                                      entry->usage.from_us < exporting->to_us);
}

static bool print_entry(void *context, const struct entry_row *row, struct error *err)
{
    struct exporting *exporting = context;
    if (!is_wanted(exporting, row))
        return true;
    CLEANUP(json_release) json_t *object = object_of_entry(exporting, row);
    text_clear(&exporting->line);
    if (!canonical_write(object, &exporting->line, err))
        return error_prefix(err, "entry %" PRIu64 ": ", row->index);
    if (puts(exporting->line.data) < 0)
        return error_set_errno(err, ERROR_SYSTEM, "cannot write");
    return true;
}

static bool keep_tenant(void *context, const struct tenant *tenant, struct error *err)
{
    (void)err;
    struct exporting *exporting = context;
    exporting->tenants = memory_grow(exporting->tenants, &exporting->tenant_capacity,
                                     exporting->tenant_count + 1, sizeof(*exporting->tenants));
    exporting->tenants[exporting->tenant_count++] =
        (struct tenant_name){tenant->number, arena_text(&exporting->arena, tenant->id)};
    return true;
}

static bool read_instant(const struct cli *cli, const char *name, int64_t *out, bool *out_given,
                         struct error *err)
{
    const char *text = cli_text(cli, name);
    if (text == NULL)
        return true;
    *out_given = true;
    return instant_parse(text, strlen(text), name, out, err);
}

static bool read_options(const struct cli *cli, struct exporting *exporting, struct error *err)
{
    exporting->through = UINT64_MAX;
    exporting->from_us = INSTANT_MIN;
    exporting->to_us = INSTANT_MAX;
    return (cli_text(cli, "through") == NULL ||
            cli_u64(cli, "through", &exporting->through, err)) &&
           read_instant(cli, "from", &exporting->from_us, &exporting->has_window, err) &&
           read_instant(cli, "to", &exporting->to_us, &exporting->has_window, err);
}

static bool find_tenant(const struct cli *cli, struct exporting *exporting, struct error *err)
{
    struct tenant tenant;
    const char *id = cli_text(cli, "tenant");
    if (id == NULL)
        return true;
    if (!tenant_find(exporting->store, exporting->log.log, id, &exporting->arena, &tenant, err))
        return false;
    exporting->tenant = tenant.number;
    return true;
}

static bool print_entries(struct exporting *exporting, struct error *err)
{
    struct store *store = exporting->store;
    int log = exporting->log.log;
    if (exporting->tenant == 0)
        return entries_each(store, log, 0,
                            exporting->through < INT64_MAX ? exporting->through + 1 : INT64_MAX,
                            print_entry, exporting, err);
    return entries_each_of_stream(store, log, exporting->tenant, STREAM_USAGE, 0, INT64_MAX,
                                  print_entry, exporting, err) &&
           entries_each_of_stream(store, log, exporting->tenant, STREAM_MONEY, 0, INT64_MAX,
                                  print_entry, exporting, err);
}

bool export_entries_command(const struct cli *cli, struct error *err)
{
    struct exporting CLEANUP(exporting_release) exporting = {0};
    arena_init(&exporting.arena);
    text_init(&exporting.line);
    series_index_init(&exporting.series);
    if (!read_options(cli, &exporting, err) ||
        !control_look(cli, &exporting.store, &exporting.log, err) ||
        !store_begin_snapshot(exporting.store, err))
        return false;
    return find_tenant(cli, &exporting, err) &&
           tenants_each(exporting.store, exporting.log.log, keep_tenant, &exporting, err) &&
           series_index_load(&exporting.series, exporting.store, exporting.log.log, err) &&
           print_entries(&exporting, err);
}

/* ------------------------------------------------------------------------------------ contents */

struct content_export {
    const char *subject; /* NULL: all */
};

/* The content stands as it is: its bytes are what the entry hashes. */
static bool print_content(void *context, const struct content *content, struct error *err)
{
    (void)err;
    const struct content_export *wanted = context;
    char hash[DIGEST_HEX_SIZE];
    if (wanted->subject != NULL && strcmp(wanted->subject, content->subject_id) != 0)
        return true;
    CLEANUP(json_release) json_t *subject = json_string(content->subject_id);
    CLEANUP(text_release) struct text word;
    text_init(&word);
    if (!canonical_write(subject, &word, err))
        return false;
    printf("{\"content\":%s,\"hash\":\"%s\",\"idx\":%" PRIu64 ",\"kind\":\"%s\",\"subject\":%s,"
           "\"tenant\":\"%" PRIu64 "\",\"version\":%" PRIu32 "}\n",
           content->bytes, digest_hex(&content->hash, hash), content->index,
           entry_kind_word(content->kind), word.data, content->tenant, content->version);
    return true;
}

bool export_content_command(const struct cli *cli, struct error *err)
{
    struct store *CLEANUP(control_leave) store = NULL;
    struct content_export wanted = {cli_text(cli, "subject")};
    struct log_row log;
    enum entry_kind kind;
    if (!entry_kind_parse(cli_argument(cli, 0), &kind) || !entry_kind_is_control(kind))
        return error_set(err, ERROR_INPUT, "'%.40s' is no kind of entry that has a content",
                         cli_argument(cli, 0));
    return control_look(cli, &store, &log, err) &&
           contents_each(store, log.log, CONTENT_KIND(kind), CONTENT_FIRST, CONTENT_LAST,
                         print_content, &wanted, err);
}
