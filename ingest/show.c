/*
 * quarantine show: one record whole, and what became of it.
 *
 * What strangers sent goes to a terminal only as printable text; other bytes are shown as \xNN.
 * In JSON what is no text is base64, in a member whose name says so.
 */
#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "core/canonical.h"
#include "ingest/commands.h"
#include "ingest/held.h"
#include "ingest/kept_file.h"
#include "ingest/release_line.h"
#include "meter/refusal.h"

struct shown {
    const struct quarantine_item *item;
    struct record record;
    bool has_outcome;
    bool is_taken; /* all of the file that it was released into */
    struct quarantine_outcome outcome;
};

static const char *const time_words[] = {"create time", "log append time"};

static const char *time_word(int32_t type)
{
    return type == 0 || type == 1 ? time_words[type] : "no time";
}

/* ------------------------------------------------------------------------------------------ text
 */

/* Bytes of a character that a terminal only shows; 0: none of these. */
static size_t printable(const char *bytes, size_t size)
{
    const unsigned char *c = (const unsigned char *)bytes;
    size_t length = c[0] < 0x80 ? 1 : c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;
    if (length > size || !utf8_is_valid(bytes, length) || c[0] < 0x20 || c[0] == 0x7f)
        return 0;
    bool is_c1 = length == 2 && c[0] == 0xc2 && c[1] < 0xa0;
    /* U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069 turn the order of what is read. */
    bool is_turn =
        length == 3 && c[0] == 0xe2 &&
        ((c[1] == 0x80 && (c[2] == 0x8e || c[2] == 0x8f || (c[2] >= 0xaa && c[2] <= 0xae))) ||
         (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9));
    return is_c1 || is_turn ? 0 : length;
}

static void print_safe(struct slice bytes)
{
    for (size_t i = 0; i < bytes.size;) {
        size_t length = printable(bytes.data + i, bytes.size - i);
        if (length > 0)
            fwrite(bytes.data + i, 1, length, stdout);
        else if (bytes.data[i] == '\n')
            fputs("\n             ", stdout);
        else
            printf("\\x%02x", (unsigned char)bytes.data[i]);
        i += length > 0 ? length : 1;
    }
}

static void print_field(const char *name, struct slice bytes)
{
    printf("%-11s  ", name);
    if (bytes.data == NULL)
        fputs("none", stdout);
    else
        print_safe(bytes);
    putchar('\n');
}

static void print_headers(const struct record *record)
{
    for (size_t i = 0; i < record->header_count; i++) {
        printf("%-11s  ", i == 0 ? "headers" : "");
        print_safe(record->headers[i].name);
        fputs(": ", stdout);
        print_safe(record->headers[i].value);
        putchar('\n');
    }
}

static void print_outcome(const struct shown *shown)
{
    char hex[DIGEST_HEX_SIZE];
    printf("%-11s  into file %s: ", "", digest_hex(&shown->item->fate.file, hex));
    if (shown->outcome.is_refused)
        printf("refused again at byte %" PRIu64 ": %s: %s\n", shown->outcome.offset,
               shown->outcome.reason, shown->outcome.detail);
    else if (shown->is_taken)
        printf("counted, or known already\n");
    else
        printf("not taken yet: the release was cut off, or is at work\n");
}

static void print_fate(const struct shown *shown)
{
    char time[INSTANT_TEXT_SIZE], hex[DIGEST_HEX_SIZE];
    const struct quarantine_fate *fate = &shown->item->fate;
    enum refusal_reason reason;
    if (fate->action == NULL) {
        bool is_known = refusal_find(slice_of(shown->item->reason), &reason);
        printf("%-11s  open; %s\n", "disposition", is_known ? refusal_row(reason)->remedy : "");
        return;
    }
    printf("%-11s  %s %s by %s: ", "disposition", fate->action, instant_format(fate->at_us, time),
           digest_hex(&fate->operator_key, hex));
    print_safe(slice_of(fate->reason));
    putchar('\n');
    if (shown->has_outcome)
        print_outcome(shown);
}

static void print_text(const struct shown *shown)
{
    char time[INSTANT_TEXT_SIZE];
    const struct quarantine_item *item = shown->item;
    printf("%-11s  ", "feed");
    print_safe(slice_of(item->feed_name));
    printf("\n%-11s  %" PRIu32 ", incarnation %" PRIu32 "\n", "partition", item->partition,
           item->incarnation);
    printf("%-11s  %" PRIu64 "\n", "offset", item->offset);
    printf("%-11s  %s (%s)\n", "broker time", instant_format(item->broker_time_us, time),
           item->is_file ? "when the file was run" : time_word(item->time_type));
    printf("%-11s  %s\n", "reason", item->reason);
    print_field("detail", slice_of(item->detail));
    print_field("tenant", item->tenant_id);
    print_field("source", item->source);
    print_field("id", item->event_id);
    printf("%-11s  %" PRIu64 " bytes%s\n", "size", item->size,
           item->size > EVENT_SIZE_MAX ? ", of which the first 4 KiB are kept" : "");
    print_field("key", item->key);
    print_headers(&shown->record);
    print_field("value", item->value);
    print_fate(shown);
}

/* ------------------------------------------------------------------------------------------ JSON
 */

/* As text where it is some, else as base64. */
static void put_bytes(json_t *object, const char *name, struct slice bytes, struct arena *arena)
{
    if (bytes.data == NULL || utf8_is_valid(bytes.data, bytes.size)) {
        json_t *text = bytes.data ? json_stringn(bytes.data, bytes.size) : json_null();
        json_object_set_new(object, name, text);
        return;
    }
    size_t room = sodium_base64_encoded_len(bytes.size, sodium_base64_VARIANT_ORIGINAL);
    char *base64 = arena_alloc(arena, room);
    sodium_bin2base64(base64, room, (const unsigned char *)bytes.data, bytes.size,
                      sodium_base64_VARIANT_ORIGINAL);
    json_object_set_new(object, arena_printf(arena, "%s_base64", name), json_string(base64));
}

static json_t *headers_json(const struct record *record, struct arena *arena)
{
    json_t *list = json_array();
    for (size_t i = 0; i < record->header_count; i++) {
        json_t *header = json_object();
        put_bytes(header, "name", record->headers[i].name, arena);
        put_bytes(header, "value", record->headers[i].value, arena);
        json_array_append_new(list, header);
    }
    return list;
}

static json_t *outcome_json(const struct shown *shown)
{
    char hex[DIGEST_HEX_SIZE], offset[24];
    const struct quarantine_outcome *outcome = &shown->outcome;
    snprintf(offset, sizeof offset, "%" PRIu64, outcome->offset);
    json_t *json = json_pack("{s:s, s:b}", "file", digest_hex(&shown->item->fate.file, hex),
                             "taken", shown->is_taken);
    if (outcome->is_refused)
        json_object_set_new(json, "refused_again",
                            json_pack("{s:s, s:s, s:s}", "offset", offset, "reason",
                                      outcome->reason, "detail", outcome->detail));
    return json;
}

static json_t *fate_json(const struct shown *shown)
{
    char time[INSTANT_TEXT_SIZE], hex[DIGEST_HEX_SIZE];
    const struct quarantine_fate *fate = &shown->item->fate;
    if (fate->action == NULL)
        return json_null();
    json_t *json = json_pack("{s:s, s:s, s:s, s:s}", "action", fate->action, "reason", fate->reason,
                             "operator", digest_hex(&fate->operator_key, hex), "recorded_at",
                             instant_format(fate->at_us, time));
    if (shown->has_outcome)
        json_object_update_new(json, outcome_json(shown));
    return json;
}

static bool print_json(const struct shown *shown, struct arena *arena, struct error *err)
{
    char time[INSTANT_TEXT_SIZE], hex[DIGEST_HEX_SIZE], offset[24];
    const struct quarantine_item *item = shown->item;
    snprintf(offset, sizeof offset, "%" PRIu64, item->offset);
    CLEANUP(json_release)
    json_t *json =
        json_pack("{s:s, s:s, s:i, s:i, s:s, s:s, s:i, s:s, s:s, s:I}", "feed", item->feed_name,
                  "feed_id", digest_hex(&item->feed, hex), "partition", (int)item->partition,
                  "incarnation", (int)item->incarnation, "offset", offset, "broker_time",
                  instant_format(item->broker_time_us, time), "time_type", (int)item->time_type,
                  "reason", item->reason, "detail", item->detail, "size", (json_int_t)item->size);
    if (json == NULL)
        return error_set(err, ERROR_SYSTEM, "the record cannot be written as JSON");
    put_bytes(json, "tenant", item->tenant_id, arena);
    put_bytes(json, "source", item->source, arena);
    put_bytes(json, "id", item->event_id, arena);
    put_bytes(json, "key", item->key, arena);
    json_object_set_new(json, "headers", headers_json(&shown->record, arena));
    put_bytes(json, "value", item->value, arena);
    json_object_set_new(json, "disposition", fate_json(shown));
    char *line = json_dumps(json, JSON_COMPACT | JSON_PRESERVE_ORDER);
    if (line)
        puts(line);
    free(line);
    return true;
}

/* --------------------------------------------------------------------------------------- reading
 */

struct keeper {
    struct arena *arena;
    struct quarantine_item *item;
};

static bool keep_item(void *context, const struct quarantine_item *item, struct error *err)
{
    struct keeper *keeper = context;
    (void)err;
    keeper->item = held_copy(item, keeper->arena);
    return true;
}

static bool find_item(struct store *store, int log, struct quarantine_filter *filter,
                      struct arena *arena, const struct quarantine_item **out, struct error *err)
{
    struct keeper keeper = {arena, NULL};
    filter->with_disposed = filter->with_bytes = true;
    if (!quarantine_each(store, log, filter, keep_item, &keeper, err))
        return false;
    *out = keeper.item;
    return keeper.item != NULL ||
           error_set(err, ERROR_NOT_FOUND,
                     "no record of '%s' partition %" PRIu32 " offset %" PRIu64 " is in quarantine",
                     filter->feed, filter->partition, filter->offset);
}

static bool find_outcome(const struct cli *cli, struct store *store, int log, struct shown *shown,
                         struct arena *arena, struct error *err)
{
    uint64_t size = 0;
    const struct quarantine_item *item = shown->item;
    shown->has_outcome = item->fate.has_file;
    if (!shown->has_outcome)
        return true;
    if (!quarantine_outcome_of(store, log, item, arena, &shown->outcome, err) ||
        (cli_text(cli, "archive") && !kept_file_size(cli, &item->fate.file, arena, &size, err)))
        return false;
    shown->is_taken = shown->outcome.taken > 0 && shown->outcome.taken >= size;
    return true;
}

bool command_quarantine_show(const struct cli *cli, struct error *err)
{
    int log = 0;
    struct arena arena;
    struct store *store = NULL;
    struct shown shown = {.item = NULL};
    struct quarantine_filter filter = {.limit = 0};
    arena_init(&arena);
    bool ok = held_position(cli, &filter, err) && held_open(cli, &log, &store, err) &&
              find_item(store, log, &filter, &arena, &shown.item, err) &&
              find_outcome(cli, store, log, &shown, &arena, err);
    if (ok && !record_of_item(shown.item, &arena, &shown.record))
        ok = error_set(err, ERROR_HALT, "the headers of this row cannot be read");
    if (ok && cli_switch(cli, "json"))
        ok = print_json(&shown, &arena, err);
    else if (ok)
        print_text(&shown);
    store_close(store);
    arena_release(&arena);
    return ok;
}
