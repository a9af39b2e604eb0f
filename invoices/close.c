/*
 * The close: one entry of the tenant's money stream, and for a pool one of each member's, in one
 * transaction and with one cut.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/canonical.h"
#include "invoices/chain.h"
#include "invoices/document.h"
#include "invoices/period.h"
#include "invoices/pooled.h"
#include "invoices/ready.h"
#include "store/contents.h"
#include "store/money.h"

/* One tenant's part of it. */
struct closing {
    const struct tenant *tenant;
    const struct agreement *agreement;
    struct agreement own; /* of a member that the command does not name */
    uint64_t next_seq;
    uint64_t index;
    bool was_closed;
};

struct closings {
    const struct period *period;
    struct checkpoint_row cut;
    const json_t *pool; /* what all members' entries say of it; NULL: no pool */
    size_t count;
    struct closing *items; /* by number */
    size_t named;          /* whom the command named */
};

static void closings_release(struct closings *closings)
{
    for (size_t i = 0; i < closings->count; i++)
        agreement_release(&closings->items[i].own);
    json_decref((json_t *)closings->pool);
}

/* Whose part of it went wrong. */
static bool of_member(const struct closings *closings, size_t at, struct error *err)
{
    return closings->count == 1 ? false
                                : error_prefix(err, "'%s': ", closings->items[at].tenant->id);
}

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
static bool find_closed(struct session *session, struct closings *closings, struct closing *closing,
                        struct error *err)
{
    struct closed_period closed;
    char from[INSTANT_TEXT_SIZE];
    closing->was_closed =
        period_find(session, closing->tenant, closings->period->label, &closed, err);
    if (!closing->was_closed)
        return err->code == ERROR_NOT_FOUND;
    closing->index = closed.index;
    closings->cut.size = closed.size;
    return closed.period.from_us == closings->period->from_us ||
           error_set(
               err, ERROR_REFUSED, "there is a period %s already that begins at %s, of contract %s",
               closed.period.label, instant_format(closed.period.from_us, from), closed.contract);
}

/* All or none: a pool's members are closed together. */
static bool all_closed(struct session *session, struct closings *closings, bool *out,
                       struct error *err)
{
    size_t closed = 0;
    for (size_t i = 0; i < closings->count; i++) {
        if (!find_closed(session, closings, &closings->items[i], err))
            return false;
        closed += closings->items[i].was_closed;
    }
    *out = closed == closings->count;
    return closed == 0 || *out ||
           error_set(err, ERROR_REFUSED,
                     "some of the pool's members have closed a period %s already",
                     closings->period->label);
}

/* What the close was prepared with still holds. */
static bool still_holds(struct session *session, const struct closings *closings,
                        const struct closing *closing, struct error *err)
{
    struct content newest;
    const struct contract *contract = &closing->agreement->contract;
    if (!content_latest(session->store, session->log.log, ENTRY_CONTRACT, closing->tenant->number,
                        contract->id, CONTENT_LAST, &session->arena, &newest, err))
        return false;
    if (newest.index != closing->agreement->index)
        return error_set(err, ERROR_REFUSED, "contract %s has changed meanwhile: run it again",
                         contract->id);
    return chain_period_follows(session, closing->tenant, contract, closings->period, err);
}

static bool period_content(struct session *session, const struct closings *closings,
                           const struct closing *closing, struct text *out, struct error *err)
{
    const struct period *period = closings->period;
    char from[INSTANT_TEXT_SIZE], to[INSTANT_TEXT_SIZE], root[DIGEST_HEX_SIZE];
    json_t *previous;
    if (!previous_json(session, closing, &previous, err))
        return false;
    CLEANUP(json_release)
    json_t *content =
        json_pack("{s:s,s:{s:s,s:I},s:s,s:s,s:s,s:[{s:s,s:I,s:s}],s:o}", "tenant",
                  closing->tenant->id, "contract", "id", closing->agreement->contract.id, "version",
                  (json_int_t)closing->agreement->version, "label", period->label, "from",
                  instant_format(period->from_us, from), "to", instant_format(period->to_us, to),
                  "cut", "origin", session->log.origin, "size", (json_int_t)closings->cut.size,
                  "root", digest_hex(&closings->cut.root, root), "previous", previous);
    if (closings->pool != NULL)
        json_object_set(content, "pool", (json_t *)closings->pool);
    return canonical_write(content, out, err);
}

static bool sign_period(struct session *session, const struct closings *closings,
                        const struct closing *closing, struct decided *decided,
                        struct signed_entry *entry, struct error *err)
{
    struct text CLEANUP(text_release) content;
    text_init(&content);
    if (!still_holds(session, closings, closing, err) ||
        !period_content(session, closings, closing, &content, err))
        return false;
    *decided = (struct decided){
        .kind = ENTRY_PERIOD,
        .tenant = closing->tenant->number,
        .stream_seq = closing->next_seq,
        .subject_id = closings->period->label,
        .version = 1,
        .content = arena_text_n(&session->arena, content.data, content.size),
        .content_size = content.size,
    };
    session_sign(session, decided, entry);
    return true;
}

static bool append_all(struct session *session, struct closings *closings,
                       const struct decided *decided, const struct signed_entry *entries,
                       struct error *err)
{
    struct head head;
    uint64_t first;
    for (size_t i = 0; i < closings->count; i++)
        if (!money_head_set(session->store, session->log.log, decided[i].tenant,
                            decided[i].stream_seq + 1, err))
            return false;
    if (!append_lock(session->store, &session->writer, &head, err) ||
        !append_entries(session->store, &head, entries, closings->count, &first, err))
        return false;
    for (size_t i = 0; i < closings->count; i++) {
        closings->items[i].index = first + i;
        if (!session_content(session, first + i, &decided[i], err))
            return false;
    }
    return append_unlock(session->store, &head, err);
}

/* Under the locks of the tenants' money streams. */
static bool close_locked(void *context, struct session *session, struct error *err)
{
    struct closings *closings = context;
    struct decided *decided = arena_array(&session->arena, closings->count, sizeof(*decided));
    struct signed_entry *entries = arena_array(&session->arena, closings->count, sizeof(*entries));
    bool closed;
    for (size_t i = 0; i < closings->count; i++)
        if (!money_head_lock(session->store, session->log.log, closings->items[i].tenant->number,
                             &closings->items[i].next_seq, err))
            return false;
    if (!all_closed(session, closings, &closed, err))
        return false;
    if (closed)
        return true;
    for (size_t i = 0; i < closings->count; i++)
        if (!sign_period(session, closings, &closings->items[i], &decided[i], &entries[i], err))
            return of_member(closings, i, err);
    return append_all(session, closings, decided, entries, err);
}

/* What cannot become a document is not cut: a cut stays, so that a correction would come too late.
 */
static bool try_document(struct session *session, const struct closings *closings,
                         const struct closing *closing, struct error *err)
{
    struct draft CLEANUP(draft_release) draft = {0};
    struct closed_period tried = {.period = *closings->period,
                                  .contract = closing->agreement->contract.id,
                                  .contract_version = closing->agreement->version,
                                  .origin = session->log.origin,
                                  .size = closings->cut.size,
                                  .root = closings->cut.root};
    return document_draft(session, closing->tenant, closing->agreement, &tried, 0, 0, &draft, err);
}

static bool prepare(struct session *session, struct closings *closings, struct error *err)
{
    const struct contract *contract = &closings->items[closings->named].agreement->contract;
    json_t *pool;
    for (size_t i = 0; i < closings->count; i++) {
        const struct closing *closing = &closings->items[i];
        if (!period_ready(session, closing->tenant, &closing->agreement->contract, closings->period,
                          err))
            return of_member(closings, i, err);
    }
    for (size_t i = 0; i < closings->count; i++)
        if (!period_sealed(session, closings->items[i].tenant, &closings->cut, err))
            return false;
    for (size_t i = 0; i < closings->count; i++)
        if (!period_fits(session, closings->items[i].tenant, closings->period, closings->cut.size,
                         err) ||
            !try_document(session, closings, &closings->items[i], err))
            return of_member(closings, i, err);
    if (contract->member_count > 0) {
        if (!pooled_totals_json(session, contract, closings->period, closings->cut.size, &pool,
                                err))
            return false;
        closings->pool = pool;
    }
    return true;
}

static bool close_period(struct session *session, struct closings *closings, struct error *err)
{
    struct error why;
    bool closed;
    if (!all_closed(session, closings, &closed, err))
        return false;
    if (closed)
        return true;
    if (prepare(session, closings, err) && session_transact(session, close_locked, closings, err))
        return true;
    /* Another may have closed it meanwhile, and its entry was what stood in the way. */
    return all_closed(session, closings, &closed, &why) && closed;
}

/* Of a pool's period: each member, under its own entry of the same version. */
static bool find_closings(struct session *session, const struct tenant *tenant,
                          const struct agreement *agreement, struct closings *out,
                          struct error *err)
{
    struct tenant *tenants;
    size_t count;
    if (!pooled_tenants(session, &agreement->contract, out->period, &tenants, &count, err))
        return false;
    out->items = arena_array(&session->arena, count, sizeof(*out->items));
    for (size_t i = 0; i < count; i++) {
        struct closing *closing = &out->items[out->count++];
        closing->tenant = &tenants[i];
        closing->agreement = agreement;
        if (tenants[i].number == tenant->number) {
            out->named = i;
            continue;
        }
        closing->agreement = &closing->own;
        if (!contracts_version(session, &tenants[i], agreement->contract.id, agreement->version,
                               &closing->own, err))
            return error_prefix(err, "'%s': ", tenants[i].id);
    }
    return true;
}

bool period_close(struct session *session, const struct tenant *tenant,
                  const struct agreement *agreement, const struct period *period,
                  struct closed_now *out, struct error *err)
{
    struct closings CLEANUP(closings_release) closings = {.period = period};
    if (!find_closings(session, tenant, agreement, &closings, err) ||
        !close_period(session, &closings, err))
        return false;
    const struct closing *named = &closings.items[closings.named];
    *out = (struct closed_now){named->was_closed, closings.cut.size, named->index};
    return true;
}

bool period_close_command(const struct cli *cli, struct error *err)
{
    struct session CLEANUP(session_close) session = {0};
    struct agreement CLEANUP(agreement_release) agreement = {0};
    struct tenant tenant;
    struct period period;
    struct closings CLEANUP(closings_release) closings = {.period = &period};
    if (!session_open(cli, ROLE_INVOICES, ROLE_DRAFT, &session, err) ||
        !period_of_arguments(cli, &session, &tenant, &agreement, &period, err))
        return false;
    if (!find_closings(&session, &tenant, &agreement, &closings, err) ||
        !close_period(&session, &closings, err))
        return error_prefix(err, "close %s %s: ", tenant.id, period.label);
    for (size_t i = 0; i < closings.count; i++)
        printf("period %s of tenant '%s': %s, cut at size %" PRIu64 " (entry %" PRIu64 ")\n",
               period.label, closings.items[i].tenant->id,
               closings.items[i].was_closed ? "was closed before" : "closed", closings.cut.size,
               closings.items[i].index);
    return true;
}
