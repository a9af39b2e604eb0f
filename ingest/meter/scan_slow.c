/*
 * Events by jansson: what the reader of one pass (scan_fast.c) leaves, and all that is refused.
 */
#include "meter/scan_parts.h"

#include <jansson.h>
#include <string.h>

#include "base/number.h"
#include "core/canonical.h"

/* jansson parses recursively and has no depth limit of its own below 2048; what stands in strings
 * does not count. Brackets that do not match are left to jansson. */
static bool depth_is_fine(struct slice bytes)
{
    size_t depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < bytes.size; i++) {
        char c = bytes.data[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            if (++depth > SCAN_DEPTH_MAX)
                return false;
        } else if (c == '}' || c == ']') {
            depth -= depth > 0;
        }
    }
    return true;
}

static enum scan_kind kind_of(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT: return SCAN_OBJECT;
    case JSON_ARRAY: return SCAN_ARRAY;
    case JSON_STRING: return SCAN_STRING;
    case JSON_INTEGER: return SCAN_INTEGER;
    case JSON_REAL: return SCAN_REAL;
    case JSON_TRUE: return SCAN_TRUE;
    case JSON_FALSE: return SCAN_FALSE;
    case JSON_NULL: return SCAN_NULL;
    }
    return SCAN_ABSENT;
}

static void fill_field(const json_t *value, struct arena *arena, struct scan_field *out)
{
    out->kind = kind_of(value);
    if (out->kind == SCAN_STRING) {
        out->text.size = json_string_length(value);
        out->text.data = arena_text_n(arena, json_string_value(value), out->text.size);
    } else if (out->kind == SCAN_INTEGER) {
        char digits[INT128_TEXT_SIZE];
        out->integer = json_integer_value(value);
        number_format(out->integer, digits);
        out->text = slice_of(arena_text(arena, digits));
    }
}

static void fill_below(const struct scan_node *node, const json_t *value, struct arena *arena,
                       struct scan_field *out_fields)
{
    if (node->field != SCAN_NO_FIELD)
        fill_field(value, arena, &out_fields[node->field]);
    if (!json_is_object(value))
        return;
    for (const struct scan_node *child = node->child; child != NULL; child = child->next) {
        const json_t *member = json_object_getn(value, child->name.data, child->name.size);
        if (member != NULL)
            fill_below(child, member, arena, out_fields);
    }
}

/* jansson's words, but where they speak to a programmer. */
static const char *words_of(const json_error_t *why)
{
    enum json_error_code code = json_error_code(why);
    if (code == json_error_null_character)
        return "a NUL (\\u0000) in a string";
    if (code == json_error_numeric_overflow)
        return "a number beyond 64 bits; a quantity may be a string of digits";
    return why->text;
}

bool scan_slow(const struct scan_plan *plan, enum scan_root root, struct slice bytes,
               struct arena *arena, struct scan_field *out_fields, struct error *err)
{
    if (!depth_is_fine(bytes))
        return error_set(err, ERROR_INPUT, "JSON is more than %d levels deep", SCAN_DEPTH_MAX);
    /* jansson passes over a NUL behind a number */
    if (bytes.size > 0 && memchr(bytes.data, '\0', bytes.size) != NULL)
        return error_set(err, ERROR_INPUT, "not JSON: there is a NUL byte in it");
    json_error_t why;
    CLEANUP(json_release)
    json_t *value =
        json_loadb(bytes.data, bytes.size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
    if (value == NULL)
        return error_set(err, ERROR_INPUT, "not JSON at byte %d: %s", why.position, words_of(&why));
    if (!json_is_object(value))
        return error_set(err, ERROR_INPUT, "%s where an object should be",
                         scan_kind_word(kind_of(value)));
    memset(out_fields, 0, plan->field_count * sizeof(*out_fields));
    fill_below(root == SCAN_ROOT_EVENT ? &plan->root : plan->data, value, arena, out_fields);
    return true;
}
