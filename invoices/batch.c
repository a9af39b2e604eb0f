#include "invoices/batch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/money.h"
#include "invoices/batch_list.h"
#include "invoices/crew.h"
#include "invoices/issue.h"
#include "invoices/matter.h"
#include "rating/pool.h"
#include "store/together.h"

#define STATUS_REFUSED 1
#define TENANTS_TOGETHER 32

/* What came of one tenant's period, in front of its row. */
enum outcome { OUTCOME_DONE = 'd', OUTCOME_BEFORE = 'b', OUTCOME_REFUSED = 'r' };

struct batch;

struct step {
    const char *verb;
    const char *state; /* what it makes of a period */
    unsigned decides;
    size_t together; /* tenants in a transaction */
    bool (*run)(struct session *session, struct matters *matters, struct error *err);
};

struct batch {
    const struct cli *cli;
    const struct step *step;
    struct batch_list list;
    int64_t issue_days;     /* review */
    struct session session; /* the worker's */
    bool *needs_own;        /* NULL, or others' are in the same transaction: it has to be alone */
    size_t together;        /* the worker's: tenants in its next transaction */
    size_t done;            /* the caller's */
    size_t before;
    size_t refused;
};

/* What each tenant's own rows are enough for is done together; a close and an issue append to the
 * log, one after the other. */
static const struct step steps[] = {
    {"close", "closed", ROLE_DRAFT, 1, NULL}, /* before there are matters */
    {"review", "reviewed", ROLE_DRAFT, TENANTS_TOGETHER, review_matters},
    {"approve", "approved", ROLE_APPROVE, TENANTS_TOGETHER, approve_matters},
    {"issue", "issued", ROLE_ISSUE, 1, issue_matters},
};
enum { STEP_CLOSE, STEP_REVIEW, STEP_APPROVE, STEP_ISSUE };

/* ---------------------------------------------------------------------------------- in a worker */

/* Trouble that the next tenant would have, too. */
static bool is_everybodys(const struct error *err)
{
    return err->code == ERROR_SYSTEM || err->code == ERROR_BUSY || err->code == ERROR_UNKNOWN ||
           err->code == ERROR_HALT;
}

static void put_state(const struct batch *batch, bool was_there, const char *tenant,
                      const char *label, struct text *out)
{
    text_printf(out, "%c%s,%s,%s,", was_there ? (int)OUTCOME_BEFORE : (int)OUTCOME_DONE, tenant,
                label, batch->step->state);
}

/* Of a pool's members each has a row, and all the draft by which they are approved together. */
static void put_rows(const struct batch *batch, const struct matters *matters, struct text *out)
{
    char total[DECIMAL_TEXT_SIZE], hash[DIGEST_HEX_SIZE];
    struct digest draft = matters_draft(matters);
    for (size_t i = 0; i < matters->count; i++) {
        const struct matter *matter = &matters->items[i];
        const struct contract *contract = &matter->agreement.contract;
        const char *number = matter->document.document_id;
        put_state(batch, matter->was_there, matter->tenant.id, matter->closed.period.label, out);
        text_printf(out, "%s,%s,%s,%s\n", number != NULL ? number : "",
                    money_format(matter->document.total_minor, contract->exponent, total),
                    contract->currency, digest_hex(&draft, hash));
    }
}

static bool run_close(struct batch *batch, const struct batch_item *item,
                      const struct agreement_part *part, struct text *out, struct error *err)
{
    struct closed_now now;
    if (!period_close(&batch->session, &item->tenant, &part->agreement, &part->period, &now, err))
        return false;
    put_state(batch, now.was_closed, item->tenant.id, part->period.label, out);
    text_append(out, ",,,\n");
    return true;
}

static const struct batch_item *find_row(const struct batch *batch, const char *tenant,
                                         const char *label)
{
    for (size_t i = 0; i < batch->list.count; i++)
        if (strcmp(batch->list.items[i].tenant.id, tenant) == 0 &&
            strcmp(batch->list.items[i].label, label) == 0)
            return &batch->list.items[i];
    return NULL;
}

/* A pool's drafts are approved together: a member's row that was cut from the list is a no. */
static bool are_listed(const struct batch *batch, const struct batch_item *item,
                       const struct matters *matters, struct error *err)
{
    for (size_t i = 0; item->draft != NULL && matters->count > 1 && i < matters->count; i++) {
        const struct matter *matter = &matters->items[i];
        const struct batch_item *row =
            find_row(batch, matter->tenant.id, matter->closed.period.label);
        if (row == NULL || row->draft == NULL || strcmp(row->draft, item->draft) != 0)
            return error_set(
                err, ERROR_REFUSED,
                "a pool is approved as a whole, and the list has no such draft of '%s'",
                matter->tenant.id);
    }
    return true;
}

static bool run_step(struct batch *batch, const struct batch_item *item,
                     const struct agreement_part *part, struct text *out, struct error *err)
{
    struct matters CLEANUP(matters_release)
        matters = {.issue_days = batch->issue_days, .draft = item->draft};
    if (batch->step->run == NULL)
        return run_close(batch, item, part, out, err);
    if (!matters_of(&batch->session, &item->tenant, part->period.label, &part->agreement, &matters,
                    err))
        return false;
    if (batch->needs_own != NULL && matters.count > 1) { /* all of its documents or none */
        *batch->needs_own = true;
        return true;
    }
    if (!are_listed(batch, item, &matters, err) ||
        !batch->step->run(&batch->session, &matters, err))
        return false;
    put_rows(batch, &matters, out);
    return true;
}

static void put_refusal(const struct batch *batch, const struct batch_item *item, const char *label,
                        struct error *why, struct text *out)
{
    error_prefix(why, "%s %s %s: ", batch->step->verb, item->tenant.id, label);
    text_printf(out, "%c%s\n", (int)OUTCOME_REFUSED, why->message);
}

/* Of the period's pool: who left it has the contract's entries, too. */
static bool is_member(const struct agreement_part *part, const char *tenant)
{
    int64_t from_us, to_us;
    return pool_tenure(&part->agreement.contract, tenant, &from_us, &to_us) &&
           from_us <= part->period.from_us && part->period.from_us < to_us;
}

/* A pool is its payer's matter, with all members; a list's row is the period with this very name.
 */
static bool run_part(struct batch *batch, const struct batch_item *item,
                     const struct agreement_part *part, struct text *out, struct error *err)
{
    struct error why;
    const char *payer = part->agreement.contract.tenant, *label = part->period.label;
    if (item->draft != NULL && strcmp(label, item->label) != 0)
        return true;
    if (strcmp(payer, item->tenant.id) != 0) {
        if (item->draft == NULL || !is_member(part, item->tenant.id) ||
            find_row(batch, payer, label) != NULL)
            return true;
        error_set(&why, ERROR_REFUSED,
                  "a pool is approved as a whole, and the list has no draft of its payer, '%s'",
                  payer);
    } else if (run_step(batch, item, part, out, &why)) {
        return true;
    }
    if (is_everybodys(&why)) {
        error_prefix(&why, "%s %s %s: ", batch->step->verb, item->tenant.id, label);
        *err = why;
        return false;
    }
    put_refusal(batch, item, label, &why, out);
    return true;
}

/* All of the tenant's contracts in the period, one after the other. */
static bool run_tenant(struct batch *batch, const struct batch_item *item, struct text *out,
                       struct error *err)
{
    struct agreement_parts CLEANUP(agreement_parts_release) parts = {0};
    struct error why;
    if (!contracts_parts(&batch->session, &item->tenant, item->label, &parts, &why)) {
        error_prefix(&why, "%s %s: ", batch->step->verb, item->tenant.id);
        if (is_everybodys(&why)) {
            *err = why;
            return false;
        }
        text_printf(out, "%c%s\n", (int)OUTCOME_REFUSED, why.message);
        return true;
    }
    if (batch->needs_own != NULL && parts.count > 1) { /* one may need what the other has done */
        *batch->needs_own = true;
        return true;
    }
    for (size_t i = 0; i < parts.count; i++)
        if (!run_part(batch, item, &parts.items[i], out, err))
            return false;
    return true;
}

static bool begin(void *context, struct error *err)
{
    struct batch *batch = context;
    batch->together = batch->step->together;
    return session_open(batch->cli, ROLE_INVOICES, batch->step->decides, &batch->session, err);
}

static void end(void *context)
{
    struct batch *batch = context;
    session_close(&batch->session);
}

/* In an arena of its own, so that memory is one tenant's. */
static bool work(void *context, size_t item, struct text *out, struct error *err)
{
    struct batch *batch = context;
    struct arena whole = batch->session.arena;
    arena_init(&batch->session.arena);
    batch->session.pools = NULL; /* it lies in the arena */
    bool good = run_tenant(batch, &batch->list.items[item], out, err);
    arena_release(&batch->session.arena);
    batch->session.arena = whole;
    return good;
}

/* ------------------------------------------------------------------- several in one transaction */

/* One tenant of several. */
struct member {
    struct batch batch; /* the worker's, joined */
    bool needs_own;
    bool has_failed; /* in what it transacted */
    bool good;
    struct error err;
};

struct members {
    const struct batch *batch;
    size_t first; /* item */
    size_t count;
    struct text *outs;
    struct member items[CREW_TOGETHER_MAX];
};

static void run_member(void *context, size_t which)
{
    struct members *members = context;
    struct member *member = &members->items[which];
    struct batch *batch = &member->batch;
    *batch = *members->batch;
    batch->session = session_join(&members->batch->session, &member->has_failed);
    batch->needs_own = &member->needs_own;
    member->good = run_tenant(batch, &batch->list.items[members->first + which],
                              &members->outs[which], &member->err);
    arena_release(&batch->session.arena);
}

/* All or none: who was refused before he wrote anything holds up nobody. */
static bool run_members(void *context, struct session *session, struct error *err)
{
    struct members *members = context;
    if (!store_together(session->store, members->count, run_member, members, err)) {
        err->code = ERROR_REFUSED; /* each tries again alone */
        return false;
    }
    for (size_t i = 0; i < members->count; i++) {
        struct member *member = &members->items[i];
        if (!member->good || member->has_failed)
            return error_set(err, ERROR_REFUSED, "one of several failed");
    }
    return true;
}

/* Who needs a transaction of his own, or all, where theirs failed: each is decided alone, and his
 * trouble is his. */
static bool work_alone(struct members *members, struct batch *batch, bool all, struct error *err)
{
    for (size_t i = 0; i < members->count; i++) {
        if (!all && !members->items[i].needs_own)
            continue;
        text_clear(&members->outs[i]);
        if (!work(batch, members->first + i, &members->outs[i], err))
            return false;
    }
    return true;
}

/* After a failure one by one, then two, four …: where there is much trouble, little is done in
 * vain. */
static bool work_members(struct batch *batch, struct members *members, struct error *err)
{
    bool good = members->count > 1 && session_transact(&batch->session, run_members, members, err);
    bool is_lost = !good && !store_is_alive(batch->session.store);
    if (is_lost && err->code == ERROR_REFUSED)
        err->code = ERROR_BUSY;
    if (members->count > 1 && !good && (is_lost || err->code == ERROR_UNKNOWN))
        return error_prefix(err, "%s %s and others: ", batch->step->verb,
                            batch->list.items[members->first].tenant.id);
    bool was_one = members->count == 1;
    batch->together = !good && !was_one                        ? 1
                      : batch->together < TENANTS_TOGETHER / 2 ? batch->together * 2
                                                               : TENANTS_TOGETHER;
    return work_alone(members, batch, !good, err);
}

static bool work_together(void *context, size_t first, size_t count, struct text *outs,
                          struct error *err)
{
    struct batch *batch = context;
    size_t done = 0;
    while (done < count) {
        size_t left = count - done;
        struct members members = {.batch = batch,
                                  .first = first + done,
                                  .count = left < batch->together ? left : batch->together,
                                  .outs = outs + done};
        if (!work_members(batch, &members, err))
            return false;
        done += members.count;
    }
    return true;
}

/* ------------------------------------------------------------------------------- in the caller */

static bool take(void *context, size_t item, struct slice bytes, struct error *err)
{
    struct batch *batch = context;
    const char *end_of_all = bytes.data + bytes.size;
    (void)item;
    (void)err;
    for (const char *at = bytes.data; at < end_of_all;) {
        const char *newline = memchr(at, '\n', (size_t)(end_of_all - at));
        int size = (int)(newline - at) - 1;
        batch->done += *at == OUTCOME_DONE;
        batch->before += *at == OUTCOME_BEFORE;
        batch->refused += *at == OUTCOME_REFUSED;
        fprintf(*at == OUTCOME_REFUSED ? stderr : stdout, "%.*s\n", size, at + 1);
        at = newline + 1;
    }
    return true;
}

static bool run_batch(struct batch *batch, struct error *err)
{
    struct crew crew = {.name = batch->step->verb,
                        .items = "tenants",
                        .count = batch->list.count,
                        .context = batch,
                        .begin = begin,
                        .end = end,
                        .work = work,
                        .work_together = batch->step->together > 1 ? work_together : NULL,
                        .together = batch->step->together,
                        .take = take};
    printf(BATCH_HEADER "\n");
    if (!crew_jobs(batch->cli, &crew.jobs, err) || !crew_run(&crew, err))
        return false;
    fprintf(stderr, "%zu %s, %zu before, %zu refused\n", batch->done, batch->step->state,
            batch->before, batch->refused);
    if (batch->refused > 0)
        cli_exit_status(batch->cli, STATUS_REFUSED);
    return true;
}

/* Whom it is about is read by a session of its own, which is closed before anybody works. */
static bool run_listed(struct batch *batch, const char *drafts, struct error *err)
{
    struct session session = {0};
    struct arena CLEANUP(arena_release) arena;
    arena_init(&arena);
    if (!session_look(batch->cli, &session, err))
        return false;
    bool good = drafts != NULL ? batch_list_read(&batch->list, &session, drafts, &arena, err)
                               : batch_list_all(&batch->list, &session, cli_argument(batch->cli, 0),
                                                &arena, err);
    session_close(&session);
    good = good && run_batch(batch, err);
    batch_list_release(&batch->list);
    return good;
}

bool batch_close_command(const struct cli *cli, struct error *err)
{
    struct batch batch = {.cli = cli, .step = &steps[STEP_CLOSE]};
    return run_listed(&batch, NULL, err);
}

bool batch_review_command(const struct cli *cli, struct error *err)
{
    struct batch batch = {.cli = cli, .step = &steps[STEP_REVIEW]};
    return review_date(cli, &batch.issue_days, err) && run_listed(&batch, NULL, err);
}

bool batch_approve_command(const struct cli *cli, struct error *err)
{
    struct batch batch = {.cli = cli, .step = &steps[STEP_APPROVE]};
    return run_listed(&batch, cli_argument(cli, 0), err);
}

bool batch_issue_command(const struct cli *cli, struct error *err)
{
    struct batch batch = {.cli = cli, .step = &steps[STEP_ISSUE]};
    return run_listed(&batch, NULL, err);
}
