#include "invoices/period.h"

#include <stdio.h>
#include <string.h>

#include "core/canonical.h"
#include "store/contents.h"

static bool read_instant(const json_t *json, const char *name, int64_t *out, struct error *err)
{
    const char *text = json_string_value(json_object_get(json, name));
    if (text == NULL)
        return error_set(err, ERROR_CONFLICT, "period: '%s' is missing", name);
    return instant_parse(text, strlen(text), name, out, err);
}

static bool read_period(const struct content *content, struct arena *arena,
                        struct closed_period *out, struct error *err)
{
    CLEANUP(json_release) json_t *json = NULL;
    if (!canonical_parse(content->bytes, content->size, "period", &json, err))
        return false;
    const json_t *contract = json_object_get(json, "contract");
    const json_t *cut = json_array_get(json_object_get(json, "cut"), 0);
    const char *id = json_string_value(json_object_get(contract, "id"));
    const char *root = json_string_value(json_object_get(cut, "root"));
    const char *origin = json_string_value(json_object_get(cut, "origin"));
    if (id == NULL || root == NULL || origin == NULL)
        return error_set(err, ERROR_CONFLICT, "period '%s': contract or cut is missing",
                         content->subject_id);
    *out = (struct closed_period){
        .index = content->index,
        .contract = arena_text(arena, id),
        .contract_version = (uint32_t)json_integer_value(json_object_get(contract, "version")),
        .origin = arena_text(arena, origin),
        .size = (uint64_t)json_integer_value(json_object_get(cut, "size")),
    };
    snprintf(out->period.label, sizeof(out->period.label), "%s", content->subject_id);
    return digest_parse_hex(root, "root", &out->root, err) &&
           read_instant(json, "from", &out->period.from_us, err) &&
           read_instant(json, "to", &out->period.to_us, err);
}

bool period_find(struct session *session, const struct tenant *tenant, const char *label,
                 struct closed_period *out, struct error *err)
{
    struct content content;
    return content_latest(session->store, session->log.log, ENTRY_PERIOD, tenant->number, label,
                          CONTENT_LAST, &session->arena, &content, err) &&
           read_period(&content, &session->arena, out, err);
}

struct last_label {
    struct arena *arena;
    const char *label;
};

static bool keep_last(void *context, const struct content *content, struct error *err)
{
    struct last_label *last = context;
    (void)err;
    last->label = arena_text(last->arena, content->subject_id);
    return true;
}

bool period_last(struct session *session, const struct tenant *tenant, struct closed_period *out,
                 struct error *err)
{
    struct last_label last = {.arena = &session->arena};
    if (!contents_each_of_tenant(session->store, session->log.log, tenant->number,
                                 CONTENT_KIND(ENTRY_PERIOD), keep_last, &last, err))
        return false;
    if (last.label == NULL)
        return error_set(err, ERROR_NOT_FOUND, "no period of tenant '%s' is closed", tenant->id);
    return period_find(session, tenant, last.label, out, err);
}

bool period_of_arguments(const struct cli *cli, struct session *session, struct tenant *out_tenant,
                         struct agreement *out_agreement, struct period *out_period,
                         struct error *err)
{
    struct head head;
    return tenant_find(session->store, session->log.log, cli_argument(cli, 0), &session->arena,
                       out_tenant, err) &&
           head_read(session->store, session->log.log, &head, err) &&
           contracts_find(session, out_tenant, cli_argument(cli, 1), head.size, out_agreement,
                          out_period, err);
}
