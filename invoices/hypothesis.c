#include "invoices/hypothesis.h"

#include <string.h>

#include "base/instant.h"
#include "core/canonical.h"
#include "invoices/plans.h"
#include "store/contents.h"

void hypothesis_release(struct hypothesis *hypothesis)
{
    json_decref(hypothesis->contract);
}

void tenant_terms_release(struct tenant_terms *terms)
{
    for (size_t i = 0; i < terms->count; i++)
        agreement_release(&terms->agreements[i]);
    agreement_release(&terms->other);
}

/* ------------------------------------------------------------------------------------ the files */

static bool read_plan(const char *path, struct arena *arena, struct plan *out, struct error *err)
{
    struct text CLEANUP(text_release) canonical;
    CLEANUP(json_release) json_t *json = NULL;
    text_init(&canonical);
    return plans_read_json(path, &json, &canonical, err) &&
           plan_compile(json, path, 1, arena, out, err);
}

static bool read_contract(const char *path, struct hypothesis *out, struct error *err)
{
    struct text CLEANUP(text_release) canonical;
    text_init(&canonical);
    if (!plans_read_json(path, &out->contract, &canonical, err))
        return false;
    out->contract_path = path;
    out->tenant = json_string_value(json_object_get(out->contract, "tenant"));
    return out->tenant != NULL ||
           error_set(err, ERROR_INPUT, "%s: /tenant: a tenant's id is missing", path);
}

bool hypothesis_read(const struct cli *cli, struct arena *arena, struct hypothesis *out,
                     struct error *err)
{
    const char *plan = cli_text(cli, "plan"), *contract = cli_text(cli, "contract");
    const char *instead_of = cli_text(cli, "instead-of");
    if (plan == NULL && instead_of != NULL)
        return error_set(err, ERROR_INPUT, "--instead-of needs --plan, which stands for it");
    if ((plan != NULL && !read_plan(plan, arena, &out->plan, err)) ||
        (contract != NULL && !read_contract(contract, out, err)))
        return false;
    out->has_plan = plan != NULL;
    out->instead_of = instead_of != NULL ? instead_of : out->plan.id;
    return true;
}

/* ------------------------------------------------------------------------------------ as they are
 */

static bool read_terms(struct session *session, const struct tenant *tenant, uint64_t size,
                       struct tenant_terms *out, struct error *err)
{
    struct content *items;
    size_t count;
    if (!contracts_newest(session, tenant, size, &items, &count, err))
        return false;
    out->agreements = arena_array(&session->arena, count + 1, sizeof(*out->agreements));
    for (; out->count < count; out->count++)
        if (!contracts_version(session, tenant, items[out->count].subject_id,
                               items[out->count].version, &out->agreements[out->count], err))
            return false;
    return true;
}

static struct variant_terms terms_of(const struct agreement *agreement)
{
    return (struct variant_terms){&agreement->contract, agreement->plans.count,
                                  agreement->plans.plans};
}

static void list_as_is(struct session *session, const struct tenant_terms *terms,
                       struct variant *out)
{
    out->terms = arena_array(&session->arena, terms->count + 1, sizeof(*out->terms));
    for (; out->count < terms->count; out->count++)
        out->terms[out->count] = terms_of(&terms->agreements[out->count]);
}

/* ------------------------------------------------------------------------------ as they would be
 */

static bool compile_other(const struct hypothesis *hypothesis, struct session *session,
                          const struct tenant *tenant, struct agreement *out, struct error *err)
{
    if (!contract_compile(hypothesis->contract, hypothesis->contract_path, tenant->grid_seconds,
                          &session->arena, &out->contract, err))
        return false;
    return plans_of_contract(session, &out->contract, &out->plans, err);
}

static void put_other(struct hypothesis *hypothesis, const struct agreement *other,
                      struct variant *variant)
{
    hypothesis->changed_count++;
    for (size_t i = 0; i < variant->count; i++)
        if (strcmp(variant->terms[i].contract->id, other->contract.id) == 0) {
            variant->terms[i] = terms_of(other);
            return;
        }
    variant->terms[0] = terms_of(other); /* a list has room for one more than it holds */
    variant->count = 1;
}

/* The plan as if it had been every version of the one that it stands for, all the time. */
static void put_plan(struct hypothesis *hypothesis, struct arena *arena,
                     struct variant_terms *terms)
{
    const struct plan **plans = arena_array(arena, terms->plan_count + 1, sizeof(const void *));
    bool is_changed = false;
    for (size_t i = 0; i < terms->plan_count; i++) {
        plans[i] = terms->plans[i];
        if (strcmp(plans[i]->id, hypothesis->instead_of) != 0)
            continue;
        struct plan *plan = arena_copy(arena, &hypothesis->plan, sizeof(*plan));
        plan->id = plans[i]->id;
        plan->version = plans[i]->version;
        plan->effective_from_us = INSTANT_MIN;
        plans[i] = plan;
        is_changed = true;
    }
    terms->plans = plans;
    hypothesis->changed_count += is_changed;
}

static bool check_changed(const struct variant *variant, struct error *err)
{
    for (size_t i = 0; i < variant->count; i++) {
        const struct variant_terms *terms = &variant->terms[i];
        if (!contract_check_plans(terms->contract, terms->plans, terms->plan_count, err))
            return error_prefix(err, "contract %s: ", terms->contract->id);
    }
    return true;
}

static bool change_terms(struct hypothesis *hypothesis, struct session *session,
                         const struct tenant *tenant, struct tenant_terms *out, struct error *err)
{
    struct variant *changed = &out->variants[VARIANT_CHANGED];
    bool is_payer = hypothesis->contract != NULL && strcmp(hypothesis->tenant, tenant->id) == 0;
    if (is_payer || json_object_get(hypothesis->contract, "pool") != NULL) {
        if (!compile_other(hypothesis, session, tenant, &out->other, err))
            return false;
        if (is_payer)
            put_other(hypothesis, &out->other, changed);
        else
            changed->pool = &out->other.contract;
    }
    for (size_t i = 0; i < changed->count && hypothesis->has_plan; i++)
        put_plan(hypothesis, &session->arena, &changed->terms[i]);
    return check_changed(changed, err);
}

bool hypothesis_apply(struct hypothesis *hypothesis, struct session *session,
                      const struct tenant *tenant, uint64_t size, struct tenant_terms *out,
                      struct error *err)
{
    if (!store_begin_snapshot(session->store, err))
        return false;
    bool good = read_terms(session, tenant, size, out, err);
    list_as_is(session, out, &out->variants[VARIANT_AS_IS]);
    list_as_is(session, out, &out->variants[VARIANT_CHANGED]);
    good = good && change_terms(hypothesis, session, tenant, out, err);
    store_rollback(session->store);
    return good;
}
