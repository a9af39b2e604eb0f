#include "invoices/show.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/canonical.h"
#include "core/money.h"
#include "invoices/document.h"
#include "invoices/pooled.h"
#include "invoices/render/text.h"
#include "rating/rate.h"
#include "store/checkpoints.h"
#include "store/contents.h"

static bool print_row(void *context, const struct document_row *row, struct error *err)
{
    char total[DECIMAL_TEXT_SIZE];
    struct civil date = civil_of_days(row->issue_days);
    (void)context;
    (void)err;
    printf("%-20s %-11s %04d-%02d-%02d %14s %s %s\n", row->document_id, row->kind, date.year,
           date.month, date.day, money_format(row->total_minor, row->exponent, total),
           row->currency, row->has_bundle ? "proven" : "pending");
    return true;
}

bool list_command(const struct cli *cli, struct error *err)
{
    struct session CLEANUP(session_close) session = {0};
    struct tenant tenant = {0};
    const char *id = cli_argument(cli, 0);
    if (!session_look(cli, &session, err))
        return false;
    if (id != NULL &&
        !tenant_find(session.store, session.log.log, id, &session.arena, &tenant, err))
        return false;
    return documents_each(session.store, session.log.log, tenant.number, print_row, NULL, err);
}

static bool show_bundle(struct session *session, const struct document_row *row, struct error *err)
{
    struct slice bundle;
    if (!document_bundle(session->store, session->log.log, row->tenant, row->index, &session->arena,
                         &bundle, NULL, err))
        return false;
    printf("%s\n", bundle.data);
    return true;
}

bool show_command(const struct cli *cli, struct error *err)
{
    struct session CLEANUP(session_close) session = {0};
    struct text CLEANUP(text_release) text;
    CLEANUP(json_release) json_t *json = NULL;
    struct document_row row;
    struct content content;
    text_init(&text);
    if (!session_look(cli, &session, err) ||
        !document_find(session.store, session.log.log, cli_argument(cli, 0), &session.arena, &row,
                       err))
        return false;
    if (cli_switch(cli, "bundle"))
        return show_bundle(&session, &row, err);
    if (!content_at(session.store, session.log.log, row.index, &session.arena, &content, err))
        return false;
    if (cli_switch(cli, "json")) {
        printf("%s\n", content.bytes);
        return true;
    }
    if (!canonical_parse(content.bytes, content.size, row.document_id, &json, err))
        return false;
    render_text(json, &text);
    fputs(text.data, stdout);
    return true;
}

bool quote_command(const struct cli *cli, struct error *err)
{
    struct session CLEANUP(session_close) session = {0};
    struct agreement CLEANUP(agreement_release) agreement = {0};
    struct text CLEANUP(text_release) text;
    struct tenant tenant;
    struct period period;
    struct checkpoint_row cut;
    struct rating rating;
    const struct rating *pool;
    text_init(&text);
    if (!session_look(cli, &session, err) ||
        !period_of_arguments(cli, &session, &tenant, &agreement, &period, err) ||
        !checkpoint_latest(session.store, session.log.log, &session.arena, &cut, err) ||
        !pooled_rate(&session, &tenant, &agreement, &period, cut.size, &rating, &pool, err))
        return false;
    CLEANUP(json_release) json_t *json = rating_json(&rating);
    json_object_set_new(json, "size", json_integer((json_int_t)cut.size));
    if (contract_has_money(&agreement.contract)) /* it hangs on documents that are not there yet */
        json_object_set_new(json, "unsettled", json_true());
    if (!canonical_write(json, &text, err))
        return false;
    printf("%s\n", text.data);
    return true;
}
