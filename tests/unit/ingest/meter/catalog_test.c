#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meter/catalog.h"

/* A catalog in which each case replaces one piece. Quotes are single, for reading. */
#define FEEDS "[{'name':'usage','kind':'topic'}]"
#define TYPES                                                                                      \
    "[{'type':'gpu.slice.v1','core':'gpu'},{'type':'tokens.request.v1','core':'tokens'},"          \
    "{'type':'disk.v1','instant':'/data/at','meaning':['/data/from','/data/to','/data/size',"      \
    "'/data/kind'],'instants':['/data/from','/data/to']}]"
#define SOURCES                                                                                    \
    "[{'source':'/a','tenants':['*'],'types':['disk.v1'],'topics':['*']},"                         \
    "{'source':'/b','tenants':['t2','t1'],'types':['disk.v1','gpu.slice.v1'],'topics':['usage']}]"
#define DISK(unit, aggregation, quantity, more)                                                    \
    "{'meter':'disk','type':'disk.v1','unit':'" unit "','scale':0,'aggregation':'" aggregation     \
    "','quantity':" quantity more "}"
#define METERS "[" DISK("MiB", "sum", "{'pointer':'/data/size'}", "") "]"
#define GPU(unit, scale, dimensions)                                                               \
    "[{'meter':'gpu_time','type':'gpu.slice.v1','unit':'" unit "','scale':" scale                  \
    ",'aggregation':'sum','quantity':{'function':'gpu_time'},'dimensions':" dimensions "}]"
#define MILLI "[{'name':'gpu_milli','pointer':'/data/gpu_milli'}]"

static bool compile(const char *feeds, const char *types, const char *sources, const char *meters,
                    struct catalog **out, struct error *err)
{
    struct text text;
    text_init(&text);
    text_printf(&text, "{'feeds':%s,'types':%s,'sources':%s,'meters':%s}", feeds, types, sources,
                meters);
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '\'')
            text.data[i] = '"';
    }
    bool compiled = catalog_parse(text.data, text.size, "catalog", out, err);
    text_release(&text);
    return compiled;
}

static struct catalog *compiled(const char *types, const char *meters)
{
    struct catalog *catalog = NULL;
    struct error err;
    if (!compile(FEEDS, types, SOURCES, meters, &catalog, &err))
        fail_msg("%s", err.message);
    return catalog;
}

static void finds_types_sources_and_feeds_by_name(void **state)
{
    (void)state;
    CLEANUP(catalog_cleanup) struct catalog *catalog = compiled(TYPES, METERS);
    assert_non_null(catalog_type(catalog, slice_of("gpu.slice.v1")));
    assert_null(catalog_type(catalog, slice_of("gpu.slice.v2")));
    assert_non_null(catalog_source(catalog, slice_of("/b")));
    assert_null(catalog_source(catalog, slice_of("/c")));
    assert_non_null(catalog_feed(catalog, slice_of("usage")));
    assert_null(catalog_feed(catalog, slice_of("file")));
    const struct catalog_type *disk = catalog_type(catalog, slice_of("disk.v1"));
    assert_int_equal(disk->meter_count, 1);
    assert_int_equal(disk->own_count, 5);
    assert_int_equal(catalog->limits.series_per_tenant, CATALOG_SERIES_PER_TENANT);
    assert_int_equal(catalog->limits.quarantine_per_minute, CATALOG_QUARANTINE_PER_MINUTE);
}

static void admits_what_the_source_may_send_and_says_why_not(void **state)
{
    (void)state;
    CLEANUP(catalog_cleanup) struct catalog *catalog = compiled(TYPES, METERS);
    static const struct {
        const char *source, *subject, *type, *topic;
        enum refusal_reason reason;
    } cases[] = {
        {"/a", "anybody", "disk.v1", "usage", REFUSAL_NONE},
        {"/a", "anybody", "disk.v1", CATALOG_FILE, REFUSAL_NONE},
        {"/b", "t1", "gpu.slice.v1", "usage", REFUSAL_NONE},
        {"/b", "t2", "disk.v1", "usage", REFUSAL_NONE},
        {"/b", "t3", "disk.v1", "usage", REFUSAL_SOURCE_NOT_ALLOWED},
        {"/b", "t1", "disk.v1", CATALOG_FILE, REFUSAL_SOURCE_NOT_ALLOWED},
        {"/a", "t1", "gpu.slice.v1", "usage", REFUSAL_SOURCE_NOT_ALLOWED},
        {"/c", "t1", "disk.v1", "usage", REFUSAL_UNKNOWN_SOURCE},
        {"/c", "t1", "other.v1", "usage", REFUSAL_UNKNOWN_TYPE},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct event event = {.source = slice_of(cases[i].source),
                              .subject = slice_of(cases[i].subject),
                              .type = slice_of(cases[i].type)};
        const struct catalog_type *type = NULL;
        struct refusal refusal = {0};
        bool admitted = catalog_admit(catalog, &event, slice_of(cases[i].topic), &type, &refusal);
        assert_int_equal(admitted, cases[i].reason == REFUSAL_NONE);
        assert_int_equal(refusal.reason, cases[i].reason);
        assert_int_equal(type != NULL, admitted);
    }
}

static const struct {
    const char *feeds, *types, *sources, *meters, *problem;
} bad_catalogs[] = {
    {"[{'name':'usage','kind':'queue'}]", TYPES, SOURCES, METERS, "/feeds/0/kind"},
    {"[{'name':'file','kind':'topic'}]", TYPES, "[]", METERS, "files need no feed"},
    {"[{'name':'u','kind':'topic'},{'name':'u','kind':'topic'}]", TYPES, "[]", METERS, "twice"},
    {FEEDS, TYPES, "[{'source':'/a','tenants':['*'],'types':['x.v1'],'topics':['*']}]", METERS,
     "source '/a': type 'x.v1' is not in"},
    {FEEDS, TYPES, "[{'source':'/a','tenants':['*'],'types':['disk.v1'],'topics':['u']}]", METERS,
     "topic 'u' is not one of"},
    {FEEDS, TYPES,
     "[{'source':'/a','tenants':['*'],'types':['disk.v1'],'topics':['*']},"
     "{'source':'/a','tenants':['x'],'types':['disk.v1'],'topics':['*']}]",
     METERS, "source '/a' stands there twice"},
    {FEEDS, "[{'type':'gpu.slice.v1','core':'cpu'}]", "[]", "[]", "not a core type"},
    {FEEDS, "[{'type':'gpu.slice.v2','core':'gpu'}]", "[]", "[]", "has the type 'gpu.slice.v1'"},
    {FEEDS, "[{'type':'x','instant':'/data/a','meaning':['/data/b'],'instants':['/data/c']}]", "[]",
     "[]", "'/data/c' is not in its meaning"},
    {FEEDS, "[{'type':'x','instant':'/at','meaning':['/data/b']}]", "[]", "[]", "/types/0"},
    {FEEDS, "[{'type':'x','instant':'/data/a~2','meaning':['/data/b']}]", "[]", "[]",
     "not a JSON pointer"},
    {FEEDS, TYPES, SOURCES,
     "[" DISK("MiB", "sum", "{'pointer':'/data/size'}",
              "") "," DISK("MiB", "sum", "{'pointer':'/data/size'}", "") "]",
     "meter 'disk' stands there twice"},
    {FEEDS, "[]", "[]", METERS, "type 'disk.v1' is not in"},
    {FEEDS, TYPES, SOURCES, "[" DISK("MiB", "sum", "{'pointer':'/data/new'}", "") "]",
     "'/data/new' is not among the fields"},
    {FEEDS, TYPES, SOURCES, "[" DISK("MiB", "sum", "{'pointer':'/data/from'}", "") "]",
     "'/data/from' is no number"},
    {FEEDS, TYPES, SOURCES,
     "[" DISK("us", "sum", "{'duration':['/data/from','/data/size']}", "") "]",
     "'/data/size' is no instant"},
    {FEEDS, TYPES, SOURCES, "[" DISK("MiB", "count", "{'pointer':'/data/size'}", "") "]",
     "go together"},
    {FEEDS, TYPES, SOURCES, "[" DISK("1", "sum", "{'count':true}", "") "]", "go together"},
    {FEEDS, TYPES, SOURCES, "[" DISK("us", "max", "{'duration':['/data/from','/data/to']}", "") "]",
     "'max' is of"},
    {FEEDS, TYPES, SOURCES,
     "[" DISK("us", "sum",
              "{'product':['/data/size',{'duration':['/data/from','/data/to']}],"
              "'increment':60}",
              "") "]",
     "no minimum and no"},
    {FEEDS, TYPES, SOURCES,
     "[" DISK("us", "sum", "{'duration':['/data/from','/data/to']}",
              ",'per_event':[{'maximum':60}]") "]",
     "per_event is of a pointer"},
    {FEEDS, TYPES, SOURCES,
     "[" DISK("MiB", "sum", "{'pointer':'/data/size'}",
              ",'per_event':[{'round':'up','increment':0}]") "]",
     "at least 1 base unit"},
    {FEEDS, TYPES, SOURCES,
     "[" DISK("MiB", "sum", "{'pointer':'/data/size'}", ",'per_event':[{'minimum':1,'add':1}]") "]",
     "/meters/0/per_event/0"},
    {FEEDS, TYPES, SOURCES,
     "[" DISK(
         "MiB", "sum", "{'pointer':'/data/size'}",
         ",'classifiers':[{'dimension':'c','bands':[{'up_to':1,'value':'a'},{'value':'b'}]}]") "]",
     "or the \"sum\" of several"},
    {FEEDS, TYPES, SOURCES, "[" DISK("MiB", "unique", "{'pointer':'/data/size'}", "") "]",
     "'unique' is refused until"},
    {FEEDS, TYPES, SOURCES, "[" DISK("MiB", "latest", "{'pointer':'/data/size'}", "") "]",
     "value × seconds"},
    {FEEDS, TYPES, SOURCES,
     "[" DISK("MiB", "sum", "{'pointer':'/data/size'}", ",'grid_seconds':7") "]", "does not nest"},
    {FEEDS, TYPES, SOURCES,
     "[" DISK("MiB", "sum", "{'pointer':'/data/size'}",
              ",'dimensions':[{'name':'k','pointer':'/data/kind'}],"
              "'labels':[{'name':'k','pointer':'/data/team'}]") "]",
     "dimension 'k' stands there twice"},
    {FEEDS, TYPES, SOURCES,
     "[" DISK("MiB", "sum", "{'pointer':'/data/size'}",
              ",'classifiers':[{'dimension':'c','pointer':'/data/size','bands':"
              "[{'up_to':5,'value':'a'},{'up_to':'5','value':'b'},{'value':'c'}]}]") "]",
     "do not ascend"},
    {FEEDS, TYPES, SOURCES,
     "[" DISK("MiB", "sum", "{'pointer':'/data/size'}",
              ",'classifiers':[{'dimension':'c','pointer':'/data/size','bands':"
              "[{'up_to':5,'value':'a'},{'up_to':6,'value':'b'}]}]") "]",
     "every band but the last"},
    {FEEDS, TYPES, SOURCES,
     "[" DISK("MiB", "sum", "{'pointer':'/data/size'}",
              ",'filter':[{'pointer':'/data/at','equals':'x'}]") "]",
     "is an instant"},
    {FEEDS, TYPES, SOURCES, "[" DISK("MiB", "sum", "{'function':'gpu_time'}", "") "]",
     "type 'disk.v1' has no function 'gpu_time'"},
    {FEEDS, TYPES, SOURCES, GPU("GPU.s", "6", MILLI), "has unit 'uGPU.s', scale 6"},
    {FEEDS, TYPES, SOURCES, GPU("uGPU.s", "3", MILLI), "has unit 'uGPU.s', scale 6"},
    {FEEDS, TYPES, SOURCES, GPU("uGPU.s", "6", "[]"), "must have the dimension 'gpu_milli'"},
    {FEEDS, TYPES, SOURCES, GPU("uGPU.s", "6", "[{'name':'gpu_milli','pointer':'/data/sku'}]"),
     "must have the dimension 'gpu_milli'"},
    {FEEDS, TYPES, SOURCES, GPU("uGPU.s", "6", "[{'name':'x','pointer':'/data/gpu_count'}]"),
     "'/data/gpu_count' is not among the fields"},
    {FEEDS, TYPES, SOURCES, "[{'meter':'disk'}]", "/meters/0"},
    {FEEDS, TYPES, SOURCES, METERS ",'typo':1", "typo"},
    {FEEDS, TYPES, SOURCES, METERS ",'limits':{'series_per_tenant':0.5}", "0.5"},
};

static void refuses_a_catalog_that_does_not_make_sense_and_says_where(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad_catalogs); i++) {
        struct catalog *catalog = NULL;
        struct error err = {0};
        if (compile(bad_catalogs[i].feeds, bad_catalogs[i].types, bad_catalogs[i].sources,
                    bad_catalogs[i].meters, &catalog, &err))
            fail_msg("case %zu (%s): accepted", i, bad_catalogs[i].problem);
        assert_int_equal(err.code, ERROR_INPUT);
        assert_null(catalog);
        if (strstr(err.message, bad_catalogs[i].problem) == NULL)
            fail_msg("case %zu: '%s' does not say '%s'", i, err.message, bad_catalogs[i].problem);
    }
}

static void compiles_everything_that_a_meter_may_have(void **state)
{
    (void)state;
    CLEANUP(catalog_cleanup)
    struct catalog *catalog = compiled(
        TYPES, "[" DISK("MiB.us", "sum",
                        "{'product':['/data/size',{'duration':['/data/from','/data/to']}]}",
                        ",'grid_seconds':60,'dimensions':[{'name':'kind','pointer':'/data/kind'}],"
                        "'filter':[{'pointer':'/data/kind','in':['ssd',1,true]}],"
                        "'labels':['/data/team',{'name':'who','pointer':'/data/owner/name'}],"
                        "'classifiers':[{'dimension':'c','pointer':'/data/size','bands':"
                        "[{'up_to':'5','value':'a'},{'value':'b'}]}]") "]");
    const struct catalog_meter *meter = &catalog->meters[0];
    assert_int_equal(meter->grid_seconds, 60);
    assert_int_equal(meter->quantity.kind, QUANTITY_DURATION);
    assert_int_equal(meter->quantity.factor_count, 1);
    assert_true(slice_equals(meter->filters[0].values[1], "1"));
    assert_true(slice_equals(meter->filters[0].values[2], "true"));
    assert_true(slice_equals(meter->labels[0].name, "team"));
    assert_true(slice_equals(meter->labels[1].name, "who"));
    const struct catalog_type *disk = catalog_type(catalog, slice_of("disk.v1"));
    assert_int_equal(disk->own_count, 5);
    assert_int_equal(disk->field_count, 7);
    assert_false(disk->fields[6].is_meaning);
}

#define TYPE(instant, meaning)                                                                     \
    "[{'type':'gpu.slice.v1','core':'gpu'},"                                                       \
    "{'type':'disk.v1','instant':'" instant "','meaning':" meaning "}]"

static void keeps_what_the_book_holds_from_one_version_to_the_next(void **state)
{
    (void)state;
    static const char meaning[] = "['/data/size','/data/kind']";
    static const struct {
        const char *types, *meters;
        const char *problem; /* NULL: may follow */
    } cases[] = {
        {TYPE("/data/at", "['/data/size','/data/kind']"), METERS, NULL},
        {TYPE("/data/at", "['/data/size','/data/kind']"), "[]", NULL},
        {TYPE("/data/at", "['/data/size','/data/kind']"),
         "[" DISK("MiB", "sum", "{'product':['/data/size','/data/kind']}",
                  ",'grid_seconds':60") "]",
         NULL},
        {TYPE("/data/at", "['/data/size','/data/kind']"),
         "[" DISK("GiB", "sum", "{'pointer':'/data/size'}", "") "]", "meter 'disk' was in MiB"},
        {TYPE("/data/at", "['/data/size','/data/kind']"),
         "[" DISK("MiB", "max", "{'pointer':'/data/size'}", "") "]", "never change"},
        {TYPE("/data/when", "['/data/size','/data/kind']"), METERS, "type 'disk.v1'"},
        {TYPE("/time", "['/data/size','/data/kind']"), METERS, "type 'disk.v1'"},
        {TYPE("/data/at", "['/data/kind','/data/size']"), METERS, "type 'disk.v1'"},
        {TYPE("/data/at", "['/data/size','/data/kind','/data/more']"), METERS, "type 'disk.v1'"},
        {TYPE("/data/at", "['/data/size','/data/kind'],'instants':['/data/kind']"), METERS,
         "type 'disk.v1'"},
    };
    char types[512];
    (void)snprintf(types, sizeof(types), TYPE("/data/at", "%s"), meaning);
    CLEANUP(catalog_cleanup) struct catalog *previous = compiled(types, METERS);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct error err = {0};
        CLEANUP(catalog_cleanup)
        struct catalog *next = compiled(cases[i].types, cases[i].meters);
        bool follows = catalog_check_successor(previous, next, &err);
        if (follows != (cases[i].problem == NULL))
            fail_msg("case %zu: %s", i, err.message);
        if (cases[i].problem != NULL)
            assert_non_null(strstr(err.message, cases[i].problem));
    }
}

static void compiles_the_catalog_that_we_give_as_an_example(void **state)
{
    (void)state;
    FILE *file = fopen("deploy/examples/catalog.json", "rb");
    if (file == NULL)
        fail_msg("run this from the top of the repository");
    static char text[65536];
    size_t size = fread(text, 1, sizeof(text), file);
    (void)fclose(file);
    struct catalog *catalog = NULL;
    struct error err = {0};
    if (!catalog_parse(text, size, "catalog.json", &catalog, &err))
        fail_msg("%s", err.message);
    assert_int_equal(catalog->meter_count, 3);
    catalog_release(catalog);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_types_sources_and_feeds_by_name),
        cmocka_unit_test(admits_what_the_source_may_send_and_says_why_not),
        cmocka_unit_test(refuses_a_catalog_that_does_not_make_sense_and_says_where),
        cmocka_unit_test(compiles_everything_that_a_meter_may_have),
        cmocka_unit_test(compiles_the_catalog_that_we_give_as_an_example),
        cmocka_unit_test(keeps_what_the_book_holds_from_one_version_to_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
