#include "ingest/release_line.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "ingest/raw.h"
#include "meter/refusal.h"

#define PREFIX "ce_"
#define CONTENT_TYPE "datacontenttype"

bool record_of_item(const struct quarantine_item *item, struct arena *arena, struct record *out)
{
    *out = (struct record){
        .offset = (int64_t)item->offset,
        .timestamp_type = item->time_type,
        .timestamp_ms = item->broker_time_us / 1000,
        .key = item->key,
        .value = item->value,
        .is_file = item->is_file,
    };
    return item->headers.data == NULL ||
           raw_read_headers(item->headers, arena, &out->headers, &out->header_count);
}

/* ------------------------------------------------------------------------------------ structured
 */

static void append_on_one_line(struct text *out, struct slice json)
{
    size_t start = out->size;
    text_append_n(out, json.data, json.size);
    for (size_t i = start; i < out->size; i++)
        if (out->data[i] == '\n' || out->data[i] == '\r')
            out->data[i] = ' ';
}

/* ---------------------------------------------------------------------------------------- binary
 */

static void append_string(struct text *out, struct slice text)
{
    text_append_char(out, '"');
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"' || text.data[i] == '\\')
            text_append_char(out, '\\');
        text_append_char(out, text.data[i]);
    }
    text_append_char(out, '"');
}

/* An attribute's name in the JSON format; size 0: the header is none. */
static struct slice attribute_of(struct slice header)
{
    static const char content_type[] = "content-type";
    size_t prefix = strlen(PREFIX);
    if (header.size == strlen(content_type) &&
        strncasecmp(header.data, content_type, header.size) == 0)
        return slice_of(CONTENT_TYPE);
    if (header.size <= prefix || memcmp(header.data, PREFIX, prefix) != 0)
        return (struct slice){NULL, 0};
    struct slice name = {header.data + prefix, header.size - prefix};
    for (size_t i = 0; i < name.size; i++)
        if (!(name.data[i] >= 'a' && name.data[i] <= 'z') &&
            !(name.data[i] >= '0' && name.data[i] <= '9'))
            return (struct slice){NULL, 0};
    bool is_taken = slice_equals(name, CONTENT_TYPE) || slice_equals(name, "data");
    return is_taken ? (struct slice){NULL, 0} : name;
}

/* Text that a JSON string may hold as it is. What is read of an event is; of an extension that is
 * not, nobody reads anything. */
static bool is_plain_text(struct slice value)
{
    if (value.data == NULL || !utf8_is_valid(value.data, value.size))
        return false;
    for (size_t i = 0; i < value.size; i++)
        if ((unsigned char)value.data[i] < 0x20)
            return false;
    return true;
}

static bool is_repeated(const struct record *record, size_t at, struct slice name)
{
    for (size_t i = 0; i < at; i++)
        if (is_plain_text(record->headers[i].value) &&
            slice_compare(attribute_of(record->headers[i].name), name) == 0)
            return true;
    return false;
}

static void append_binary(struct text *out, const struct record *record)
{
    text_append_char(out, '{');
    for (size_t i = 0; i < record->header_count; i++) {
        struct slice name = attribute_of(record->headers[i].name);
        struct slice value = record->headers[i].value;
        if (name.size == 0 || !is_plain_text(value) || is_repeated(record, i, name))
            continue;
        append_string(out, name);
        text_append_char(out, ':');
        append_string(out, value);
        text_append_char(out, ',');
    }
    text_append(out, "\"data\":");
    append_on_one_line(out, record->value);
    text_append_char(out, '}');
}

/* ------------------------------------------------------------------------------------------ both
 */

static bool check_reason(const struct quarantine_item *item, struct error *err)
{
    enum refusal_reason reason;
    if (!refusal_find(slice_of(item->reason), &reason))
        return error_set(err, ERROR_REFUSED, "'%s' is no reason that this program knows",
                         item->reason);
    return refusal_allows(reason, DISPOSITION_RELEASE) ||
           error_set(err, ERROR_REFUSED, "what is '%s' cannot be released: %s", item->reason,
                     refusal_row(reason)->remedy);
}

bool release_line(const struct quarantine_item *item, struct arena *arena, struct text *out,
                  struct error *err)
{
    struct record record;
    size_t start = out->size;
    if (!check_reason(item, err))
        return false;
    if (item->size > EVENT_SIZE_MAX)
        return error_set(err, ERROR_REFUSED, "of this record only the start is kept: write it off");
    if (item->value.data == NULL || !record_of_item(item, arena, &record))
        return error_set(err, ERROR_REFUSED, "this record is no event: write it off");
    if (event_is_structured(&record))
        append_on_one_line(out, record.value);
    else
        append_binary(out, &record);
    text_append_char(out, '\n');
    if (out->size - start - 1 <= EVENT_SIZE_MAX)
        return true;
    out->size = start;
    out->data[start] = '\0';
    return error_set(err, ERROR_REFUSED,
                     "as a line of a file the event is larger than %d bytes: write it off",
                     EVENT_SIZE_MAX);
}
