/*
 * Canonical JSON: jansson reads, we write.
 */
#include "core/canonical.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "core/json_memory.h"

#define INTEGER_MAX (INT64_C(1) << 53)

/* Before the first value is made. */
__attribute__((constructor)) static void use_pieces(void)
{
    json_memory_use();
}

void json_release(json_t **value)
{
    json_decref(*value);
    *value = NULL;
}

/* ------------------------------------------------------------------------- what may be there */

static bool check_value(const json_t *value, unsigned depth, struct error *err);

static bool check_children(const json_t *value, unsigned depth, struct error *err)
{
    const char *name;
    json_t *child;
    size_t index;

    if (depth == JSON_DEPTH_MAX)
        return error_set(err, ERROR_INPUT, "values are nested more than %d deep", JSON_DEPTH_MAX);
    json_array_foreach (value, index, child)
        if (!check_value(child, depth + 1, err))
            return error_prefix(err, "item %zu: ", index);
    json_object_foreach ((json_t *)(uintptr_t)value, name, child)
        if (!check_value(child, depth + 1, err))
            return error_prefix(err, "'%.60s': ", name);
    return true;
}

static bool check_value(const json_t *value, unsigned depth, struct error *err)
{
    json_int_t integer;

    switch (json_typeof(value)) {
    case JSON_REAL:
        return error_set(err, ERROR_INPUT,
                         "%.17g is not a whole number; decimals are written as strings",
                         json_real_value(value));
    case JSON_INTEGER:
        integer = json_integer_value(value);
        if (integer < -INTEGER_MAX || integer > INTEGER_MAX)
            return error_set(err, ERROR_INPUT,
                             "%" JSON_INTEGER_FORMAT " is beyond 2^53; write it as a string",
                             integer);
        return true;
    case JSON_ARRAY:
    case JSON_OBJECT: return check_children(value, depth, err);
    case JSON_STRING:
        if (!utf8_is_valid(json_string_value(value), json_string_length(value)))
            return error_set(err, ERROR_INPUT, "a string is not UTF-8");
        return true;
    case JSON_TRUE:
    case JSON_FALSE:
    case JSON_NULL: return true;
    }
    return error_set(err, ERROR_INPUT, "a value of no JSON type");
}

bool canonical_parse(const char *bytes, size_t size, const char *what, json_t **out,
                     struct error *err)
{
    json_error_t problem;
    /* jansson takes a zero behind a value for the end, whatever follows. */
    if (size > 0 && memchr(bytes, '\0', size) != NULL)
        return error_set(err, ERROR_INPUT, "%s: a byte of zero", what);
    json_t *value = json_loadb(bytes, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &problem);

    if (!value)
        return error_set(err, ERROR_INPUT, "%s: line %d, column %d: %s", what, problem.line,
                         problem.column, problem.text);
    if (!check_value(value, 0, err)) {
        json_decref(value);
        return error_prefix(err, "%s: ", what);
    }
    *out = value;
    return true;
}

/* --------------------------------------------------------------------------------- writing */

static void write_string(const char *bytes, size_t size, struct text *out)
{
    static const char escapes[] = {
        ['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
        ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't',
    };
    size_t plain = 0; /* where the bytes begin that are copied as they are */

    text_append_char(out, '"');
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)bytes[i];

        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        text_append_n(out, bytes + plain, i - plain);
        plain = i + 1;
        if (escapes[c] != 0)
            text_printf(out, "\\%c", escapes[c]);
        else
            text_printf(out, "\\u%04x", c);
    }
    text_append_n(out, bytes + plain, size - plain);
    text_append_char(out, '"');
}

static void write_value(const json_t *value, struct text *out);

struct member {
    const char *name;
    const json_t *value;
};

static int by_name(const void *a, const void *b)
{
    const struct member *x = a;
    const struct member *y = b;

    return strcmp(x->name, y->name); /* as unsigned bytes */
}

#define MEMBERS_AT_HAND 32

/* Few are put in their places one after the other. */
static void sort_members(struct member *members, size_t count)
{
    if (count > MEMBERS_AT_HAND) {
        qsort(members, count, sizeof(*members), by_name);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        struct member member = members[i];
        size_t place = i;

        for (; place > 0 && strcmp(member.name, members[place - 1].name) < 0; place--)
            members[place] = members[place - 1];
        members[place] = member;
    }
}

static void write_members(const struct member *members, size_t count, struct text *out)
{
    text_append_char(out, '{');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            text_append_char(out, ',');
        write_string(members[i].name, strlen(members[i].name), out);
        text_append_char(out, ':');
        write_value(members[i].value, out);
    }
    text_append_char(out, '}');
}

static void write_object(const json_t *object, struct text *out)
{
    size_t count = json_object_size(object);
    struct member at_hand[MEMBERS_AT_HAND];
    struct member *members =
        count <= MEMBERS_AT_HAND ? at_hand : memory_alloc(count * sizeof(*members));
    const char *name;
    json_t *child;
    size_t i = 0;

    json_object_foreach ((json_t *)(uintptr_t)object, name, child)
        members[i++] = (struct member){name, child};
    sort_members(members, count);
    write_members(members, count, out);
    if (members != at_hand)
        free(members);
}

static void write_array(const json_t *array, struct text *out)
{
    json_t *child;
    size_t index;

    text_append_char(out, '[');
    json_array_foreach (array, index, child) {
        if (index > 0)
            text_append_char(out, ',');
        write_value(child, out);
    }
    text_append_char(out, ']');
}

/* Only what check_value() let pass. */
static void write_value(const json_t *value, struct text *out)
{
    if (json_is_object(value))
        write_object(value, out);
    else if (json_is_array(value))
        write_array(value, out);
    else if (json_is_string(value))
        write_string(json_string_value(value), json_string_length(value), out);
    else if (json_is_integer(value))
        text_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else
        text_append(out, json_is_true(value) ? "true" : json_is_false(value) ? "false" : "null");
}

bool canonical_write(const json_t *value, struct text *out, struct error *err)
{
    if (!check_value(value, 0, err))
        return false;
    write_value(value, out);
    return true;
}

bool canonical_read(const char *bytes, size_t size, const char *what, json_t **out,
                    struct error *err)
{
    CLEANUP(text_release) struct text again;
    json_t *value;

    text_init(&again);
    if (!canonical_parse(bytes, size, what, &value, err))
        return false;
    write_value(value, &again);
    if (again.size != size || memcmp(again.data, bytes, size) != 0) {
        json_decref(value);
        return error_set(err, ERROR_INPUT, "%s: it is not canonical JSON", what);
    }
    *out = value;
    return true;
}

bool canonical_digest(const json_t *value, struct digest *out, struct error *err)
{
    CLEANUP(text_release) struct text bytes;

    text_init(&bytes);
    if (!canonical_write(value, &bytes, err))
        return false;
    *out = digest_of(bytes.data, bytes.size);
    return true;
}

void json_set_text(json_t *object, const char *name, const char *text)
{
    if (text != NULL)
        json_object_set_new(object, name, json_string(text));
}

void json_set_hash(json_t *object, const char *name, const struct digest *digest)
{
    char hex[DIGEST_HEX_SIZE];
    json_set_text(object, name, digest_hex(digest, hex));
}
