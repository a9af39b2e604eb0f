#include "invoices/idle.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/canonical.h"
#include "invoices/contracts.h"
#include "invoices/idle_print.h"
#include "invoices/plans.h"
#include "invoices/pooled.h"
#include "invoices/usage.h"
#include "rating/idle.h"
#include "rating/pool.h"
#include "store/checkpoints.h"

#define SUBJECT "capacity:" /* no plan's id has a colon */
#define RANGE_MAX_US (400 * DAY_US)
#define STATUS_NOT_RATED 1

/* ------------------------------------------------------------------------------------ in the book
 */

bool capacity_apply_command(const struct cli *cli, struct error *err)
{
    struct session CLEANUP(session_close) session = {0};
    struct arena CLEANUP(arena_release) arena;
    struct text CLEANUP(text_release) canonical;
    CLEANUP(json_release) json_t *json = NULL;
    const char *path = cli_argument(cli, 0);
    struct declared declared;
    arena_init(&arena);
    text_init(&canonical);
    if (!plans_read_json(path, &json, &canonical, err) ||
        !declared_compile(json, path, &arena, &declared, err) ||
        !session_open(cli, ROLE_CONTROL, ROLE_DRAFT, &session, err))
        return false;
    struct plan_change change = {.id = arena_printf(&arena, SUBJECT "%s", declared.id),
                                 .canonical = &canonical};
    if (!session_transact(&session, plan_decide, &change, err))
        return false;
    printf("capacity '%s': version %" PRIu32 "%s (entry %" PRIu64 ")\n", declared.id,
           change.version, change.decided ? "" : " says the same already", change.index);
    return true;
}

static bool read_declared(struct session *session, const char *id, struct declared *out,
                          uint32_t *out_version, struct error *err)
{
    CLEANUP(json_release) json_t *json = NULL;
    struct content content;
    const char *subject = arena_printf(&session->arena, SUBJECT "%s", id);
    if (!content_latest(session->store, session->log.log, ENTRY_PLAN, 0, subject, CONTENT_LAST,
                        &session->arena, &content, err))
        return err->code == ERROR_NOT_FOUND
                   ? error_set(err, ERROR_NOT_FOUND,
                               "no capacity '%s' is declared: `daybook-invoices capacity apply`",
                               id)
                   : false;
    *out_version = content.version;
    return canonical_parse(content.bytes, content.size, id, &json, err) &&
           declared_compile(json, id, &session->arena, out, err);
}

/* -------------------------------------------------------------------------------------- the range
 */

/* A month, a day or an instant: where it begins, and where it ends. */
static bool read_border(const char *text, int64_t *out_from_us, int64_t *out_to_us,
                        struct error *err)
{
    size_t size = strlen(text);
    char day[16];
    struct civil date;
    if (size > strlen("2026-09-01")) {
        *out_to_us = 0;
        if (!instant_parse(text, size, "period", out_from_us, err))
            return false;
        *out_to_us = *out_from_us;
        return true;
    }
    snprintf(day, sizeof(day), "%s%s", text, size == strlen("2026-09") ? "-01" : "");
    if (!civil_parse_date(day, "period", &date, err))
        return false;
    int64_t days = civil_days(date.year, date.month, date.day);
    int count = size == strlen("2026-09") ? civil_month_days(date.year, date.month) : 1;
    *out_from_us = days * DAY_US;
    *out_to_us = (days + count) * DAY_US;
    return true;
}

static bool read_range(const struct cli *cli, struct arena *arena, int64_t step_us,
                       int64_t *out_from_us, int64_t *out_to_us, struct error *err)
{
    const char *text = cli_text(cli, "period");
    int64_t ignored;
    if (text == NULL)
        return error_set(err, ERROR_INPUT, "--period says which hours: 2026-09-01..2026-09-30");
    const char *dots = strstr(text, "..");
    const char *first = dots != NULL ? arena_printf(arena, "%.*s", (int)(dots - text), text) : text;
    if (!read_border(first, out_from_us, &ignored, err) ||
        !read_border(dots != NULL ? dots + 2 : text, &ignored, out_to_us, err))
        return error_prefix(err, "--period: ");
    if (*out_from_us >= *out_to_us || *out_to_us - *out_from_us > RANGE_MAX_US)
        return error_set(err, ERROR_INPUT, "--period: it ends after it begins, within 400 days");
    if (*out_from_us % step_us != 0 || *out_to_us % step_us != 0)
        return error_set(err, ERROR_INPUT, "--period: it begins and ends on a UTC %s",
                         step_us == DAY_US ? "day" : "hour");
    return true;
}

static bool read_step(const struct cli *cli, int64_t *out_us, struct error *err)
{
    const char *by = cli_text(cli, "by");
    *out_us = by != NULL && strcmp(by, "day") == 0 ? DAY_US : HOUR_US;
    return by == NULL || strcmp(by, "day") == 0 || strcmp(by, "hour") == 0 ||
           error_set(err, ERROR_INPUT, "--by is hour or day");
}

/* ------------------------------------------------------------------------------------- one tenant
 */

struct idle_report {
    struct session *session;
    const struct cli *cli;
    struct idle_table table;
    uint64_t size;
    int64_t from_us;
    int64_t to_us;
    size_t miss_count;
};

static bool add_on_demand(struct idle_report *report, const struct tenant *tenant, int64_t from_us,
                          int64_t to_us, struct error *err)
{
    struct rating_usage CLEANUP(usage_release) usage = {0};
    struct period period = {.from_us = from_us, .to_us = to_us};
    return from_us >= to_us ||
           (known_usage(report->session, tenant, report->size, &period, &usage, err) &&
            idle_add_usage(&report->table, &usage, from_us, to_us, err));
}

static void miss(struct idle_report *report, const struct tenant *tenant, const struct error *err)
{
    fprintf(stderr, "idle: tenant %s: %s: his usage counts as on demand\n", tenant->id,
            err->message);
    report->miss_count++;
}

static bool read_usage(struct idle_report *report, const struct tenant *tenant,
                       const struct contract *contract, const struct period *period,
                       struct rating_usage *out, struct error *err)
{
    if (contract->member_count > 0)
        return pooled_usage(report->session, contract, period, report->size, out, err);
    return known_usage(report->session, tenant, report->size, period, out, err);
}

static bool add_sales(struct idle_report *report, const struct tenant *tenant,
                      const struct agreement *agreement, const struct period *period,
                      struct error *err)
{
    struct rating_usage CLEANUP(usage_release) usage = {0};
    struct rating_sales sales;
    struct error why = {0};
    if (!read_usage(report, tenant, &agreement->contract, period, &usage, err))
        return false;
    if (rate_sales(&agreement->contract, agreement->plans.plans, agreement->plans.count, period,
                   &usage, &report->session->arena, &sales, &why)) {
        idle_add_sales(&report->table, &agreement->contract, &sales);
        return true;
    }
    miss(report, tenant, &why);
    return idle_add_usage(&report->table, &usage, period->from_us, period->to_us, err);
}

/* Where the next member comes or goes; `to` when nobody does. */
static int64_t next_change(const struct contract *contract, int64_t from_us, int64_t to_us)
{
    int64_t next_us = to_us;
    for (size_t i = 0; i < contract->member_count; i++) {
        const struct pool_member *member = &contract->members[i];
        if (member->from_us > from_us)
            next_us = instant_earlier(next_us, member->from_us);
        if (member->to_us > from_us)
            next_us = instant_earlier(next_us, member->to_us);
    }
    return next_us;
}

/* A pool's capacity is shared, so that it is looked at once, with its payer. */
static bool add_contract(struct idle_report *report, const struct tenant *tenant,
                         const struct agreement *agreement, const struct period *period,
                         struct error *err)
{
    const struct contract *contract = &agreement->contract;
    struct period part = *period;
    if (contract->member_count == 0)
        return add_sales(report, tenant, agreement, period, err);
    if (strcmp(contract->tenant, tenant->id) != 0)
        return true;
    for (; part.from_us < period->to_us; part.from_us = part.to_us) {
        part.to_us = next_change(contract, part.from_us, period->to_us);
        if (!add_sales(report, tenant, agreement, &part, err))
            return false;
    }
    return true;
}

/* The part of the range before `ended` is done. */
static bool add_next(struct idle_report *report, const struct tenant *tenant,
                     const struct agreement *agreement, int64_t *ended_us, struct error *err)
{
    int64_t from_us, to_us;
    bool is_party = pool_tenure(&agreement->contract, tenant->id, &from_us, &to_us);
    const struct period period = {.from_us = instant_later(from_us, *ended_us),
                                  .to_us = instant_earlier(to_us, report->to_us)};
    if (!is_party || period.from_us >= period.to_us)
        return true;
    bool good = add_on_demand(report, tenant, *ended_us, period.from_us, err) &&
                add_contract(report, tenant, agreement, &period, err);
    *ended_us = period.to_us;
    return good;
}

/* Of a pool a member has its own time, which is nobody else's contract's. */
static int64_t begins(const struct agreement *agreement, const struct tenant *tenant)
{
    int64_t from_us, to_us;
    return pool_tenure(&agreement->contract, tenant->id, &from_us, &to_us) ? from_us : INSTANT_MAX;
}

/* Contracts do not overlap; they are taken in the order of time. */
static size_t earliest(const struct agreement *agreements, size_t count,
                       const struct tenant *tenant, const bool *done)
{
    size_t found = count;
    for (size_t i = 0; i < count; i++)
        if (!done[i] &&
            (found == count || begins(&agreements[i], tenant) < begins(&agreements[found], tenant)))
            found = i;
    return found;
}

static bool add_contracts(struct idle_report *report, const struct tenant *tenant,
                          struct agreement *agreements, size_t count, struct error *err)
{
    bool *done = arena_array(&report->session->arena, count + 1, sizeof(*done));
    int64_t ended_us = report->from_us;
    for (size_t n = 0; n < count; n++) {
        size_t at = earliest(agreements, count, tenant, done);
        done[at] = true;
        if (!add_next(report, tenant, &agreements[at], &ended_us, err))
            return false;
    }
    return add_on_demand(report, tenant, ended_us, report->to_us, err);
}

static bool read_contracts(struct session *session, const struct tenant *tenant, uint64_t size,
                           struct agreement **out, size_t *out_count, struct error *err)
{
    struct content *items;
    size_t count;
    *out_count = 0;
    *out = NULL;
    if (!contracts_newest(session, tenant, size, &items, &count, err))
        return false;
    *out = arena_array(&session->arena, count + 1, sizeof(**out));
    for (; *out_count < count; ++*out_count)
        if (!contracts_version(session, tenant, items[*out_count].subject_id,
                               items[*out_count].version, &(*out)[*out_count], err))
            return false;
    return true;
}

/* In an arena of its own; the table's sums are in the report's. */
static bool add_tenant(struct idle_report *report, const struct tenant *tenant, struct error *err)
{
    struct arena whole = report->session->arena;
    struct agreement *agreements;
    size_t count;
    arena_init(&report->session->arena);
    bool good = read_contracts(report->session, tenant, report->size, &agreements, &count, err) &&
                add_contracts(report, tenant, agreements, count, err);
    for (size_t i = 0; i < count; i++)
        agreement_release(&agreements[i]);
    arena_release(&report->session->arena);
    report->session->arena = whole;
    return good || error_prefix(err, "tenant %s: ", tenant->id);
}

/* ---------------------------------------------------------------------------------------- command
 */

static bool add_tenants(struct idle_report *report, struct arena *arena, struct error *err)
{
    struct session *session = report->session;
    struct tenant_list list = {.arena = arena};
    struct checkpoint_row cut;
    if (!checkpoint_latest(session->store, session->log.log, arena, &cut, err) ||
        !tenants_each(session->store, session->log.log, tenant_list_add, &list, err))
        return false;
    report->size = cut.size;
    for (size_t i = 0; i < list.count; i++)
        if (!add_tenant(report, &list.items[i], err))
            return false;
    idle_finish(&report->table);
    return true;
}

static void print_report(const struct idle_report *report, uint32_t version)
{
    if (cli_switch(report->cli, "json"))
        idle_print_json(&report->table, version, report->size, stdout);
    else if (cli_switch(report->cli, "csv"))
        idle_print_csv(&report->table, stdout);
    else
        idle_print_text(&report->table, stdout);
    if (report->miss_count > 0)
        cli_exit_status(report->cli, STATUS_NOT_RATED);
}

bool idle_command(const struct cli *cli, struct error *err)
{
    struct arena CLEANUP(arena_release) arena;
    struct session CLEANUP(session_close) session = {0};
    struct idle_report report = {.session = &session, .cli = cli};
    struct declared declared;
    uint32_t version = 0;
    int64_t step_us;
    arena_init(&arena);
    if (!read_step(cli, &step_us, err) ||
        !read_range(cli, &arena, step_us, &report.from_us, &report.to_us, err) ||
        !session_look(cli, &session, err) ||
        !read_declared(&session, cli_argument(cli, 0), &declared, &version, err))
        return false;
    idle_open(&report.table, &declared, report.from_us, report.to_us, step_us, &arena);
    bool good = add_tenants(&report, &arena, err);
    if (good)
        print_report(&report, version);
    idle_close(&report.table);
    return good;
}
