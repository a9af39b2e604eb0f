/*
 * The catalog's compiler, inside: what its files share. The JSON has passed the schema, so types of
 * members and required ones are not checked again.
 */
#ifndef METER_CATALOG_PARTS_H
#define METER_CATALOG_PARTS_H

#include "meter/catalog.h"

#define CATALOG_ANY "*"

struct catalog_draft {
    struct catalog *catalog;
    struct arena *arena; /* the catalog's */
    struct catalog_type *types;
    struct catalog_meter *meters;
};

/* Copies, into the catalog's arena. */
struct slice draft_text(struct catalog_draft *draft, const json_t *string);
struct slice draft_member(struct catalog_draft *draft, const json_t *object, const char *name);
/* A string, a whole number or a boolean, as the text that events are compared with. */
struct slice draft_scalar(struct catalog_draft *draft, const json_t *scalar);
/* A whole number or its decimal string; the schema has its range. */
int128 draft_whole(const json_t *whole);
/* NULL and absent alike: no items. */
size_t draft_count(const json_t *array);

/* The index of a pointer among a type's fields. ERROR_INPUT: the type has no such field. */
MUST_CHECK bool type_field(const struct catalog_type *type, struct slice pointer, size_t *out_field,
                           struct error *err);
/* The same for a label: a field that the type does not have is added. */
MUST_CHECK bool type_label_field(struct catalog_draft *draft, struct catalog_type *type,
                                 struct slice pointer, size_t *out_field, struct error *err);
MUST_CHECK bool type_compile(struct catalog_draft *draft, const json_t *json,
                             struct catalog_type *out_type, struct error *err);
MUST_CHECK bool quantity_compile(struct catalog_draft *draft, struct catalog_type *type,
                                 const json_t *json, struct catalog_meter *meter,
                                 struct error *err);
MUST_CHECK bool meter_compile(struct catalog_draft *draft, const json_t *json,
                              struct catalog_meter *out_meter, struct error *err);

/* The index over `count` names, which stay where they are. ERROR_INPUT: one stands there twice. */
MUST_CHECK bool catalog_index_make(struct arena *arena, const struct slice *names, size_t count,
                                   const char *what, struct catalog_index **out_index,
                                   struct error *err);
/* SIZE_MAX when there is none. */
size_t catalog_index_find(const struct catalog_index *index, struct slice name);

#endif
