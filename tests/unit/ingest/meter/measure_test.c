#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/series.h"
#include "meter/measure.h"

/* Quotes are single, for reading. */
static const char catalog_text[] =
    "{'feeds':[],'sources':[],'types':["
    "{'type':'gpu.slice.v1','core':'gpu'},{'type':'tokens.request.v1','core':'tokens'},"
    "{'type':'disk.v1','instant':'/data/at','meaning':['/data/size','/data/kind','/data/from',"
    "'/data/to'],'instants':['/data/from','/data/to']}],"
    "'meters':["
    "{'meter':'gpu_time','type':'gpu.slice.v1','unit':'uGPU.s','scale':6,'aggregation':'sum',"
    "'quantity':{'function':'gpu_time'},'dimensions':["
    "{'name':'sku','pointer':'/data/sku'},{'name':'gpu_milli','pointer':'/data/gpu_milli'},"
    "{'name':'project','pointer':'/data/project'},{'name':'market','pointer':'/data/market'}]},"
    "{'meter':'tokens','type':'tokens.request.v1','unit':'token','scale':0,'aggregation':'sum',"
    "'quantity':{'function':'tokens_by_class'},'dimensions':["
    "{'name':'model','pointer':'/data/model'},{'name':'batch','pointer':'/data/batch'}],"
    "'classifiers':[{'dimension':'context','pointer':'/data/tokens/input','bands':["
    "{'up_to':200000,'value':'le200k'},{'value':'gt200k'}]}]},"
    "{'meter':'requests','type':'tokens.request.v1','unit':'request','scale':0,"
    "'aggregation':'count','quantity':{'count':true},'grid_seconds':60},"
    "{'meter':'disk','type':'disk.v1','unit':'MiB','scale':0,'aggregation':'sum',"
    "'quantity':{'pointer':'/data/size','minimum':10,'increment':'4'},"
    "'filter':[{'pointer':'/data/kind','in':['ssd','hdd']}],"
    "'dimensions':[{'name':'kind','pointer':'/data/kind'}],'labels':['/data/team']},"
    "{'meter':'disk_time','type':'disk.v1','unit':'MiB.us','scale':0,'aggregation':'sum',"
    "'quantity':{'product':['/data/size',{'duration':['/data/from','/data/to']}]},"
    "'grid_seconds':60,'filter':[{'pointer':'/data/kind','equals':'span'}]}]}";

struct fixture {
    struct arena arena;
    struct catalog *catalog;
    struct measure_keys keys;
    struct series_cache *cache;
    struct measure measure;
    struct refusal refusal;
    uint32_t grid_seconds;
    int64_t broker_us;
    bool is_file;
};

static const char *double_quotes(struct arena *arena, const char *text)
{
    char *copy = arena_text(arena, text);
    for (char *c = copy; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c;
    return copy;
}

static int64_t instant(const char *text)
{
    int64_t us = 0;
    struct error err;
    assert_true(instant_parse(text, strlen(text), "instant", &us, &err));
    return us;
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    struct error err = {0};
    core_init();
    arena_init(&fixture->arena);
    const char *text = double_quotes(&fixture->arena, catalog_text);
    if (!catalog_parse(text, strlen(text), "catalog", &fixture->catalog, &err))
        fail_msg("%s", err.message);
    fixture->keys = measure_keys_of((const unsigned char *)"0123456789abcdefghijklmnopqrstuv");
    fixture->cache = series_cache_make(fixture->keys.identity);
    fixture->grid_seconds = 3600;
    fixture->broker_us = instant("2026-10-02T00:00:00Z");
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    series_cache_release(fixture->cache);
    catalog_release(fixture->catalog);
    arena_release(&fixture->arena);
    free(fixture);
    return 0;
}

/* An event of a type with these data (single quotes); `more` are attributes, each with a comma. */
static bool measure_with(struct fixture *fixture, const char *type, const char *more,
                         const char *data)
{
    struct event event;
    const char *json = double_quotes(
        &fixture->arena,
        arena_printf(&fixture->arena,
                     "{'specversion':'1.0',%s'type':'%s','source':'/s','id':'e','subject':'acme',"
                     "'data':%s}",
                     more, type, data));
    fixture->refusal = (struct refusal){0};
    if (!event_read_structured(fixture->catalog->scan, slice_of(json), &fixture->arena, &event,
                               &fixture->refusal))
        fail_msg("%s: %s", json, fixture->refusal.detail);
    struct measure_context context = {fixture->catalog, &fixture->keys, fixture->cache};
    struct measure_input input = {
        .event = &event,
        .type = catalog_type(fixture->catalog, event.type),
        .grid_seconds = fixture->grid_seconds,
        .broker_time_us = fixture->broker_us,
        .is_file = fixture->is_file,
    };
    return measure_event(&context, &input, &fixture->arena, &fixture->measure, &fixture->refusal);
}

#define NOON "'time':'2026-10-01T12:34:56Z',"

static bool measure_gpu(struct fixture *fixture, const char *data)
{
    return measure_with(fixture, "gpu.slice.v1", "", data);
}

static bool measure_tokens(struct fixture *fixture, const char *data)
{
    return measure_with(fixture, "tokens.request.v1", NOON, data);
}

static bool measure_disk(struct fixture *fixture, const char *data)
{
    return measure_with(fixture, "disk.v1", "", data);
}

static struct slice dimension(const struct measure_part *part, const char *name)
{
    struct series series;
    struct error err;
    assert_true(
        series_decode(part->series->descriptor.data, part->series->descriptor.size, &series, &err));
    return series_dimension(&series, name);
}

#define GPU(gpu, start, end)                                                                       \
    "{'allocation':'a1','sku':'h100','project':'p1','market':'spot'," gpu ",'start':'" start       \
    "','end':'" end "'}"

static void measures_gpu_time_in_micro_gpu_seconds(void **state)
{
    struct fixture *fixture = *state;
    assert_true(measure_gpu(
        fixture, GPU("'gpu_count':8", "2026-10-01T10:30:00Z", "2026-10-01T11:00:00.001Z")));
    const struct measure *measure = &fixture->measure;
    assert_int_equal(measure->part_count, 2);
    assert_int_equal(measure->event_hour, instant("2026-10-01T10:00:00Z") / HOUR_US);
    assert_true(measure->parts[0].quantity == (int128)8000000 * 1800);
    assert_true(measure->parts[1].quantity == 8000);
    assert_true(measure->parts[0].window.from_us == instant("2026-10-01T10:00:00Z"));
    assert_true(measure->parts[1].window.from_us == instant("2026-10-01T11:00:00Z"));
    assert_int_equal(measure->parts[1].window.length_seconds, 3600);
    assert_true(slice_equals(dimension(&measure->parts[0], "gpu_milli"), "8000"));
    assert_true(slice_equals(dimension(&measure->parts[0], "sku"), "h100"));
    assert_null(dimension(&measure->parts[0], "region").data);
    assert_ptr_equal(measure->parts[0].series, measure->parts[1].series);
}

static void measures_fractions_of_a_gpu_on_the_tenants_grid(void **state)
{
    struct fixture *fixture = *state;
    fixture->grid_seconds = 900;
    assert_true(measure_gpu(
        fixture, GPU("'gpu_milli':'125'", "2026-10-01T10:00:00Z", "2026-10-01T11:00:00Z")));
    assert_int_equal(fixture->measure.part_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_true(fixture->measure.parts[i].quantity == 125 * 900000);
        assert_int_equal(fixture->measure.parts[i].window.length_seconds, 900);
    }
}

static void counts_tokens_by_disjoint_classes_and_leaves_zeros_out(void **state)
{
    struct fixture *fixture = *state;
    assert_true(measure_tokens(fixture,
                               "{'model':'m','batch':true,'tokens':{'input':200001,'cache_read':0,"
                               "'cache_write_1h':'12','output':7}}"));
    static const struct {
        const char *class;
        int quantity;
    } wanted[] = {{"input", 200001}, {"cache_write_1h", 12}, {"output", 7}};
    const struct measure *measure = &fixture->measure;
    assert_int_equal(measure->part_count, 4);
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        assert_true(slice_equals(dimension(&measure->parts[i], "class"), wanted[i].class));
        assert_true(slice_equals(dimension(&measure->parts[i], "context"), "gt200k"));
        assert_true(slice_equals(dimension(&measure->parts[i], "batch"), "true"));
        assert_true(measure->parts[i].quantity == wanted[i].quantity);
        assert_true(measure->parts[i].window.from_us == instant("2026-10-01T12:00:00Z"));
    }
    assert_true(slice_equals(measure->parts[3].meter->meter, "requests"));
    assert_true(measure->parts[3].quantity == 1);
    assert_true(measure->parts[3].window.from_us == instant("2026-10-01T12:34:00Z"));
    assert_int_equal(measure->parts[3].window.length_seconds, 60);
}

static void puts_a_number_into_the_band_that_it_is_not_above(void **state)
{
    struct fixture *fixture = *state;
    assert_true(measure_tokens(fixture, "{'model':'m','tokens':{'input':200000}}"));
    assert_true(slice_equals(dimension(&fixture->measure.parts[0], "context"), "le200k"));
    assert_true(measure_tokens(fixture, "{'model':'m','tokens':{'output':1}}"));
    assert_true(slice_equals(dimension(&fixture->measure.parts[0], "context"), "le200k"));
    assert_null(dimension(&fixture->measure.parts[0], "batch").data);
}

/* Another catalog than the fixture's, with its own series. */
static void take_catalog(struct fixture *fixture, const char *text)
{
    struct error err = {0};
    const char *json = double_quotes(&fixture->arena, text);
    series_cache_release(fixture->cache);
    catalog_release(fixture->catalog);
    if (!catalog_parse(json, strlen(json), "catalog", &fixture->catalog, &err))
        fail_msg("%s", err.message);
    fixture->cache = series_cache_make(fixture->keys.identity);
}

static void changes_one_events_number_and_classifies_a_sum(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *data;
        int quantity;
        const char *size;
    } cases[] = {
        {"{'at':'2026-10-01T01:30:00Z','in':'4','out':6}", 12, "small"},
        {"{'at':'2026-10-01T01:30:00Z','in':5,'out':6}", 15, "large"},
        {"{'at':'2026-10-01T01:30:00Z','in':99}", 100, "large"}, /* what is absent is zero */
    };
    take_catalog(fixture,
                 "{'feeds':[],'sources':[],'types':[{'type':'call.v1','instant':'/data/at',"
                 "'meaning':['/data/at','/data/in','/data/out'],'instants':['/data/at']}],"
                 "'meters':[{'meter':'fee','type':'call.v1','unit':'fee','scale':0,'aggregation':"
                 "'sum','quantity':{'pointer':'/data/in'},'per_event':[{'multiply':3},{'maximum':"
                 "100}],'classifiers':[{'dimension':'size','sum':['/data/in','/data/out'],"
                 "'bands':[{'up_to':10,'value':'small'},{'value':'large'}]}]}]}");
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_true(measure_with(fixture, "call.v1", "", cases[i].data));
        assert_int_equal(fixture->measure.part_count, 1);
        assert_true(fixture->measure.parts[0].quantity == cases[i].quantity);
        assert_true(slice_equals(dimension(&fixture->measure.parts[0], "size"), cases[i].size));
    }
}

static void measures_catalogued_types_without_a_line_of_c(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *size;
        const char *kind;
        int quantity; /* 0: no part */
    } cases[] = {{"0", "ssd", 0},   {"1", "ssd", 12},   {"12", "hdd", 12},
                 {"13", "hdd", 16}, {"13", "other", 0}, {"'13'", "ssd", 16}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_true(
            measure_disk(fixture, arena_printf(&fixture->arena,
                                               "{'at':'2026-10-01T01:30:00+01:00','kind':'%s',"
                                               "'size':%s,'team':'red'}",
                                               cases[i].kind, cases[i].size)));
        assert_int_equal(fixture->measure.part_count, cases[i].quantity > 0);
        if (cases[i].quantity == 0)
            continue;
        const struct measure_part *part = &fixture->measure.parts[0];
        assert_true(part->quantity == cases[i].quantity);
        assert_true(part->window.from_us == instant("2026-10-01T00:00:00Z"));
        assert_true(slice_equals(dimension(part, "team"), "red"));
        assert_non_null(part->series->other);
    }
}

static void multiplies_a_value_by_the_time_that_it_lasted(void **state)
{
    struct fixture *fixture = *state;
    assert_true(measure_disk(fixture,
                             "{'at':'2026-10-01T00:00:00Z','kind':'span','size':3,"
                             "'from':'2026-10-01T00:00:30Z','to':'2026-10-01T00:02:00Z'}"));
    assert_int_equal(fixture->measure.part_count, 2);
    assert_true(fixture->measure.parts[0].quantity == 3 * 30000000);
    assert_true(fixture->measure.parts[1].quantity == 3 * 60000000);
}

struct refusal_case {
    const char *data;
    enum refusal_reason reason;
    const char *detail; /* somewhere in it; NULL: not looked at */
};

static void check_refusals(struct fixture *fixture, const char *type, const char *more,
                           const struct refusal_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (measure_with(fixture, type, more, cases[i].data))
            fail_msg("accepted: %s", cases[i].data);
        if (fixture->refusal.reason != cases[i].reason)
            fail_msg("%s: %s: %s", cases[i].data, refusal_word(fixture->refusal.reason),
                     fixture->refusal.detail);
        if (cases[i].detail != NULL && strstr(fixture->refusal.detail, cases[i].detail) == NULL)
            fail_msg("%s: '%s'", cases[i].data, fixture->refusal.detail);
    }
}

#define T10 "2026-10-01T10:00:00Z"
#define T11 "2026-10-01T11:00:00Z"

static void refuses_slices_that_cannot_be_counted(void **state)
{
    struct fixture *fixture = *state;
    static const struct refusal_case cases[] = {
        {GPU("'gpu_count':1", T10, T10), REFUSAL_END_BEFORE_START, NULL},
        {GPU("'gpu_count':1", T11, T10), REFUSAL_END_BEFORE_START, NULL},
        {GPU("'gpu_count':1", T10, "2026-10-01T11:00:00.001Z"), REFUSAL_SLICE_TOO_LONG, NULL},
        {GPU("'gpu_count':1", "2026-10-02T00:05:00.001Z", "2026-10-02T00:06:00Z"), REFUSAL_FUTURE,
         NULL},
        {GPU("'gpu_count':1", "2026-10-01T23:59:00Z", "2026-10-02T00:05:00.001Z"), REFUSAL_FUTURE,
         NULL},
        {GPU("'gpu_count':1,'gpu_milli':1000", T10, T11), REFUSAL_MALFORMED, "not both"},
        {GPU("'x':1", T10, T11), REFUSAL_MALFORMED, "gpu_milli or gpu_count"},
        {GPU("'gpu_count':1.0", T10, T11), REFUSAL_MALFORMED, "data.gpu_count is a fraction"},
        {GPU("'gpu_count':1e0", T10, T11), REFUSAL_MALFORMED, NULL},
        {GPU("'gpu_count':-1", T10, T11), REFUSAL_MALFORMED, "'-1' is not a whole number"},
        {GPU("'gpu_count':'1.5'", T10, T11), REFUSAL_MALFORMED, NULL},
        {GPU("'gpu_count':'01'", T10, T11), REFUSAL_MALFORMED, NULL},
        {GPU("'gpu_count':''", T10, T11), REFUSAL_MALFORMED, NULL},
        {GPU("'gpu_count':true", T10, T11), REFUSAL_MALFORMED, NULL},
        {GPU("'gpu_count':[1]", T10, T11), REFUSAL_MALFORMED, NULL},
        {GPU("'gpu_count':1", T10, "2026-10-01T10:59:59.9999Z"), REFUSAL_MALFORMED, "millisec"},
        {GPU("'gpu_count':1", T10, "2026-10-01T10:59:60Z"), REFUSAL_MALFORMED, "data.end"},
        {GPU("'gpu_count':1", T10, "soon"), REFUSAL_MALFORMED, "data.end"},
        {GPU("'gpu_milli':'1000000000000000001'", T10, T11), REFUSAL_OVERFLOW, NULL},
        {GPU("'gpu_milli':'99999999999999999999999999'", T10, T11), REFUSAL_OVERFLOW, NULL},
        {GPU("'gpu_milli':'277777777778'", T10, T11), REFUSAL_OVERFLOW, "gpu_time"},
        {GPU("'gpu_count':'1000000000000000000'", T10, T11), REFUSAL_OVERFLOW, NULL},
        {"{'allocation':'a','sku':'','market':'spot','gpu_count':1,'start':'" T10 "','end':'" T11
         "'}",
         REFUSAL_MALFORMED, "data.sku is empty"},
        {"{'sku':'s','market':'spot','gpu_count':1,'start':'" T10 "','end':'" T11 "'}",
         REFUSAL_MALFORMED, "data.allocation is missing"},
        {"{'allocation':'a','sku':null,'market':'spot','gpu_count':1,'start':'" T10 "','end':'" T11
         "'}",
         REFUSAL_MALFORMED, "data.sku is missing"},
        {"{'allocation':'a','sku':7,'market':'spot','gpu_count':1,'start':'" T10 "','end':'" T11
         "'}",
         REFUSAL_MALFORMED, "data.sku is a number"},
        {"{'allocation':'a','sku':'s','market':'free','gpu_count':1,'start':'" T10 "','end':'" T11
         "'}",
         REFUSAL_MALFORMED, "data.market 'free'"},
        {"7", REFUSAL_MALFORMED, "missing"},
    };
    check_refusals(fixture, "gpu.slice.v1", "", cases, COUNT_OF(cases));
    assert_true(measure_gpu(fixture, GPU("'gpu_milli':'277777777777'", T10, T11)));
    assert_true(measure_gpu(fixture, GPU("'gpu_count':0", T10, T11)));
    assert_int_equal(fixture->measure.part_count, 0);
    assert_true(
        measure_gpu(fixture, GPU("'gpu_count':1", "2026-10-01T23:59:00Z", "2026-10-02T00:05:00Z")));
}

static void takes_slices_of_31_days_from_files(void **state)
{
    struct fixture *fixture = *state;
    fixture->is_file = true;
    fixture->broker_us = instant("2026-11-01T00:00:00Z");
    assert_true(
        measure_gpu(fixture, GPU("'gpu_count':1", "2026-10-01T00:00:00Z", "2026-11-01T00:00:00Z")));
    assert_int_equal(fixture->measure.part_count, 31 * 24);
    assert_false(measure_gpu(
        fixture, GPU("'gpu_count':1", "2026-10-01T00:00:00Z", "2026-11-01T00:00:00.001Z")));
    assert_int_equal(fixture->refusal.reason, REFUSAL_SLICE_TOO_LONG);
}

static void refuses_requests_that_cannot_be_counted(void **state)
{
    struct fixture *fixture = *state;
    static const struct refusal_case cases[] = {
        {"{'model':'m','tokens':{}}", REFUSAL_MALFORMED, "has none of"},
        {"{'model':'m'}", REFUSAL_MALFORMED, "has none of"},
        {"{'tokens':{'input':1}}", REFUSAL_MALFORMED, "data.model is missing"},
        {"{'model':'m','tokens':{'input':1.5}}", REFUSAL_MALFORMED,
         "data.tokens.input is a fraction"},
        {"{'model':'m','tokens':{'input':-5}}", REFUSAL_MALFORMED, NULL},
        {"{'model':'m','batch':'true','tokens':{'input':1}}", REFUSAL_MALFORMED, "data.batch"},
        {"{'model':'m','batch':1,'tokens':{'input':1}}", REFUSAL_MALFORMED, "true or false"},
    };
    check_refusals(fixture, "tokens.request.v1", NOON, cases, COUNT_OF(cases));
    static const struct refusal_case late[] = {
        {"{'model':'m','tokens':{'input':1}}", REFUSAL_FUTURE, NULL}};
    check_refusals(fixture, "tokens.request.v1", "'time':'2026-10-02T00:05:00.000001Z',", late, 1);
    static const struct refusal_case timeless[] = {
        {"{'model':'m','tokens':{'input':1}}", REFUSAL_MALFORMED, "time is missing"}};
    check_refusals(fixture, "tokens.request.v1", "", timeless, 1);
    assert_true(measure_with(fixture, "tokens.request.v1", "'time':'2026-10-02T00:05:00Z',",
                             "{'model':'m','tokens':{'input':1}}"));
}

static void refuses_catalogued_events_that_cannot_be_counted(void **state)
{
    struct fixture *fixture = *state;
    static const struct refusal_case cases[] = {
        {"{'kind':'ssd','size':1}", REFUSAL_MALFORMED, "data.at is missing"},
        {"{'at':'" T10 "','kind':'ssd'}", REFUSAL_MALFORMED, "/data/size is missing"},
        {"{'at':'" T10 "','kind':'ssd','size':0.5}", REFUSAL_MALFORMED, "fraction"},
        {"{'at':'" T10 "','kind':{},'size':5}", REFUSAL_MALFORMED, "data.kind is an object"},
        {"{'at':'2026-10-02T00:06:00Z','kind':'ssd','size':1}", REFUSAL_FUTURE, NULL},
        {"{'at':'" T10 "','kind':'span','size':1,'from':'" T10 "'}", REFUSAL_MALFORMED,
         "/data/to is missing"},
        {"{'at':'" T10 "','kind':'span','size':1,'from':'" T10 "','to':'" T10 "'}",
         REFUSAL_END_BEFORE_START, NULL},
        {"{'at':'" T10 "','kind':'span','size':1,'from':'2026-08-01T00:00:00Z','to':'" T10 "'}",
         REFUSAL_SLICE_TOO_LONG, NULL},
        {"{'at':'" T10 "','kind':'span','size':1,'from':'2026-09-10T00:00:00Z','to':'" T10 "'}",
         REFUSAL_TOO_MANY_WINDOWS, NULL},
        {"{'at':'" T10 "','kind':'span','size':'1000000000000000000','from':'" T10 "','to':'" T11
         "'}",
         REFUSAL_OVERFLOW, "disk_time"},
    };
    check_refusals(fixture, "disk.v1", "", cases, COUNT_OF(cases));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(measures_gpu_time_in_micro_gpu_seconds),
        TEST(measures_fractions_of_a_gpu_on_the_tenants_grid),
        TEST(counts_tokens_by_disjoint_classes_and_leaves_zeros_out),
        TEST(puts_a_number_into_the_band_that_it_is_not_above),
        TEST(changes_one_events_number_and_classifies_a_sum),
        TEST(measures_catalogued_types_without_a_line_of_c),
        TEST(multiplies_a_value_by_the_time_that_it_lasted),
        TEST(refuses_slices_that_cannot_be_counted),
        TEST(takes_slices_of_31_days_from_files),
        TEST(refuses_requests_that_cannot_be_counted),
        TEST(refuses_catalogued_events_that_cannot_be_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
