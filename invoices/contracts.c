#include "invoices/contracts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/canonical.h"
#include "invoices/chain.h"
#include "store/contents.h"
#include "store/money.h"

void agreement_release(struct agreement *agreement)
{
    if (agreement->contract.zone != NULL)
        contract_release(&agreement->contract);
    agreement->contract.zone = NULL;
}

/* ------------------------------------------------------------------------------------ finding */

struct versions {
    struct arena *arena;
    uint64_t size;
    size_t count;
    size_t capacity;
    struct content *items; /* the newest version of each contract */
};

static bool keep_newest(void *context, const struct content *content, struct error *err)
{
    struct versions *versions = context;
    (void)err;
    if (content->index >= versions->size)
        return true;
    struct content copy = *content;
    copy.subject_id = arena_text(versions->arena, content->subject_id);
    copy.bytes = arena_text_n(versions->arena, content->bytes, content->size);
    for (size_t i = 0; i < versions->count; i++)
        if (strcmp(versions->items[i].subject_id, copy.subject_id) == 0) {
            versions->items[i] = copy;
            return true;
        }
    versions->items = memory_grow(versions->items, &versions->capacity, versions->count + 1,
                                  sizeof(*versions->items));
    versions->items[versions->count++] = copy;
    return true;
}

bool contracts_newest(struct session *session, const struct tenant *tenant, uint64_t size,
                      struct content **out, size_t *out_count, struct error *err)
{
    struct versions versions = {.arena = &session->arena, .size = size};
    bool listed =
        contents_each_of_tenant(session->store, session->log.log, tenant->number,
                                CONTENT_KIND(ENTRY_CONTRACT), keep_newest, &versions, err);
    *out = arena_array(&session->arena, versions.count + 1, sizeof(**out));
    if (versions.count > 0)
        memcpy(*out, versions.items, versions.count * sizeof(**out));
    *out_count = versions.count;
    free(versions.items);
    return listed;
}

static bool period_of(const struct contract *contract, const char *label, struct period *out,
                      struct error *err)
{
    int64_t instant_us;
    if (strchr(label, 'T') == NULL)
        return contract_period(contract, label, out, err);
    return instant_parse(label, strlen(label), "PERIOD", &instant_us, err) &&
           contract_period_at(contract, instant_us, out, err);
}

static bool open_agreement(struct session *session, const struct tenant *tenant,
                           const struct content *content, struct agreement *out, struct error *err)
{
    struct agreement agreement = {.version = content->version, .index = content->index};
    if (!contract_parse(content->bytes, content->size, content->subject_id, tenant->grid_seconds,
                        &session->arena, &agreement.contract, err))
        return false;
    if (!plans_of_contract(session, &agreement.contract, &agreement.plans, err)) {
        agreement_release(&agreement);
        return false;
    }
    *out = agreement;
    return true;
}

/* Contracts that have a part of what a label names: one, or the one with this very name. */
struct search {
    const char *label;
    size_t count;
    bool is_exact;
    struct agreement agreement; /* of the first */
    struct period period;
    struct period other; /* of another */
};

static bool look_into(struct session *session, const struct tenant *tenant,
                      const struct content *content, struct search *search, struct error *err)
{
    struct agreement CLEANUP(agreement_release) agreement = {0};
    struct period period;
    if (!open_agreement(session, tenant, content, &agreement, err))
        return false;
    if (!period_of(&agreement.contract, search->label, &period, err))
        return err->code == ERROR_NOT_FOUND;
    search->is_exact = strcmp(period.label, search->label) == 0;
    search->count = search->is_exact ? 1 : search->count + 1;
    if (search->count > 1) {
        search->other = period;
        return true;
    }
    agreement_release(&search->agreement);
    search->agreement = agreement;
    search->period = period;
    agreement.contract.zone = NULL; /* it went to the search */
    return true;
}

bool contracts_find(struct session *session, const struct tenant *tenant, const char *label,
                    uint64_t size, struct agreement *out, struct period *out_period,
                    struct error *err)
{
    struct content *items;
    size_t count;
    struct search search = {.label = label};
    if (!contracts_newest(session, tenant, size, &items, &count, err))
        return false;
    for (size_t i = 0; i < count && !search.is_exact; i++)
        if (!look_into(session, tenant, &items[i], &search, err)) {
            agreement_release(&search.agreement);
            return false;
        }
    if (search.count == 1) {
        *out = search.agreement;
        *out_period = search.period;
        return true;
    }
    agreement_release(&search.agreement);
    if (search.count > 1)
        return error_set(err, ERROR_REFUSED,
                         "tenant '%s' has several contracts in period '%s': name %s or %s",
                         tenant->id, label, search.period.label, search.other.label);
    return error_set(err, ERROR_REFUSED,
                     "tenant '%s' has no contract for period '%s': `daybook-invoices contract "
                     "apply` first",
                     tenant->id, label);
}

bool contracts_version(struct session *session, const struct tenant *tenant,
                       const char *contract_id, uint32_t version, struct agreement *out,
                       struct error *err)
{
    struct content content;
    return content_version(session->store, session->log.log, ENTRY_CONTRACT, tenant->number,
                           contract_id, version, &session->arena, &content, err) &&
           open_agreement(session, tenant, &content, out, err);
}

/* ------------------------------------------------------------------------------------ deciding */

struct contract_change {
    const struct contract *contract;
    const char *id;
    const struct tenant *tenant;
    const struct text *canonical;
    uint32_t version;
    uint64_t index;
    bool decided;
};

/* Which version this is; not decided when the newest says the same. */
static bool next_version(struct session *session, struct contract_change *change, struct error *err)
{
    struct content before;
    change->decided = true;
    change->version = 1;
    if (content_latest(session->store, session->log.log, ENTRY_CONTRACT, change->tenant->number,
                       change->id, CONTENT_LAST, &session->arena, &before, err)) {
        struct digest hash = digest_of(change->canonical->data, change->canonical->size);
        change->decided = !digest_equals(&hash, &before.hash);
        change->version = before.version + (change->decided ? 1 : 0);
        change->index = before.index;
        return true;
    }
    return err->code == ERROR_NOT_FOUND;
}

/* Under the lock of the tenant's money stream. */
static bool apply_contract(void *context, struct session *session, struct error *err)
{
    struct contract_change *change = context;
    struct head head;
    struct signed_entry entry;
    uint64_t next_seq;
    int log = session->log.log;
    if (!money_head_lock(session->store, log, change->tenant->number, &next_seq, err) ||
        !next_version(session, change, err))
        return false;
    if (!change->decided)
        return true;
    if (!chain_contract_fits(session, change->tenant, change->contract, err))
        return false;
    struct decided decided = {
        .kind = ENTRY_CONTRACT,
        .tenant = change->tenant->number,
        .stream_seq = next_seq,
        .subject_id = change->id,
        .version = change->version,
        .content = change->canonical->data,
        .content_size = change->canonical->size,
    };
    session_sign(session, &decided, &entry);
    return money_head_set(session->store, log, change->tenant->number, next_seq + 1, err) &&
           append_lock(session->store, &session->writer, &head, err) &&
           append_entries(session->store, &head, &entry, 1, &change->index, err) &&
           session_content(session, change->index, &decided, err) &&
           append_unlock(session->store, &head, err);
}

void contracts_print_warnings(const struct contract *contract)
{
    struct text CLEANUP(text_release) warnings;
    text_init(&warnings);
    contract_warnings(contract, &warnings);
    if (warnings.size > 0)
        fprintf(stderr, "%s", warnings.data);
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
        (out->member_count == 0 ||
         error_set(err, ERROR_INPUT, "%s: /pool: is rated, but documents of pools are not built",
                   path)))
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
        .contract = contract, .id = contract->id, .tenant = &tenant, .canonical = &canonical};
    contracts_print_warnings(contract);
    if (!session_transact(&session, apply_contract, &change, err))
        return false;
    printf("contract '%s' of tenant '%s': version %" PRIu32 "%s (entry %" PRIu64 ")\n", change.id,
           tenant.id, change.version, change.decided ? "" : " says the same already", change.index);
    return true;
}
