#include "invoices/simulate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/canonical.h"
#include "invoices/comparison.h"
#include "invoices/crew.h"
#include "invoices/hypothesis.h"
#include "invoices/sweep.h"
#include "store/checkpoints.h"

#define STATUS_NOT_RATED 1

struct simulation {
    const struct cli *cli;
    struct session *session;
    struct hypothesis *hypothesis;
    struct comparison *comparison;
    struct month_range months;
    const char *period; /* as given */
    uint64_t size;      /* entries below it are known */
    const struct tenant *tenant;
};

/* ---------------------------------------------------------------------------------- one tenant */

static bool compare(void *context, size_t variant, const struct rating *rating, struct error *err)
{
    struct simulation *simulation = context;
    (void)err;
    comparison_add(simulation->comparison, simulation->tenant->id,
                   variant == VARIANT_AS_IS ? SIDE_BEFORE : SIDE_AFTER, rating);
    return true;
}

/* Who asks for a member alone is told where its usage is rated. */
static bool pays_itself(const struct simulation *simulation, const struct tenant_terms *terms,
                        struct error *err)
{
    if (cli_text(simulation->cli, "tenant") == NULL || terms->count == 0)
        return true;
    for (size_t i = 0; i < terms->count; i++)
        if (strcmp(terms->agreements[i].contract.tenant, simulation->tenant->id) == 0)
            return true;
    const struct contract *contract = &terms->agreements[0].contract;
    return error_set(err, ERROR_REFUSED, "it is in the pool of contract %s: --tenant %s, who pays",
                     contract->id, contract->tenant);
}

static bool rate_both(struct simulation *simulation, struct error *err)
{
    struct tenant_terms CLEANUP(tenant_terms_release) terms = {0};
    comparison_tenant(simulation->comparison);
    return hypothesis_apply(simulation->hypothesis, simulation->session, simulation->tenant,
                            simulation->size, &terms, err) &&
           pays_itself(simulation, &terms, err) &&
           variants_rate(simulation->session, simulation->tenant, simulation->size,
                         &simulation->months, terms.variants, VARIANT_COUNT, compare, simulation,
                         err);
}

static bool is_of_database(const struct error *err)
{
    return err->code == ERROR_SYSTEM || err->code == ERROR_BUSY || err->code == ERROR_UNKNOWN;
}

/* The tenant's rows, or why there are none, and whether his terms were changed. */
static void put_result(const struct simulation *simulation, size_t changed_before, bool is_rated,
                       const struct error *err, struct text *out)
{
    CLEANUP(json_release) json_t *result = json_object();
    size_t changed = simulation->hypothesis->changed_count - changed_before;
    json_object_set_new(result, "changed", json_integer((json_int_t)changed));
    if (is_rated)
        json_object_set_new(result, "rows", comparison_rows(simulation->comparison));
    else
        json_object_set_new(result, "why", json_string(err->message));
    char *text = json_dumps(result, JSON_COMPACT);
    text_append(out, text);
    free(text);
}

/* In an arena of its own, so that memory is one tenant's. What cannot be rated is said; what is
 * wrong with the database ends the simulation. */
static bool simulate_tenant(struct simulation *simulation, struct text *out, struct error *err)
{
    struct session *session = simulation->session;
    struct arena whole = session->arena;
    struct comparison CLEANUP(comparison_release) comparison;
    size_t changed = simulation->hypothesis->changed_count;
    comparison_init(&comparison);
    simulation->comparison = &comparison;
    arena_init(&session->arena);
    bool good = rate_both(simulation, err);
    arena_release(&session->arena);
    session->arena = whole;
    bool is_put = good || !is_of_database(err);
    if (is_put)
        put_result(simulation, changed, good, err, out);
    simulation->comparison = NULL;
    return is_put || error_prefix(err, "tenant %s: ", simulation->tenant->id);
}

/* --------------------------------------------------------------------------------- all of them */

static bool add_tenant(struct simulation *simulation, const char *id, struct tenant_list *out,
                       struct error *err)
{
    struct session *session = simulation->session;
    struct tenant tenant;
    return tenant_find(session->store, session->log.log, id, &session->arena, &tenant, err) &&
           tenant_list_add(out, &tenant, err);
}

/* The other contract's tenant, and who would be in its pool. */
static bool list_parties(struct simulation *simulation, struct tenant_list *out, struct error *err)
{
    const struct hypothesis *hypothesis = simulation->hypothesis;
    const json_t *pool = json_object_get(hypothesis->contract, "pool"), *item;
    size_t i;
    if (!add_tenant(simulation, hypothesis->tenant, out, err))
        return false;
    json_array_foreach (json_object_get(pool, "members"), i, item) {
        const char *id =
            json_string_value(json_is_string(item) ? item : json_object_get(item, "tenant"));
        if (id != NULL && !add_tenant(simulation, id, out, err))
            return error_prefix(err, "%s: /pool/members/%zu: ", hypothesis->contract_path, i);
    }
    return true;
}

/* Whom it is about: --tenant, the contract's tenants, or all. */
static bool list_tenants(struct simulation *simulation, struct tenant_list *out, struct error *err)
{
    struct session *session = simulation->session;
    const char *id = cli_text(simulation->cli, "tenant");
    if (id != NULL)
        return add_tenant(simulation, id, out, err);
    if (simulation->hypothesis->tenant != NULL)
        return list_parties(simulation, out, err);
    return tenants_each(session->store, session->log.log, tenant_list_add, out, err);
}

static bool check_changed(const struct simulation *simulation, struct error *err)
{
    const struct hypothesis *hypothesis = simulation->hypothesis;
    if (hypothesis->changed_count > 0 || simulation->comparison->miss_count > 0)
        return true;
    if (hypothesis->contract != NULL)
        return error_set(err, ERROR_INPUT, "%s is a contract of tenant '%s', who is not simulated",
                         hypothesis->contract_path, hypothesis->tenant);
    return error_set(err, ERROR_INPUT,
                     "no contract names plan '%s': --instead-of PLAN says which one it stands for",
                     hypothesis->instead_of);
}

static void print_json(const struct simulation *simulation, json_t *json)
{
    json_object_set_new(json, "period", json_string(simulation->period));
    json_object_set_new(json, "size", json_integer((json_int_t)simulation->size));
    json_dumpf(json, stdout, JSON_COMPACT | JSON_SORT_KEYS);
    putchar('\n');
    json_decref(json);
}

static void print_comparison(const struct simulation *simulation)
{
    const struct comparison *comparison = simulation->comparison;
    if (cli_switch(simulation->cli, "json"))
        print_json(simulation, comparison_json(comparison));
    else if (cli_switch(simulation->cli, "csv"))
        comparison_print_csv(comparison, stdout);
    else
        comparison_print_text(comparison, stdout);
    for (size_t i = 0; i < comparison->miss_count; i++)
        fprintf(stderr, "simulate: tenant %s cannot be rated: %s\n", comparison->misses[i].tenant,
                comparison->misses[i].why);
    if (comparison->miss_count > 0)
        cli_exit_status(simulation->cli, STATUS_NOT_RATED);
}

/* Those who work have a session each; what they find is put together in the tenants' order. */
struct team {
    struct simulation *whole;
    const struct tenant_list *list;
    size_t changed_count;
    struct simulation worker;
    struct session session;
};

static bool begin(void *context, struct error *err)
{
    struct team *team = context;
    team->worker = *team->whole;
    team->worker.session = &team->session;
    return session_look(team->whole->cli, &team->session, err);
}

static void end(void *context)
{
    struct team *team = context;
    session_close(&team->session);
}

static bool work(void *context, size_t item, struct text *out, struct error *err)
{
    struct team *team = context;
    team->worker.tenant = &team->list->items[item];
    return simulate_tenant(&team->worker, out, err);
}

static bool take(void *context, size_t item, struct slice bytes, struct error *err)
{
    struct team *team = context;
    struct comparison *comparison = team->whole->comparison;
    const char *tenant = team->list->items[item].id;
    json_error_t where;
    CLEANUP(json_release) json_t *result = json_loadb(bytes.data, bytes.size, 0, &where);
    const char *why = json_string_value(json_object_get(result, "why"));
    if (result == NULL)
        return error_set(err, ERROR_SYSTEM, "tenant %s: a worker's answer: %s", tenant, where.text);
    comparison_take(comparison, tenant, json_object_get(result, "rows"));
    if (why != NULL)
        comparison_miss(comparison, tenant, why);
    team->changed_count += (size_t)json_integer_value(json_object_get(result, "changed"));
    return true;
}

static bool simulate_tenants(struct simulation *simulation, const struct tenant_list *list,
                             struct error *err)
{
    struct team team = {.whole = simulation, .list = list};
    struct crew crew = {.name = "simulate",
                        .items = "tenants",
                        .count = list->count,
                        .context = &team,
                        .begin = begin,
                        .end = end,
                        .work = work,
                        .take = take};
    if (!crew_jobs(simulation->cli, &crew.jobs, err) || !crew_run(&crew, err))
        return false;
    simulation->hypothesis->changed_count = team.changed_count;
    if (!check_changed(simulation, err))
        return false;
    print_comparison(simulation);
    return true;
}

/* -------------------------------------------------------------------------------------- a sweep */

static void print_sweep(const struct simulation *simulation, const struct sweep *sweep,
                        const struct sweep_result *result)
{
    if (cli_switch(simulation->cli, "json"))
        print_json(simulation, sweep_json(sweep, result));
    else if (cli_switch(simulation->cli, "csv"))
        sweep_print_csv(sweep, result);
    else
        sweep_print_text(sweep, result);
}

/* A sweep in parts, each with the month as it is beside its sizes. */
struct sweep_team {
    struct team team;
    struct sweep sweep;
    uint64_t part_sizes;
    struct sweep_result result;
};
#define SWEEP_PARTS_OF_JOB 2 /* so that who is ready first has more to do */

static struct sweep part_of(const struct sweep_team *team, size_t item)
{
    struct sweep part = team->sweep;
    part.first += item * team->part_sizes;
    if (part.last - part.first >= team->part_sizes)
        part.last = part.first + team->part_sizes - 1;
    return part;
}

static bool sweep_work(void *context, size_t item, struct text *out, struct error *err)
{
    struct sweep_team *team = context;
    struct simulation *worker = &team->team.worker;
    struct tenant_terms CLEANUP(tenant_terms_release) terms = {0};
    const struct sweep part = part_of(team, item);
    const struct tenant *tenant = &team->team.list->items[0];
    struct sweep_result result;
    if (!hypothesis_apply(worker->hypothesis, worker->session, tenant, worker->size, &terms, err) ||
        !sweep_rate(&part, worker->session, tenant, &terms, worker->size, &worker->months, &result,
                    err))
        return false;
    CLEANUP(json_release) json_t *totals = sweep_totals(&part, &result);
    char *text = json_dumps(totals, JSON_COMPACT);
    text_append(out, text);
    free(text);
    return true;
}

static bool sweep_result(void *context, size_t item, struct slice bytes, struct error *err)
{
    struct sweep_team *team = context;
    const struct sweep part = part_of(team, item);
    json_error_t where;
    CLEANUP(json_release) json_t *totals = json_loadb(bytes.data, bytes.size, 0, &where);
    return sweep_take(&team->sweep, &part, totals, &team->team.whole->session->arena, &team->result,
                      err);
}

static bool sweep_tenants(struct simulation *simulation, const struct tenant_list *list,
                          struct error *err)
{
    struct sweep_team team = {.team = {.whole = simulation, .list = list}};
    struct crew crew = {.name = "simulate",
                        .items = "parts of the sweep",
                        .context = &team,
                        .begin = begin,
                        .end = end,
                        .work = sweep_work,
                        .take = sweep_result};
    if (list->count != 1)
        return error_set(err, ERROR_INPUT, "--sweep is about one tenant: --tenant ID");
    if (!sweep_parse(cli_text(simulation->cli, "sweep"), &simulation->session->arena, &team.sweep,
                     err) ||
        !crew_jobs(simulation->cli, &crew.jobs, err))
        return false;
    uint64_t sizes = team.sweep.last - team.sweep.first + 1;
    uint64_t parts = crew.jobs > 1 ? (uint64_t)crew.jobs * SWEEP_PARTS_OF_JOB : 1;
    team.part_sizes = (sizes + parts - 1) / parts;
    crew.count = (size_t)((sizes + team.part_sizes - 1) / team.part_sizes);
    if (!crew_run(&crew, err))
        return false;
    sweep_choose(&team.sweep, &team.result);
    print_sweep(simulation, &team.sweep, &team.result);
    return true;
}

static bool run(struct simulation *simulation, struct error *err)
{
    struct tenant_list list = {.arena = &simulation->session->arena};
    struct checkpoint_row cut;
    if (!checkpoint_latest(simulation->session->store, simulation->session->log.log,
                           &simulation->session->arena, &cut, err) ||
        !list_tenants(simulation, &list, err))
        return false;
    simulation->size = cut.size;
    return cli_text(simulation->cli, "sweep") != NULL ? sweep_tenants(simulation, &list, err)
                                                      : simulate_tenants(simulation, &list, err);
}

bool simulate_command(const struct cli *cli, struct error *err)
{
    struct session CLEANUP(session_close) session = {0};
    struct arena CLEANUP(arena_release) arena;
    struct hypothesis CLEANUP(hypothesis_release) hypothesis = {0};
    struct comparison CLEANUP(comparison_release) comparison;
    struct simulation simulation = {
        .cli = cli, .session = &session, .hypothesis = &hypothesis, .comparison = &comparison};
    arena_init(&arena);
    comparison_init(&comparison);
    if (!cli_required(cli, "period", &simulation.period, err) ||
        !months_parse(simulation.period, &simulation.months, err) ||
        !hypothesis_read(cli, &arena, &hypothesis, err))
        return false;
    if (!hypothesis.has_plan && hypothesis.contract == NULL && cli_text(cli, "sweep") == NULL)
        return error_set(err, ERROR_INPUT,
                         "say what would be otherwise: --plan FILE, --contract "
                         "FILE or --sweep reservation=0..64");
    return session_look(cli, &session, err) && run(&simulation, err);
}
