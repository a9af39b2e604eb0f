/*
 * What a new version of the catalog may not change: the book holds what the old one said.
 */
#include "meter/catalog_parts.h"

static const struct catalog_meter *find_meter(const struct catalog *catalog, struct slice name)
{
    for (size_t i = 0; i < catalog->meter_count; i++) {
        if (slice_compare(catalog->meters[i].meter, name) == 0)
            return &catalog->meters[i];
    }
    return NULL;
}

static bool check_meter(const struct catalog_meter *old, const struct catalog_meter *new,
                        struct error *err)
{
    if (slice_compare(old->unit, new->unit) == 0 && old->scale == new->scale &&
        old->aggregation == new->aggregation)
        return true;
    return error_set(err, ERROR_INPUT,
                     "meter '%s' was in %s, scale %u, %s: these never change; give the new meter "
                     "another name",
                     old->meter.data, old->unit.data, (unsigned)old->scale,
                     aggregation_word(old->aggregation));
}

static bool is_instant(const struct catalog_field *field)
{
    return field->kind == FIELD_INSTANT || field->kind == FIELD_INSTANT_MS;
}

/* A number may become a count and stop being one: its text, which is hashed, stays. */
static bool same_fields(const struct catalog_type *old, const struct catalog_type *new)
{
    if (old->own_count != new->own_count || old->instant != new->instant || old->core != new->core)
        return false;
    for (size_t i = 0; i < old->own_count; i++) {
        if (slice_compare(old->fields[i].pointer, new->fields[i].pointer) != 0 ||
            is_instant(&old->fields[i]) != is_instant(&new->fields[i]))
            return false;
    }
    return true;
}

bool catalog_check_successor(const struct catalog *previous, const struct catalog *next,
                             struct error *err)
{
    for (size_t i = 0; i < previous->meter_count; i++) {
        const struct catalog_meter *old = &previous->meters[i];
        const struct catalog_meter *new = find_meter(next, old->meter);
        if (new != NULL && !check_meter(old, new, err))
            return false;
    }
    for (size_t i = 0; i < previous->type_count; i++) {
        const struct catalog_type *old = &previous->types[i];
        const struct catalog_type *new = catalog_type(next, old->type);
        if (new != NULL && !same_fields(old, new))
            return error_set(err, ERROR_INPUT,
                             "type '%s': its instant, its meaning and their order never change, or "
                             "an event that comes again would not be recognised; give the new type "
                             "another name",
                             old->type.data);
    }
    return true;
}
