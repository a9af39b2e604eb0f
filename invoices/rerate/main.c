/*
 * daybook-rerate: makes the document of a proof bundle again, with the rating library alone, and
 * says where it differs. No database, no network, no key.
 *
 * Exit status: 0 equal, 1 differs (every difference is printed), 2 could not.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/cli.h"
#include "base/file.h"
#include "base/zone.h"
#include "core/canonical.h"
#include "rating/statement.h"
#include "rerate/rerate.h"

#define STATUS_DIFFERS 1
#define BUNDLE_SIZE_MAX ((size_t)1 << 30)

static void print_difference(void *context, const char *path, const char *stated, const char *made)
{
    (void)context;
    printf("DIFFERS %s document=%s recomputed=%s\n", path, stated != NULL ? stated : "absent",
           made != NULL ? made : "absent");
}

static json_t *value_of(const char *text)
{
    return text != NULL ? json_loads(text, JSON_DECODE_ANY, NULL) : json_null();
}

static void add_difference(void *context, const char *path, const char *stated, const char *made)
{
    json_array_append_new(context, json_pack("{s:s,s:o,s:o}", "path", path, "document",
                                             value_of(stated), "recomputed", value_of(made)));
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "?";
}

/* What of a pool's document is taken as it stands. */
static void print_pool(const json_t *document)
{
    const json_t *settlement = json_object_get(document, "settlement");
    printf(
        "of a pool: not judged are the pool's amounts and the exact shares of them%s%s; the others' "
        "usage is not in a bundle\n",
        json_array_size(json_object_get(document, "adjustments")) > 0 ? ", late lines" : "",
        settlement != NULL ? ", commitments, burns and balances" : "");
}

static size_t print_lines(const struct stated *stated, const json_t *made)
{
    const json_t *document = stated->document;
    size_t count = statement_compare(document, made, print_difference, NULL);
    if (!stated->is_hashed) {
        printf("DIFFERS (the document is not what its entry hashes)\n");
        count++;
    }
    printf("%s: %s of tenant '%s', period %s, total %s %s, recomputed %s: %zu differences\n",
           count == 0 ? "equal" : "DIFFERS", text_of(document, "number"),
           text_of(json_object_get(document, "tenant"), "id"),
           text_of(json_object_get(document, "period"), "label"), text_of(document, "total"),
           text_of(document, "currency"), text_of(made, "total"), count);
    if (json_object_get(document, "pool") != NULL)
        print_pool(document);
    printf("from the entries as the bundle states them; that they are in the signed log: "
           "daybook-verify bundle\n");
    return count;
}

static size_t print_json(const struct stated *stated, const json_t *made)
{
    json_t *differences = json_array();
    size_t count = statement_compare(stated->document, made, add_difference, differences) +
                   (stated->is_hashed ? 0 : 1);
    json_t *report = json_pack("{s:b,s:s,s:b,s:o,s:b}", "equal", count == 0, "document",
                               text_of(stated->document, "number"), "is_what_its_entry_hashes",
                               stated->is_hashed, "differences", differences, "proofs_checked", 0);
    json_dumpf(report, stdout, JSON_COMPACT | JSON_SORT_KEYS);
    putchar('\n');
    json_decref(report);
    return count;
}

/* Borders lie where the time zones had them; another version may have them elsewhere. */
static void warn_of_zones(const json_t *document)
{
    const char *theirs = text_of(json_object_get(document, "period"), "tz_version");
    const char *ours = zone_database_version();
    if (strcmp(theirs, ours) != 0)
        fprintf(stderr, "note: the document was made with time zones %s, here they are %s\n",
                theirs, ours);
}

static bool rerate_file(const struct cli *cli, struct error *err)
{
    struct stated CLEANUP(stated_release) stated = {0};
    struct text CLEANUP(text_release) bytes;
    CLEANUP(json_release) json_t *made = NULL;
    text_init(&bytes);
    if (!file_read(cli_argument(cli, 0), BUNDLE_SIZE_MAX, &bytes, err) ||
        !stated_read(bytes.data, bytes.size, &stated, err) || !rerate_document(&stated, &made, err))
        return false;
    warn_of_zones(stated.document);
    size_t count = cli_switch(cli, "json") ? print_json(&stated, made) : print_lines(&stated, made);
    if (count > 0)
        cli_exit_status(cli, STATUS_DIFFERS);
    return true;
}

static bool run(const struct cli *cli, struct error *err)
{
    if (rerate_file(cli, err))
        return true;
    err->code = ERROR_INPUT; /* status 2: could not */
    return false;
}

static const struct cli_option options[] = {
    {"json", NULL, NULL, "the report as JSON"},
    {0},
};
static const struct cli_command commands[] = {
    {"", "BUNDLE.json", "make the document of a proof bundle again", run, options},
    {0},
};

int main(int argc, char **argv)
{
    static const struct cli_option none[] = {{0}};
    static const struct cli_program program = {
        .name = "daybook-rerate",
        .help = "Recomputes the invoice of a proof bundle: 0 equal, 1 differs, 2 could not. It "
                "takes the bundle's entries as they stand; daybook-verify proves them.",
        .commands = commands,
        .common_options = none,
    };
    core_init();
    return cli_main(&program, argc, argv);
}
