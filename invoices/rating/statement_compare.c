#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "rating/statement.h"

struct comparison {
    statement_visitor *visit;
    void *context;
    struct text path; /* of where the walk is */
    size_t differences;
};

static void compare(struct comparison *comparison, const json_t *stated, const json_t *made);

/* One step down the path, and up again. */
static void step(struct comparison *comparison, const char *name, const json_t *stated,
                 const json_t *made)
{
    size_t size = comparison->path.size;
    text_append(&comparison->path, "/");
    for (; *name != '\0'; name++)
        text_append_n(&comparison->path,
                      *name == '~'   ? "~0"
                      : *name == '/' ? "~1"
                                     : name,
                      *name == '~' || *name == '/' ? 2 : 1);
    compare(comparison, stated, made);
    comparison->path.size = size;
    comparison->path.data[size] = '\0';
}

static void report(struct comparison *comparison, const json_t *stated, const json_t *made)
{
    char *texts[2] = {NULL, NULL};
    if (stated != NULL)
        texts[0] = json_dumps(stated, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
    if (made != NULL)
        texts[1] = json_dumps(made, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);
    comparison->differences++;
    comparison->visit(comparison->context, comparison->path.data, texts[0], texts[1]);
    free(texts[0]);
    free(texts[1]);
}

static void compare_objects(struct comparison *comparison, const json_t *stated, const json_t *made)
{
    const char *name;
    const json_t *value;
    json_object_foreach ((json_t *)(uintptr_t)made, name, value)
        step(comparison, name, json_object_get(stated, name), value);
    json_object_foreach ((json_t *)(uintptr_t)stated, name, value)
        if (json_object_get(made, name) == NULL)
            step(comparison, name, value, NULL);
}

static void compare_arrays(struct comparison *comparison, const json_t *stated, const json_t *made)
{
    size_t count = json_array_size(stated);
    char name[32];
    if (count < json_array_size(made))
        count = json_array_size(made);
    for (size_t i = 0; i < count; i++) {
        snprintf(name, sizeof(name), "%zu", i);
        step(comparison, name, json_array_get(stated, i), json_array_get(made, i));
    }
}

static void compare(struct comparison *comparison, const json_t *stated, const json_t *made)
{
    if (json_is_object(stated) && json_is_object(made))
        compare_objects(comparison, stated, made);
    else if (json_is_array(stated) && json_is_array(made))
        compare_arrays(comparison, stated, made);
    else if (stated == NULL || made == NULL || json_equal(stated, made) != 1)
        report(comparison, stated, made);
}

size_t statement_compare(const json_t *stated, const json_t *made, statement_visitor *visit,
                         void *context)
{
    struct comparison comparison = {.visit = visit, .context = context};
    const char *name;
    const json_t *value;
    text_init(&comparison.path);
    json_object_foreach ((json_t *)(uintptr_t)made, name, value)
        step(&comparison, name, json_object_get(stated, name), value);
    text_release(&comparison.path);
    return comparison.differences;
}
