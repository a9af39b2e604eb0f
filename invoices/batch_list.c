#include "invoices/batch_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#define FILE_SIZE_MAX ((size_t)1 << 28)
#define FIELDS 7

enum field { FIELD_TENANT = 0, FIELD_PERIOD = 1, FIELD_DRAFT = 6 };

void batch_list_release(struct batch_list *list)
{
    free(list->items);
    list->items = NULL;
}

static struct batch_item *add_item(struct batch_list *list, const struct tenant *tenant)
{
    list->items = memory_grow(list->items, &list->capacity, list->count + 1, sizeof(*list->items));
    struct batch_item *item = &list->items[list->count++];
    *item = (struct batch_item){.tenant = tenant_copy(tenant, list->arena), .label = list->label};
    return item;
}

static bool list_tenant(void *context, const struct tenant *tenant, struct error *err)
{
    (void)err;
    add_item(context, tenant);
    return true;
}

bool batch_list_all(struct batch_list *list, struct session *session, const char *label,
                    struct arena *arena, struct error *err)
{
    list->arena = arena;
    list->label = arena_text(arena, label);
    return tenants_each(session->store, session->log.log, list_tenant, list, err);
}

/* ---------------------------------------------------------------------------------- from a file */

static bool split_row(const char *line, size_t size, struct slice out[FIELDS])
{
    size_t count = 0;
    const char *end = line + size;
    for (const char *at = line; count < FIELDS; at++) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *until = comma != NULL ? comma : end;
        out[count++] = (struct slice){at, (size_t)(until - at)};
        if (comma == NULL)
            return count == FIELDS;
        at = until;
    }
    return false;
}

static bool add_row(struct batch_list *list, struct session *session, const char *line, size_t size,
                    struct error *err)
{
    struct slice fields[FIELDS];
    struct tenant tenant;
    if (!split_row(line, size, fields) || fields[FIELD_DRAFT].size != 2 * DIGEST_SIZE)
        return error_set(err, ERROR_INPUT, "no row of '%s'", BATCH_HEADER);
    const char *id =
        arena_text_n(list->arena, fields[FIELD_TENANT].data, fields[FIELD_TENANT].size);
    if (!tenant_find(session->store, session->log.log, id, list->arena, &tenant, err))
        return false;
    struct batch_item *item = add_item(list, &tenant);
    item->label = arena_text_n(list->arena, fields[FIELD_PERIOD].data, fields[FIELD_PERIOD].size);
    item->draft = arena_text_n(list->arena, fields[FIELD_DRAFT].data, fields[FIELD_DRAFT].size);
    return true;
}

static bool add_rows(struct batch_list *list, struct session *session, const char *path,
                     const struct text *bytes, struct error *err)
{
    size_t number = 1;
    for (const char *line = bytes->data; *line != '\0'; number++) {
        size_t size = strcspn(line, "\r\n");
        bool is_header = slice_equals((struct slice){line, size}, BATCH_HEADER);
        if (size > 0 && !is_header && !add_row(list, session, line, size, err))
            return error_prefix(err, "%s:%zu: ", path, number);
        line += size;
        line += *line == '\r';
        line += *line == '\n';
    }
    return true;
}

bool batch_list_read(struct batch_list *list, struct session *session, const char *path,
                     struct arena *arena, struct error *err)
{
    struct text CLEANUP(text_release) bytes;
    text_init(&bytes);
    list->arena = arena;
    return file_read(path, FILE_SIZE_MAX, &bytes, err) &&
           add_rows(list, session, path, &bytes, err);
}
