/*
 * A field of an event as a value in its one canonical form, so that whoever wrote it otherwise
 * meant the same (invariant 2).
 */
#include <assert.h>
#include <string.h>

#include "meter/measure_parts.h"

#define COUNT_DIGITS_MAX 19 /* of MEASURE_QUANTITY_MAX */

/* Where the field stands, as people write it: "data.tokens.input". */
static const char *shown(const struct catalog_field *field, char out[128])
{
    size_t size = field->pointer.size - 1 < 127 ? field->pointer.size - 1 : 127;
    for (size_t i = 0; i < size; i++)
        out[i] = field->pointer.data[i + 1] == '/' ? '.' : field->pointer.data[i + 1];
    out[size] = '\0';
    return out;
}

static bool refuse_kind(const struct catalog_field *field, const struct scan_field *found,
                        const char *wanted, struct refusal *refusal)
{
    char name[128];
    return refusal_set(refusal, REFUSAL_MALFORMED, "%s is %s, not %s", shown(field, name),
                       scan_kind_word(found->kind), wanted);
}

/* number_format() divides 128 bits; nearly all numbers are shorter. */
static void set_digits(struct measure_value *value, int128 number)
{
    if (number < INT64_MIN || number > INT64_MAX) {
        value->text = slice_of(number_format(number, value->digits));
        return;
    }
    char *end = value->digits + sizeof(value->digits);
    char *at = end;
    uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;
    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (number < 0)
        *--at = '-';
    value->text = (struct slice){at, (size_t)(end - at)};
}

void measure_set_count(struct measure_value *value, int128 number)
{
    value->is_present = true;
    value->number = number;
    set_digits(value, number);
}

static bool read_text(const struct catalog_field *field, const struct scan_field *found,
                      struct measure_value *out, struct refusal *refusal)
{
    char name[128];
    if (found->kind != SCAN_STRING)
        return refuse_kind(field, found, "a string", refusal);
    if (found->text.size == 0 && field->is_required)
        return refusal_set(refusal, REFUSAL_MALFORMED, "%s is empty", shown(field, name));
    out->text = found->text;
    return true;
}

static bool read_boolean(const struct catalog_field *field, const struct scan_field *found,
                         struct measure_value *out, struct refusal *refusal)
{
    if (found->kind != SCAN_TRUE && found->kind != SCAN_FALSE)
        return refuse_kind(field, found, "true or false", refusal);
    out->text = slice_of(found->kind == SCAN_TRUE ? "true" : "false");
    return true;
}

static bool read_scalar(const struct catalog_field *field, const struct scan_field *found,
                        struct measure_value *out, struct refusal *refusal)
{
    if (found->kind == SCAN_TRUE || found->kind == SCAN_FALSE)
        return read_boolean(field, found, out, refusal);
    if (found->kind != SCAN_STRING && found->kind != SCAN_INTEGER)
        return refuse_kind(field, found, "a string, a whole number or a boolean", refusal);
    out->text = found->text;
    return true;
}

static bool is_whole(struct slice text)
{
    if (text.size == 0 || (text.data[0] == '0' && text.size > 1))
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    }
    return true;
}

static bool read_count(const struct catalog_field *field, const struct scan_field *found,
                       struct measure_value *out, struct refusal *refusal)
{
    char name[128];
    if (found->kind == SCAN_INTEGER && found->integer >= 0 &&
        found->integer <= (int64_t)MEASURE_QUANTITY_MAX) {
        out->text = found->text;
        out->number = found->integer;
        return true;
    }
    if (found->kind != SCAN_STRING && found->kind != SCAN_INTEGER)
        return refuse_kind(field, found, "a whole number", refusal);
    if (!is_whole(found->text))
        return refusal_set(refusal, REFUSAL_MALFORMED, "%s: '%.*s' is not a whole number",
                           shown(field, name), (int)(found->text.size < 60 ? found->text.size : 60),
                           found->text.data);
    uint64_t number = 0;
    for (size_t i = 0; i < found->text.size && i < COUNT_DIGITS_MAX; i++)
        number = number * 10 + (uint64_t)(found->text.data[i] - '0');
    if (found->text.size > COUNT_DIGITS_MAX || number > (uint64_t)MEASURE_QUANTITY_MAX)
        return refusal_set(refusal, REFUSAL_OVERFLOW, "%s is above 10^18", shown(field, name));
    out->text = found->text;
    out->number = number;
    return true;
}

static bool read_instant(const struct catalog_field *field, const struct scan_field *found,
                         struct measure_value *out, struct refusal *refusal)
{
    char name[128];
    struct error err;
    int64_t instant_us;
    if (found->kind != SCAN_STRING)
        return refuse_kind(field, found, "an instant such as '2026-10-01T00:00:00Z'", refusal);
    if (!instant_parse(found->text.data, found->text.size, "instant", &instant_us, &err))
        return refusal_set(refusal, REFUSAL_MALFORMED, "%s: %s", shown(field, name), err.message);
    if (field->kind == FIELD_INSTANT_MS && instant_us % 1000 != 0)
        return refusal_set(refusal, REFUSAL_MALFORMED, "%s is not in whole milliseconds",
                           shown(field, name));
    out->number = instant_us;
    set_digits(out, instant_us);
    return true;
}

static bool read_value(const struct catalog_field *field, const struct scan_field *found,
                       struct measure_value *out, struct refusal *refusal)
{
    char name[128];
    out->text = (struct slice){NULL, 0};
    out->number = 0;
    out->is_present = found->kind != SCAN_ABSENT && found->kind != SCAN_NULL;
    if (!out->is_present && field->is_required)
        return refusal_set(refusal, REFUSAL_MALFORMED, "%s is missing", shown(field, name));
    if (!out->is_present)
        return true;
    switch (field->kind) {
    case FIELD_TEXT: return read_text(field, found, out, refusal);
    case FIELD_SCALAR: return read_scalar(field, found, out, refusal);
    case FIELD_BOOLEAN: return read_boolean(field, found, out, refusal);
    case FIELD_COUNT: return read_count(field, found, out, refusal);
    case FIELD_INSTANT:
    case FIELD_INSTANT_MS: return read_instant(field, found, out, refusal);
    }
    assert(false);
    return false;
}

bool measure_read_values(const struct measure_input *input, struct measure_value *out_values,
                         struct refusal *refusal)
{
    const struct catalog_type *type = input->type;
    for (size_t i = 0; i < type->field_count; i++) {
        const struct catalog_field *field = &type->fields[i];
        if (!read_value(field, &input->event->fields[field->scan_index], &out_values[i], refusal))
            return false;
    }
    return type->core == NULL || type->core->check(out_values, input, refusal);
}
