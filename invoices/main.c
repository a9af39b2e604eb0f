/*
 * daybook-invoices: plans and contracts, and from a period's usage to a document with its proof.
 */
#include "base/arena.h"
#include "base/cli.h"
#include "core/digest.h"
#include "invoices/audit.h"
#include "invoices/batch.h"
#include "invoices/bundle.h"
#include "invoices/contracts.h"
#include "invoices/coverage.h"
#include "invoices/crew.h"
#include "invoices/explain.h"
#include "invoices/idle.h"
#include "invoices/issue.h"
#include "invoices/lint.h"
#include "invoices/period.h"
#include "invoices/plans.h"
#include "invoices/show.h"
#include "invoices/simulate.h"
#include "store/operator.h"

static const struct cli_option common_options[] = {
    {"database", "CONNINFO", NULL, "PostgreSQL, as libpq's connection string"},
    {"log", "N", "0", "which log"},
    {"archive", "DIR", NULL, "the archive: public/ and private/"},
    {"published", "PATH", NULL, "the published checkpoint (default ARCHIVE/public/checkpoint)"},
    {"keys", "DIR", NULL,
     "folder of invoices.key, control.key, salt.key, operator.key, approver.key"},
    OPERATOR_OPTION,
    {0},
};

static const struct cli_option review_options[] = {
    {"issue-date", "DATE", NULL, "the document's date: 2026-11-03"},
    {0},
};

static const struct cli_option batch_options[] = {
    JOBS_OPTION,
    {0},
};

static const struct cli_option batch_review_options[] = {
    {"issue-date", "DATE", NULL, "the documents' date: 2026-11-03"},
    JOBS_OPTION,
    {0},
};

static const struct cli_option draft_options[] = {
    {"text", NULL, NULL, "as text (the default)"},
    {"json", NULL, NULL, "byte for byte what review and approve sign the SHA-256 of"},
    {0},
};

static const struct cli_option approve_options[] = {
    {"draft", "HASH", NULL, "only if it is this draft, as `review` and `draft` print it"},
    {0},
};

static const struct cli_option show_options[] = {
    {"text", NULL, NULL, "as text (the default)"},
    {"json", NULL, NULL, "the content that its entry names, byte for byte"},
    {"bundle", NULL, NULL, "its proof bundle, for daybook-verify"},
    {0},
};

static const struct cli_option coverage_options[] = {
    {"csv", NULL, NULL, "every hour, as CSV"},
    {"json", NULL, NULL, "every hour and the sums, as JSON"},
    {0},
};

static const struct cli_option idle_options[] = {
    {"period", "FROM..TO", NULL, "months, days (both are meant) or instants"},
    {"by", "hour|day", "hour", "windows, in UTC"},
    {"csv", NULL, NULL, "every window, as CSV"},
    {"json", NULL, NULL, "every window and the sums, as JSON"},
    {0},
};

static const struct cli_option bundle_options[] = {
    {"policy", "FILE", NULL,
     "only under checkpoints that its witnesses cosigned (C2SP tlog-policy)"},
    {0},
};

static const struct cli_option audit_options[] = {
    {"tenant", "ID", NULL, "of this tenant only"},
    {"json", NULL, NULL, "the report as JSON"},
    {0},
};

static const struct cli_option explain_options[] = {
    {"file", "FILE", NULL, "from a proof bundle or `show --json`, without a database"},
    {0},
};

static const struct cli_option simulate_options[] = {
    {"period", "MONTH[..MONTH]", NULL, "which months: 2026-07..2026-09"},
    {"plan", "FILE", NULL, "with this plan"},
    {"instead-of", "PLAN", NULL, "in place of this one (default: the one of the same id)"},
    {"contract", "FILE", NULL, "with this contract, for its tenant"},
    {"tenant", "ID", NULL, "of this tenant only"},
    {"sweep", "ID=A..B", NULL,
     "total for each size of a reservation (reservation=0..64: of the first)"},
    JOBS_OPTION,
    {"csv", NULL, NULL, "as CSV"},
    {"json", NULL, NULL, "as JSON"},
    {0},
};

static const struct cli_command commands[] = {
    {"plan apply", "FILE", "a plan's new version, into the book", plan_apply_command, NULL},
    {"plan lint", "FILE", "check a plan", plan_lint_command, NULL},
    {"contract apply", "FILE", "a contract's new version, into the book", contract_apply_command,
     NULL},
    {"contract lint", "FILE [PLAN...]", "check a contract, with the plans that it names",
     contract_lint_command, NULL},
    {"quote", "TENANT PERIOD", "what a period costs as of now", quote_command, NULL},
    {"close", "TENANT PERIOD", "cut a period at a sealed size", period_close_command, NULL},
    {"review", "TENANT PERIOD", "fix the issue date and the draft", review_command, review_options},
    {"draft", "TENANT PERIOD", "what was reviewed, to be read before it is approved", draft_command,
     draft_options},
    {"approve", "TENANT PERIOD", "by another operator: what was reviewed may be issued",
     approve_command, approve_options},
    {"issue", "TENANT PERIOD", "give the approved draft a number and book it", issue_command, NULL},
    {"batch close", "PERIOD", "close it for every tenant who has a contract in it",
     batch_close_command, batch_options},
    {"batch review", "PERIOD", "review what is closed: the list of drafts", batch_review_command,
     batch_review_options},
    {"batch approve", "LIST", "by another operator: exactly the drafts of the list",
     batch_approve_command, batch_options},
    {"batch issue", "PERIOD", "issue what is approved", batch_issue_command, batch_options},
    {"list", "[TENANT]", "documents", list_command, NULL},
    {"show", "NUMBER", "a document", show_command, show_options},
    {"coverage", "TENANT PERIOD",
     "what reservations and spend plans covered, as the document says it", coverage_command,
     coverage_options},
    {"capacity apply", "FILE", "what there is to sell, into the book", capacity_apply_command,
     NULL},
    {"idle", "CAPACITY", "what of it was sold, and how, and what was idle", idle_command,
     idle_options},
    {"bundle", "", "make the proof bundles that are pending", bundle_command, bundle_options},
    {"audit", "", "make every document again from the book as of its cut: drift", audit_command,
     audit_options},
    {"explain", "NUMBER [LINE]", "why a line costs what it costs: 3, or 2.1 of late usage",
     explain_command, explain_options},
    {"simulate", "", "what past months would have cost under other terms", simulate_command,
     simulate_options},
    {0},
};

int main(int argc, char **argv)
{
    static const struct cli_program program = {
        .name = "daybook-invoices",
        .help = "Plans, contracts, and from a period's usage to an invoice with its proof.",
        .commands = commands,
        .common_options = common_options,
    };
    core_init();
    memory_stay();
    return cli_main(&program, argc, argv);
}
