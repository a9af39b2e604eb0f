/*
 * Declared capacity: JSON -> compiled.
 */
#include "rating/declared.h"

#include <string.h>

#include "base/instant.h"
#include "core/schema.h"
#include "rating/field.h"
#include "rating_schemas.h"

static bool read_border(const struct reader *reader, const char *name, int64_t fallback_us,
                        int64_t *out_us, struct error *err)
{
    if (!reader_instant(reader, name, fallback_us, out_us, err))
        return false;
    return *out_us == INSTANT_MAX || *out_us % HOUR_US == 0 ||
           reader_refuse(reader, name, err, "capacity begins and ends on a UTC hour");
}

static bool read_type(const struct reader *reader, const struct declared *declared,
                      struct declared_row *out, struct error *err)
{
    struct conditions type;

    reader_values(reader, "type", &type);
    out->values = arena_array(reader->arena, declared->by_count, sizeof *out->values);
    for (size_t i = 0; i < declared->by_count; i++) {
        for (size_t j = 0; j < type.count; j++)
            if (strcmp(type.items[j].dimension, declared->by[i]) == 0)
                out->values[i] = type.items[j].values[0];
        if (!out->values[i])
            return reader_refuse(reader, "type", err, "it has no value for '%s' of `by`",
                                 declared->by[i]);
    }
    return type.count == declared->by_count ||
           reader_refuse(reader, "type", err, "it has dimensions that `by` does not name");
}

static bool read_row(const struct reader *reader, const struct declared *declared,
                     struct declared_row *out, struct error *err)
{
    const char *units = reader_text(reader, "units", "");

    if (!read_type(reader, declared, out, err) ||
        !number_parse_int128(units, strlen(units), "units", &out->units, err) ||
        !read_border(reader, "from", INSTANT_MIN, &out->from_us, err) ||
        !read_border(reader, "to", INSTANT_MAX, &out->to_us, err))
        return false;
    return out->from_us < out->to_us || reader_refuse(reader, "to", err, "it is not after `from`");
}

bool declared_compile(const json_t *json, const char *what, struct arena *arena,
                      struct declared *out, struct error *err)
{
    const struct reader reader = {.what = what, .path = "", .object = json, .arena = arena};
    struct declared declared = {0};

    if (!schema_check(schema_capacity, json, what, err))
        return false;
    declared.id = reader_text(&reader, "capacity", "");
    declared.meter = reader_text(&reader, "meter", "");
    declared.unit = reader_text(&reader, "unit", "");
    declared.scale = (unsigned)reader_integer(&reader, "scale", 0);
    declared.by = reader_texts(&reader, "by", &declared.by_count);
    size_t count = reader_count(&reader, "units");
    declared.rows = arena_array(arena, count, sizeof *declared.rows);
    for (; declared.row_count < count; declared.row_count++) {
        struct reader item = reader_item(&reader, "units", declared.row_count);

        if (!read_row(&item, &declared, &declared.rows[declared.row_count], err))
            return false;
    }
    *out = declared;
    return true;
}
