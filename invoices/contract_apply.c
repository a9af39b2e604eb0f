/*
 * A contract's version is decided in the money stream of its tenant, and of all members of its
 * pool in one transaction, so that each tenant's own stream says which contract bills it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/canonical.h"
#include "invoices/chain.h"
#include "invoices/contracts.h"
#include "invoices/period.h"
#include "rating/pool.h"
#include "store/contents.h"
#include "store/money.h"

struct contract_change {
    const struct contract *contract;
    const char *id;
    const struct text *canonical;
    size_t count;
    struct tenant *tenants; /* by number */
    uint32_t version;
    uint64_t index; /* of the payer's entry */
    bool decided;
    const struct tenant *payer;
    bool was_pool; /* the version before this one */
    bool was_settled;
};

/* ---------------------------------------------------------------------------- whom it concerns */

static bool add_tenant(struct session *session, struct contract_change *change, const char *id,
                       struct error *err)
{
    struct tenant *tenants;
    for (size_t i = 0; i < change->count; i++)
        if (strcmp(change->tenants[i].id, id) == 0)
            return true;
    tenants = arena_array(&session->arena, change->count + 1, sizeof(*tenants));
    if (change->count > 0)
        memcpy(tenants, change->tenants, change->count * sizeof(*tenants));
    change->tenants = tenants;
    return tenant_find(session->store, session->log.log, id, &session->arena,
                       &tenants[change->count++], err);
}

/* A member that the new version does not name any more must hear of it. */
static bool add_former(struct session *session, struct contract_change *change,
                       const struct tenant *payer, struct error *err)
{
    struct content before;
    struct contract contract;
    if (!content_latest(session->store, session->log.log, ENTRY_CONTRACT, payer->number, change->id,
                        CONTENT_LAST, &session->arena, &before, err))
        return err->code == ERROR_NOT_FOUND;
    if (!contract_parse(before.bytes, before.size, change->id, payer->grid_seconds, &session->arena,
                        &contract, err))
        return false;
    bool good = true;
    change->was_pool = contract.member_count > 0;
    change->was_settled = contract_has_money(&contract);
    for (size_t i = 1; i < contract.member_count && good; i++)
        good = add_tenant(session, change, contract.members[i].tenant, err);
    contract_release(&contract);
    return good;
}

static int by_number(const void *a, const void *b)
{
    const struct tenant *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

static bool find_tenants(struct session *session, struct contract_change *change, struct error *err)
{
    const struct contract *contract = change->contract;
    const struct tenant *payer = change->payer;
    change->count = 0;
    if (!add_tenant(session, change, payer->id, err))
        return false;
    for (size_t i = 1; i < contract->member_count; i++)
        if (!add_tenant(session, change, contract->members[i].tenant, err))
            return error_prefix(err, "contract %s: /pool/members/%zu: ", change->id, i - 1);
    if (!add_former(session, change, payer, err))
        return false;
    qsort(change->tenants, change->count, sizeof(*change->tenants), by_number);
    return true;
}

/* ------------------------------------------------------------------------------------ deciding */

/* Which version this is; not decided when the newest of all says the same. */
static bool next_version(struct session *session, struct contract_change *change, struct error *err)
{
    struct digest hash = digest_of(change->canonical->data, change->canonical->size);
    uint32_t newest = 0;
    change->decided = false;
    for (size_t i = 0; i < change->count; i++) {
        struct content before = {0};
        bool found = content_latest(session->store, session->log.log, ENTRY_CONTRACT,
                                    change->tenants[i].number, change->id, CONTENT_LAST,
                                    &session->arena, &before, err);
        if (!found && err->code != ERROR_NOT_FOUND)
            return false;
        change->decided = change->decided || !found || !digest_equals(&hash, &before.hash);
        newest = before.version > newest ? before.version : newest;
        if (strcmp(change->tenants[i].id, change->contract->tenant) == 0)
            change->index = before.index;
    }
    change->version = newest + (change->decided ? 1 : 0);
    return true;
}

/* Where a member's own documents end, and those of the pool. */
static bool joins_where_it_can(struct session *session, const struct contract_change *change,
                               const struct tenant *tenant, struct error *err)
{
    struct tenant payer;
    struct closed_period pool, own;
    int64_t from_us, to_us;
    char texts[2][INSTANT_TEXT_SIZE];
    const struct contract *contract = change->contract;
    if (contract->member_count == 0 || !pool_tenure(contract, tenant->id, &from_us, &to_us))
        return true;
    if (!tenant_find(session->store, session->log.log, contract->tenant, &session->arena, &payer,
                     err))
        return false;
    if (!period_last(session, &payer, &pool, err))
        return err->code == ERROR_NOT_FOUND;
    if (period_last(session, tenant, &own, err))
        from_us = own.period.to_us > from_us ? own.period.to_us : from_us;
    else if (err->code != ERROR_NOT_FOUND)
        return false;
    return from_us >= pool.period.to_us || to_us <= from_us ||
           error_set(err, ERROR_INPUT,
                     "contract %s: /pool/members: '%s' would be in it from %s on, and periods are "
                     "closed up to %s: it joins there or later (\"from\")",
                     contract->id, tenant->id, instant_format(from_us, texts[0]),
                     instant_format(pool.period.to_us, texts[1]));
}

static bool lock_streams(struct session *session, const struct contract_change *change,
                         uint64_t *next_seqs, struct error *err)
{
    for (size_t i = 0; i < change->count; i++)
        if (!money_head_lock(session->store, session->log.log, change->tenants[i].number,
                             &next_seqs[i], err))
            return false;
    return true;
}

/* Of periods that are closed, documents without a settlement do not say what the pool's amounts
 * were, and the payer's alone are not those of all. */
static bool settles_on(struct session *session, const struct contract_change *change,
                       struct error *err)
{
    struct closed_period last;
    const struct contract *contract = change->contract;
    bool begins = change->was_pool && !change->was_settled && contract->member_count > 0 &&
                  contract_has_money(contract);
    bool ends = change->was_pool && change->was_settled && contract->member_count == 0;
    if (!begins && !ends)
        return true;
    if (!period_last(session, change->payer, &last, err))
        return err->code == ERROR_NOT_FOUND;
    return strcmp(last.contract, contract->id) != 0 ||
           error_set(
               err, ERROR_INPUT,
               "contract %s: /pool: periods are closed of it; commitments, credits, sla and fx "
               "%s: end it, and begin another contract",
               contract->id, begins ? "of a pool begin with its first" : "of a pool stay a pool's");
}

static bool fits_all(struct session *session, const struct contract_change *change,
                     struct error *err)
{
    for (size_t i = 0; i < change->count; i++)
        if (!chain_contract_fits(session, &change->tenants[i], change->contract, err) ||
            !joins_where_it_can(session, change, &change->tenants[i], err))
            return false;
    return settles_on(session, change, err);
}

static bool append_all(struct session *session, struct contract_change *change,
                       const struct decided *decided, const struct signed_entry *entries,
                       struct error *err)
{
    struct head head;
    uint64_t first;
    int log = session->log.log;
    for (size_t i = 0; i < change->count; i++)
        if (!money_head_set(session->store, log, decided[i].tenant, decided[i].stream_seq + 1, err))
            return false;
    if (!append_lock(session->store, &session->writer, &head, err) ||
        !append_entries(session->store, &head, entries, change->count, &first, err))
        return false;
    for (size_t i = 0; i < change->count; i++) {
        if (!session_content(session, first + i, &decided[i], err))
            return false;
        if (strcmp(change->tenants[i].id, change->contract->tenant) == 0)
            change->index = first + i;
    }
    return append_unlock(session->store, &head, err);
}

/* Under the locks of the tenants' money streams. */
static bool decide(struct session *session, struct contract_change *change, struct error *err)
{
    struct decided *decided = arena_array(&session->arena, change->count, sizeof(*decided));
    struct signed_entry *entries = arena_array(&session->arena, change->count, sizeof(*entries));
    uint64_t *next_seqs = arena_array(&session->arena, change->count, sizeof(*next_seqs));
    if (!lock_streams(session, change, next_seqs, err) || !next_version(session, change, err))
        return false;
    if (!change->decided)
        return true;
    if (!fits_all(session, change, err))
        return false;
    for (size_t i = 0; i < change->count; i++) {
        decided[i] = (struct decided){
            .kind = ENTRY_CONTRACT,
            .tenant = change->tenants[i].number,
            .stream_seq = next_seqs[i],
            .subject_id = change->id,
            .version = change->version,
            .content = change->canonical->data,
            .content_size = change->canonical->size,
        };
        session_sign(session, &decided[i], &entries[i]);
    }
    return append_all(session, change, decided, entries, err);
}

/* Whom the last version named is known only when nobody else decides one. */
static bool apply_contract(void *context, struct session *session, struct error *err)
{
    struct contract_change *change = context;
    return contract_lock(session->store, session->log.log, change->id, err) &&
           find_tenants(session, change, err) && decide(session, change, err);
}

/* ----------------------------------------------------------------------------------- the command
 */

/* One grid, so that every border lies on everybody's. */
static bool check_pool(struct session *session, const struct contract *contract,
                       const struct tenant *payer, const char *path, struct error *err)
{
    struct tenant member;
    for (size_t i = 1; i < contract->member_count; i++) {
        const char *id = contract->members[i].tenant;
        if (!tenant_find(session->store, session->log.log, id, &session->arena, &member, err))
            return error_prefix(err, "%s: /pool/members/%zu: ", path, i - 1);
        if (member.grid_seconds != payer->grid_seconds)
            return error_set(err, ERROR_INPUT,
                             "%s: /pool/members/%zu: the grid of '%s' is %u s, the payer's %u s",
                             path, i - 1, id, member.grid_seconds, payer->grid_seconds);
    }
    return true;
}

/* What it names must be there: its tenant, with the grid that its borders must lie on, and its
 * plans. */
static bool check_contract(struct session *session, const json_t *json, const char *path,
                           struct tenant *out_tenant, struct contract *out, struct error *err)
{
    struct plan_set plans;
    const char *tenant_id = json_string_value(json_object_get(json, "tenant"));
    if (tenant_id == NULL)
        return error_set(err, ERROR_INPUT, "%s: /tenant: a tenant's id is missing", path);
    if (!tenant_find(session->store, session->log.log, tenant_id, &session->arena, out_tenant,
                     err) ||
        !contract_compile(json, path, out_tenant->grid_seconds, &session->arena, out, err))
        return false;
    if (plans_of_contract(session, out, &plans, err) &&
        contract_check_plans(out, plans.plans, plans.count, err) &&
        check_pool(session, out, out_tenant, path, err))
        return true;
    contract_release(out);
    return false;
}

bool contract_apply_command(const struct cli *cli, struct error *err)
{
    struct session CLEANUP(session_close) session = {0};
    struct text CLEANUP(text_release) canonical;
    CLEANUP(json_release) json_t *json = NULL;
    const char *path = cli_argument(cli, 0);
    struct tenant tenant;
    struct agreement CLEANUP(agreement_release) agreement = {0};
    struct contract *contract = &agreement.contract;
    text_init(&canonical);
    if (!plans_read_json(path, &json, &canonical, err) ||
        !session_open(cli, ROLE_CONTROL, ROLE_DRAFT, &session, err) ||
        !check_contract(&session, json, path, &tenant, contract, err))
        return false;
    struct contract_change change = {
        .contract = contract, .id = contract->id, .canonical = &canonical, .payer = &tenant};
    contracts_print_warnings(contract);
    if (!session_transact(&session, apply_contract, &change, err))
        return false;
    printf("contract '%s' of tenant '%s': version %" PRIu32 "%s (entry %" PRIu64 ")\n", change.id,
           tenant.id, change.version, change.decided ? "" : " says the same already", change.index);
    return true;
}
