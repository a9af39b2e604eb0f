#include "invoices/period.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/canonical.h"
#include "invoices/chain.h"
#include "invoices/document.h"
#include "invoices/ready.h"
#include "store/contents.h"
#include "store/money.h"

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

/* -------------------------------------------------------------------------------------- close */

struct closing {
    const struct tenant *tenant;
    const struct agreement *agreement;
    const struct period *period;
    struct checkpoint_row cut;
    uint64_t index;
    bool was_closed;
};

/* Index of the period before, or null. */
static bool previous_json(struct session *session, const struct closing *closing, json_t **out,
                          struct error *err)
{
    struct closed_period last;
    bool found = period_last(session, closing->tenant, &last, err);
    if (!found && err->code != ERROR_NOT_FOUND)
        return false;
    *out = found ? json_integer((json_int_t)last.index) : json_null();
    return true;
}

/* Whether it is closed already. A label stands for one period of a tenant. */
static bool find_closed(struct session *session, struct closing *closing, struct error *err)
{
    struct closed_period closed;
    char from[INSTANT_TEXT_SIZE];
    closing->was_closed =
        period_find(session, closing->tenant, closing->period->label, &closed, err);
    if (!closing->was_closed)
        return err->code == ERROR_NOT_FOUND;
    closing->index = closed.index;
    closing->cut.size = closed.size;
    return closed.period.from_us == closing->period->from_us ||
           error_set(
               err, ERROR_REFUSED, "there is a period %s already that begins at %s, of contract %s",
               closed.period.label, instant_format(closed.period.from_us, from), closed.contract);
}

/* What the close was prepared with still holds. */
static bool still_holds(struct session *session, const struct closing *closing, struct error *err)
{
    struct content newest;
    const struct contract *contract = &closing->agreement->contract;
    if (!content_latest(session->store, session->log.log, ENTRY_CONTRACT, closing->tenant->number,
                        contract->id, CONTENT_LAST, &session->arena, &newest, err))
        return false;
    if (newest.index != closing->agreement->index)
        return error_set(err, ERROR_REFUSED, "contract %s has changed meanwhile: run it again",
                         contract->id);
    return chain_period_follows(session, closing->tenant, contract, closing->period, err);
}

static bool period_content(struct session *session, const struct closing *closing, struct text *out,
                           struct error *err)
{
    char from[INSTANT_TEXT_SIZE], to[INSTANT_TEXT_SIZE], root[DIGEST_HEX_SIZE];
    json_t *previous;
    if (!previous_json(session, closing, &previous, err))
        return false;
    CLEANUP(json_release)
    json_t *content =
        json_pack("{s:s,s:{s:s,s:I},s:s,s:s,s:s,s:[{s:s,s:I,s:s}],s:o}", "tenant",
                  closing->tenant->id, "contract", "id", closing->agreement->contract.id, "version",
                  (json_int_t)closing->agreement->version, "label", closing->period->label, "from",
                  instant_format(closing->period->from_us, from), "to",
                  instant_format(closing->period->to_us, to), "cut", "origin", session->log.origin,
                  "size", (json_int_t)closing->cut.size, "root",
                  digest_hex(&closing->cut.root, root), "previous", previous);
    return canonical_write(content, out, err);
}

/* Under the lock of the tenant's money stream. */
static bool close_locked(void *context, struct session *session, struct error *err)
{
    struct closing *closing = context;
    struct head head;
    struct signed_entry entry;
    struct text CLEANUP(text_release) content;
    uint64_t next_seq, tenant = closing->tenant->number;
    int log = session->log.log;
    text_init(&content);
    if (!money_head_lock(session->store, log, tenant, &next_seq, err) ||
        !find_closed(session, closing, err))
        return false;
    if (closing->was_closed)
        return true;
    if (!still_holds(session, closing, err) || !period_content(session, closing, &content, err))
        return false;
    struct decided decided = {
        .kind = ENTRY_PERIOD,
        .tenant = tenant,
        .stream_seq = next_seq,
        .subject_id = closing->period->label,
        .version = 1,
        .content = content.data,
        .content_size = content.size,
    };
    session_sign(session, &decided, &entry);
    return money_head_set(session->store, log, tenant, next_seq + 1, err) &&
           append_lock(session->store, &session->writer, &head, err) &&
           append_entries(session->store, &head, &entry, 1, &closing->index, err) &&
           session_content(session, closing->index, &decided, err) &&
           append_unlock(session->store, &head, err);
}

/* What cannot become a document is not cut: a cut stays, so that a correction would come too late.
 */
static bool try_document(struct session *session, const struct closing *closing, struct error *err)
{
    struct draft CLEANUP(draft_release) draft = {0};
    struct closed_period tried = {.period = *closing->period,
                                  .contract = closing->agreement->contract.id,
                                  .contract_version = closing->agreement->version,
                                  .origin = session->log.origin,
                                  .size = closing->cut.size,
                                  .root = closing->cut.root};
    return document_draft(session, closing->tenant, closing->agreement, &tried, 0, 0, &draft, err);
}

static bool close_period(struct session *session, struct closing *closing, struct error *err)
{
    struct error why;
    if (!find_closed(session, closing, err))
        return false;
    if (closing->was_closed)
        return true;
    if (period_ready(session, closing->tenant, &closing->agreement->contract, closing->period,
                     &closing->cut, err) &&
        try_document(session, closing, err) &&
        session_transact(session, close_locked, closing, err))
        return true;
    /* Another may have closed it meanwhile, and its entry was what stood in the way. */
    return find_closed(session, closing, &why) && closing->was_closed;
}

bool period_close_command(const struct cli *cli, struct error *err)
{
    struct session CLEANUP(session_close) session = {0};
    struct agreement CLEANUP(agreement_release) agreement = {0};
    struct tenant tenant;
    struct period period;
    if (!session_open(cli, ROLE_INVOICES, ROLE_DRAFT, &session, err) ||
        !period_of_arguments(cli, &session, &tenant, &agreement, &period, err))
        return false;
    struct closing closing = {.tenant = &tenant, .agreement = &agreement, .period = &period};
    if (!close_period(&session, &closing, err))
        return error_prefix(err, "close %s %s: ", tenant.id, period.label);
    printf("period %s of tenant '%s': %s, cut at size %" PRIu64 " (entry %" PRIu64 ")\n",
           period.label, tenant.id, closing.was_closed ? "was closed before" : "closed",
           closing.cut.size, closing.index);
    return true;
}
