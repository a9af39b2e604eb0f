#include "invoices/coverage.h"

#include <stdio.h>

#include "core/canonical.h"
#include "invoices/contracts.h"
#include "invoices/period.h"
#include "store/coverage.h"
#include "store/documents.h"

/* One for every printed number; columns of the CSV and members of the JSON. */
static const struct {
    const char *name;
    size_t offset; /* in struct coverage_line */
} columns[] = {
    {"capacity", offsetof(struct coverage_line, capacity)},
    {"covered", offsetof(struct coverage_line, covered)},
    {"unused", offsetof(struct coverage_line, unused)},
    {"overage", offsetof(struct coverage_line, overage)},
    {"utilisation", offsetof(struct coverage_line, utilisation)},
    {"coverage", offsetof(struct coverage_line, coverage)},
    {"currency", offsetof(struct coverage_line, currency)},
    {"billed", offsetof(struct coverage_line, billed)},
    {"effective", offsetof(struct coverage_line, effective)},
    {"effective_unused", offsetof(struct coverage_line, effective_unused)},
};

static const char *cell(const struct coverage_line *line, size_t column)
{
    const char *const *text = (const void *)((const char *)line + columns[column].offset);
    return *text;
}

static json_t *lines_json(const struct coverage_line *lines, size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        char from[INSTANT_TEXT_SIZE], to[INSTANT_TEXT_SIZE];
        json_t *object =
            json_pack("{s:s,s:s,s:s,s:s,s:s}", "kind", lines[i].kind, "id", lines[i].id, "unit",
                      lines[i].unit, "from", instant_format(lines[i].from_us, from), "to",
                      instant_format(lines[i].to_us, to));
        for (size_t c = 0; c < COUNT_OF(columns); c++)
            json_set_text(object, columns[c].name, cell(&lines[i], c));
        json_array_append_new(array, object);
    }
    return array;
}

/* Ids and units hold no comma and no quote: schema/contract.json. */
static void print_csv(const struct coverage_line *lines, size_t count)
{
    char from[INSTANT_TEXT_SIZE], to[INSTANT_TEXT_SIZE];
    fputs("kind,id,unit,from,to", stdout);
    for (size_t c = 0; c < COUNT_OF(columns); c++)
        printf(",%s", columns[c].name);
    putchar('\n');
    for (size_t i = 0; i < count; i++) {
        printf("%s,%s,%s,%s,%s", lines[i].kind, lines[i].id, lines[i].unit,
               instant_format(lines[i].from_us, from), instant_format(lines[i].to_us, to));
        for (size_t c = 0; c < COUNT_OF(columns); c++)
            printf(",%s", cell(&lines[i], c) != NULL ? cell(&lines[i], c) : "");
        putchar('\n');
    }
}

static void print_text(const struct coverage_line *lines, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        printf("%-11s %s, in %s:", lines[i].kind, lines[i].id, lines[i].unit);
        for (size_t c = 0; c < COUNT_OF(columns); c++)
            if (cell(&lines[i], c) != NULL)
                printf("%s %s %s%s", c > 0 ? "," : "", columns[c].name, cell(&lines[i], c),
                       c == 4 || c == 5 ? " %" : "");
        putchar('\n');
    }
}

/* What is printed: the document that says it, its hours, their sums. */
struct shown {
    struct document_row document;
    struct coverage_lines lines;
};

static bool read_shown(struct session *session, const struct tenant *tenant, const char *label,
                       struct shown *out, struct error *err)
{
    struct closed_period closed;
    struct store *store = session->store;
    int log = session->log.log;
    bool issued = period_find(session, tenant, label, &closed, err) &&
                  document_of_period(store, log, tenant->number, closed.index, &session->arena,
                                     &out->document, err);
    if (!issued)
        return err->code == ERROR_NOT_FOUND
                   ? error_set(err, ERROR_NOT_FOUND,
                               "period %s of tenant '%s' is not issued: `daybook-invoices quote` "
                               "says what it covers as of now",
                               label, tenant->id)
                   : false;
    return coverage_read(store, log, &tenant->number, 1, closed.period.from_us, closed.period.to_us,
                         &session->arena, &out->lines, err);
}

bool coverage_command(const struct cli *cli, struct error *err)
{
    struct session CLEANUP(session_close) session = {0};
    struct agreement CLEANUP(agreement_release) agreement = {0};
    struct shown shown = {0};
    struct tenant tenant;
    struct period period;
    if (!session_look(cli, &session, err) ||
        !period_of_arguments(cli, &session, &tenant, &agreement, &period, err) ||
        !read_shown(&session, &tenant, period.label, &shown, err))
        return false;
    if (cli_switch(cli, "csv")) {
        print_csv(shown.lines.rows, shown.lines.row_count);
    } else if (cli_switch(cli, "json")) {
        CLEANUP(json_release)
        json_t *json = json_pack("{s:s,s:s,s:s,s:o,s:o}", "tenant", tenant.id, "period",
                                 period.label, "document", shown.document.document_id, "rows",
                                 lines_json(shown.lines.rows, shown.lines.row_count), "totals",
                                 lines_json(shown.lines.totals, shown.lines.total_count));
        json_dumpf(json, stdout, JSON_COMPACT | JSON_SORT_KEYS);
        putchar('\n');
    } else {
        print_text(shown.lines.totals, shown.lines.total_count);
    }
    return true;
}
