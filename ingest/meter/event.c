#include "meter/event.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/instant.h"
#include "base/number.h"
#include "meter/short.h"

/* The attributes that are read, in the order of their fields in every plan. */
enum attribute {
    ATTRIBUTE_SPECVERSION,
    ATTRIBUTE_ID,
    ATTRIBUTE_SOURCE,
    ATTRIBUTE_TYPE,
    ATTRIBUTE_SUBJECT,
    ATTRIBUTE_TIME,
    ATTRIBUTE_DATACONTENTTYPE,
    ATTRIBUTE_SEQUENCE,
    ATTRIBUTE_DATA_BASE64,
    ATTRIBUTE_COUNT,
};

static const struct {
    const char *pointer;
    bool is_required;
    size_t size_max;
} attributes[ATTRIBUTE_COUNT] = {
    [ATTRIBUTE_SPECVERSION] = {"/specversion", true, 16},
    [ATTRIBUTE_ID] = {"/id", true, EVENT_ATTRIBUTE_SIZE_MAX},
    [ATTRIBUTE_SOURCE] = {"/source", true, EVENT_ATTRIBUTE_SIZE_MAX},
    [ATTRIBUTE_TYPE] = {"/type", true, EVENT_ATTRIBUTE_SIZE_MAX},
    [ATTRIBUTE_SUBJECT] = {"/subject", true, EVENT_SUBJECT_SIZE_MAX},
    [ATTRIBUTE_TIME] = {"/time", false, 64},
    [ATTRIBUTE_DATACONTENTTYPE] = {"/datacontenttype", false, EVENT_ATTRIBUTE_SIZE_MAX},
    [ATTRIBUTE_SEQUENCE] = {"/sequence", false, EVENT_ATTRIBUTE_SIZE_MAX},
    [ATTRIBUTE_DATA_BASE64] = {"/data_base64", false, 0},
};

#define ATTRIBUTE_HEADER "ce_"

static const char *name_of(size_t attribute)
{
    return attributes[attribute].pointer + 1;
}

void event_plan_attributes(struct scan_plan *plan)
{
    for (size_t i = 0; i < ATTRIBUTE_COUNT; i++) {
        size_t index;
        struct error err;
        bool added = scan_plan_add(plan, slice_of(attributes[i].pointer), &index, &err);
        assert(added && index == i);
    }
}

/* Of eight bytes whether each is from the space up to '~'. */
static bool is_plain(uint64_t word)
{
    uint64_t not_delete = word ^ EACH_BYTE(0x7f);
    uint64_t has_delete = (not_delete - EACH_BYTE(1)) & ~not_delete;
    uint64_t has_less = (word - EACH_BYTE(0x20)) & ~word;
    return ((word | has_less | has_delete) & EACH_BYTE(0x80)) == 0;
}

/* By words, the last of which overlaps the one before. */
static bool is_all_plain(struct slice text)
{
    const char *data = text.data;
    size_t size = text.size;
    if (size < 4)
        return false; /* not worth a word */
    if (size < 8)
        return is_plain((uint64_t)short_half(data) << 32 | short_half(data + size - 4));
    for (size_t at = 0; at + 8 < size; at += 8)
        if (!is_plain(short_word(data + at)))
            return false;
    return is_plain(short_word(data + size - 8));
}

/* CloudEvents' String: no control characters, C0, DEL or C1. `text` is valid UTF-8. */
static bool has_control(struct slice text)
{
    if (is_all_plain(text))
        return false;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c < 0x20 || c == 0x7f)
            return true;
        if (c == 0xc2 && i + 1 < text.size && (unsigned char)text.data[i + 1] < 0xa0)
            return true;
    }
    return false;
}

static bool check_attribute(size_t attribute, const struct scan_field *field,
                            struct refusal *refusal)
{
    const char *name = name_of(attribute);
    bool is_absent = field->kind == SCAN_ABSENT || field->kind == SCAN_NULL;
    if (is_absent && attributes[attribute].is_required)
        return refusal_set(refusal, REFUSAL_MALFORMED, "%s is missing", name);
    if (is_absent)
        return true;
    if (attribute == ATTRIBUTE_DATA_BASE64)
        return refusal_set(refusal, REFUSAL_MALFORMED, "data_base64: the data must be JSON");
    /* `sequence` came as a number from the first producers that had it. */
    if (field->kind != SCAN_STRING &&
        !(attribute == ATTRIBUTE_SEQUENCE && field->kind == SCAN_INTEGER))
        return refusal_set(refusal, REFUSAL_MALFORMED, "%s is %s, not a string", name,
                           scan_kind_word(field->kind));
    if (field->text.size == 0)
        return refusal_set(refusal, REFUSAL_MALFORMED, "%s is empty", name);
    if (field->text.size > attributes[attribute].size_max)
        return refusal_set(refusal, REFUSAL_MALFORMED, "%s has %zu bytes; %zu are allowed", name,
                           field->text.size, attributes[attribute].size_max);
    if (has_control(field->text))
        return refusal_set(refusal, REFUSAL_MALFORMED, "%s has control characters", name);
    return true;
}

static struct slice trim(struct slice text)
{
    while (text.size > 0 && (text.data[0] == ' ' || text.data[0] == '\t')) {
        text.data++;
        text.size--;
    }
    while (text.size > 0 && (text.data[text.size - 1] == ' ' || text.data[text.size - 1] == '\t'))
        text.size--;
    return text;
}

static inline bool equals_any_case(struct slice text, const char *word)
{
    return text.size == strlen(word) && (memcmp(text.data, word, text.size) == 0 ||
                                         strncasecmp(text.data, word, text.size) == 0);
}

static bool ends_any_case(struct slice text, const char *suffix)
{
    size_t size = strlen(suffix);
    return text.size > size &&
           equals_any_case((struct slice){text.data + text.size - size, size}, suffix);
}

/* Takes what stands before `separator` off the front. */
static struct slice take_until(struct slice *rest, char separator)
{
    const char *end = rest->size > 0 ? memchr(rest->data, separator, rest->size) : NULL;
    struct slice taken = {rest->data, end != NULL ? (size_t)(end - rest->data) : rest->size};
    size_t used = taken.size + (end != NULL ? 1 : 0);
    rest->data += used;
    rest->size -= used;
    return trim(taken);
}

/* The media type without its parameters; false when a charset is not UTF-8. */
static bool split_media_type(struct slice text, struct slice *out_essence)
{
    *out_essence = take_until(&text, ';');
    while (text.size > 0) {
        struct slice value = take_until(&text, ';');
        struct slice name = take_until(&value, '=');
        value = trim(value);
        if (value.size >= 2 && value.data[0] == '"' && value.data[value.size - 1] == '"')
            value = (struct slice){value.data + 1, value.size - 2};
        if (equals_any_case(name, "charset") && !equals_any_case(value, "utf-8") &&
            !equals_any_case(value, "utf8") && !equals_any_case(value, "us-ascii"))
            return false;
    }
    return true;
}

static bool is_json_type(struct slice media_type)
{
    struct slice essence;
    return split_media_type(media_type, &essence) &&
           (equals_any_case(essence, "application/json") || equals_any_case(essence, "text/json") ||
            ends_any_case(essence, "+json"));
}

/* Clocks that count nanoseconds write nine decimals; the book's count microseconds. Only for
 * `time`: it chooses a window, and never makes a quantity. */
static struct slice cut_to_microseconds(struct slice text, char out[64])
{
    static const char shortest[] = "2026-10-01T00:00:00.0000000Z";
    if (text.size < sizeof(shortest) - 1)
        return text;
    const char *point = memchr(text.data, '.', text.size);
    if (point == NULL)
        return text;
    size_t kept = (size_t)(point - text.data) + 1;
    size_t end = kept;
    while (end < text.size && text.data[end] >= '0' && text.data[end] <= '9')
        end++;
    if (end - kept <= 6)
        return text;
    kept += 6;
    memcpy(out, text.data, kept);
    memcpy(out + kept, text.data + end, text.size - end);
    return (struct slice){out, kept + text.size - end};
}

static bool read_time(struct slice text, struct event *event, struct refusal *refusal)
{
    char buffer[64];
    struct error err;
    struct slice cut = cut_to_microseconds(text, buffer);
    event->has_time = true;
    return instant_parse(cut.data, cut.size, "time", &event->time_us, &err) ||
           refusal_from_error(refusal, REFUSAL_MALFORMED, &err);
}

/* The rules are the same, whichever way the attributes came. */
static bool event_of_fields(const struct scan_field *fields, struct event *out,
                            struct refusal *refusal)
{
    struct event event = {.fields = fields};
    for (size_t i = 0; i < ATTRIBUTE_COUNT; i++) {
        if (!check_attribute(i, &fields[i], refusal))
            return false;
    }
    struct slice version = fields[ATTRIBUTE_SPECVERSION].text;
    if (!slice_equals(version, "1.0"))
        return refusal_set(refusal, REFUSAL_MALFORMED, "specversion '%.*s' is not '1.0'",
                           (int)version.size, version.data);
    struct slice content = fields[ATTRIBUTE_DATACONTENTTYPE].text;
    if (content.size > 0 && !slice_equals(content, "application/json") && !is_json_type(content))
        return refusal_set(refusal, REFUSAL_MALFORMED, "datacontenttype '%.*s' is not JSON",
                           (int)(content.size < 100 ? content.size : 100), content.data);
    event.id = fields[ATTRIBUTE_ID].text;
    event.source = fields[ATTRIBUTE_SOURCE].text;
    event.type = fields[ATTRIBUTE_TYPE].text;
    event.subject = fields[ATTRIBUTE_SUBJECT].text;
    event.sequence = fields[ATTRIBUTE_SEQUENCE].text;
    if (fields[ATTRIBUTE_TIME].text.size > 0 &&
        !read_time(fields[ATTRIBUTE_TIME].text, &event, refusal))
        return false;
    *out = event;
    return true;
}

static struct scan_field *scan(const struct scan_plan *plan, enum scan_root root,
                               struct slice bytes, struct arena *arena, struct refusal *refusal)
{
    struct error err;
    struct scan_field *fields = arena_room(arena, scan_plan_count(plan) * sizeof(*fields));
    if (scan_object(plan, root, bytes, arena, fields, &err))
        return fields;
    refusal_from_error(refusal, REFUSAL_MALFORMED, &err);
    return NULL;
}

bool event_read_structured(const struct scan_plan *plan, struct slice bytes, struct arena *arena,
                           struct event *out_event, struct refusal *out_refusal)
{
    struct scan_field *fields = scan(plan, SCAN_ROOT_EVENT, bytes, arena, out_refusal);
    return fields != NULL && event_of_fields(fields, out_event, out_refusal);
}

/* The attribute that a header carries; ATTRIBUTE_COUNT: none that is read. */
static size_t attribute_of_header(struct slice name)
{
    if (equals_any_case(name, "content-type"))
        return ATTRIBUTE_DATACONTENTTYPE;
    size_t prefix = strlen(ATTRIBUTE_HEADER);
    if (name.size <= prefix || memcmp(name.data, ATTRIBUTE_HEADER, prefix) != 0)
        return ATTRIBUTE_COUNT;
    struct slice rest = {name.data + prefix, name.size - prefix};
    for (size_t i = 0; i < ATTRIBUTE_COUNT; i++) {
        /* data and its type are no ce_ headers: the value, and content-type */
        if (i != ATTRIBUTE_DATACONTENTTYPE && i != ATTRIBUTE_DATA_BASE64 &&
            slice_equals(rest, name_of(i)))
            return i;
    }
    return ATTRIBUTE_COUNT;
}

static bool take_header(const struct record_header *header, struct scan_field *fields,
                        struct refusal *refusal)
{
    size_t attribute = attribute_of_header(header->name);
    if (attribute == ATTRIBUTE_COUNT || header->value.data == NULL)
        return true;
    struct scan_field *field = &fields[attribute];
    if (field->kind != SCAN_ABSENT)
        return refusal_set(refusal, REFUSAL_MALFORMED, "%s is given twice", name_of(attribute));
    if (!utf8_is_valid(header->value.data, header->value.size))
        return refusal_set(refusal, REFUSAL_MALFORMED, "%s is not UTF-8", name_of(attribute));
    field->kind = SCAN_STRING;
    field->text = header->value;
    return true;
}

bool event_read_binary(const struct scan_plan *plan, const struct record *record,
                       struct arena *arena, struct event *out_event, struct refusal *out_refusal)
{
    struct scan_field *fields = scan(plan, SCAN_ROOT_DATA, record->value, arena, out_refusal);
    if (fields == NULL)
        return false;
    for (size_t i = 0; i < record->header_count; i++) {
        if (!take_header(&record->headers[i], fields, out_refusal))
            return false;
    }
    return event_of_fields(fields, out_event, out_refusal);
}

enum record_form { FORM_UNKNOWN, FORM_STRUCTURED, FORM_BINARY, FORM_OTHER_FORMAT };

static enum record_form form_of(const struct record *record)
{
    static const char events[] = "application/cloudevents";
    if (record->is_file)
        return FORM_STRUCTURED;
    enum record_form form = FORM_UNKNOWN;
    for (size_t i = 0; i < record->header_count; i++) {
        const struct record_header *header = &record->headers[i];
        struct slice essence;
        if (attribute_of_header(header->name) != ATTRIBUTE_DATACONTENTTYPE) {
            if (attribute_of_header(header->name) != ATTRIBUTE_COUNT)
                form = FORM_BINARY;
            continue;
        }
        if (slice_equals(header->value, "application/cloudevents+json"))
            return FORM_STRUCTURED;
        /* CloudEvents: whatever begins so is a structured event, in some format. */
        if (header->value.size < sizeof(events) - 1 ||
            strncasecmp(header->value.data, events, sizeof(events) - 1) != 0)
            continue;
        return split_media_type(header->value, &essence) &&
                       equals_any_case(essence, "application/cloudevents+json")
                   ? FORM_STRUCTURED
                   : FORM_OTHER_FORMAT;
    }
    return form;
}

bool event_is_structured(const struct record *record)
{
    return form_of(record) == FORM_STRUCTURED;
}

bool event_read(const struct scan_plan *plan, const struct record *record, struct arena *arena,
                struct event *out_event, struct refusal *out_refusal)
{
    if (record->value.size > EVENT_SIZE_MAX)
        return refusal_set(out_refusal, REFUSAL_TOO_LARGE, "%zu bytes; %d are allowed",
                           record->value.size, EVENT_SIZE_MAX);
    if (record->value.data == NULL)
        return refusal_set(out_refusal, REFUSAL_MALFORMED,
                           "the value is null; nothing is deleted here");
    switch (form_of(record)) {
    case FORM_STRUCTURED:
        return event_read_structured(plan, record->value, arena, out_event, out_refusal);
    case FORM_BINARY: return event_read_binary(plan, record, arena, out_event, out_refusal);
    case FORM_OTHER_FORMAT:
        return refusal_set(out_refusal, REFUSAL_MALFORMED,
                           "of CloudEvents' formats only application/cloudevents+json in UTF-8 is "
                           "read");
    case FORM_UNKNOWN: break;
    }
    return refusal_set(out_refusal, REFUSAL_MALFORMED,
                       "no CloudEvent: neither content-type application/cloudevents+json nor ce_ "
                       "headers");
}
