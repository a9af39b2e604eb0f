/*
 * Catalogs (meter/catalog).
 *
 * A catalog that is taken may follow itself, finds each of its types, sources and feeds, and keeps
 * its indexes inside its lists.
 */
#include <assert.h>

#include "fuzz/fuzz.h"
#include "meter/catalog.h"

const char *const fuzz_words[] = {"\"gpu\"",
                                  "\"tokens\"",
                                  "\"count\":true",
                                  "\"duration\"",
                                  "\"product\"",
                                  "\"pointer\"",
                                  "\"/data/a\"",
                                  "\"/data\"",
                                  "\"/\"",
                                  "\"/~0\"",
                                  "\"/~2\"",
                                  "\"*\"",
                                  "\"up_to\"",
                                  "[]",
                                  "{}",
                                  "\"\"",
                                  "null",
                                  "0",
                                  "1",
                                  "-1",
                                  ",",
                                  NULL};

void fuzz_seeds(struct fuzz_corpus *corpus)
{
    fuzz_add_file(corpus, "deploy/examples/catalog.json");
    fuzz_add_text(
        corpus,
        "{\"feeds\":[],\"sources\":[],\"types\":[{\"type\":\"disk.v1\",\"instant\":\"/data/at\","
        "\"meaning\":[\"/data/size\",\"/data/kind\",\"/data/from\",\"/data/to\"],\"instants\":["
        "\"/data/from\",\"/data/to\"]}],\"meters\":[{\"meter\":\"disk\",\"type\":\"disk.v1\","
        "\"unit\":\"MiB\",\"scale\":0,\"aggregation\":\"sum\",\"quantity\":{\"pointer\":"
        "\"/data/size\",\"minimum\":10,\"increment\":\"4\"},\"filter\":[{\"pointer\":"
        "\"/data/kind\",\"in\":[\"ssd\",\"hdd\"]}],\"dimensions\":[{\"name\":\"kind\","
        "\"pointer\":\"/data/kind\"}],\"labels\":[\"/data/team\"]},{\"meter\":\"disk_time\","
        "\"type\":\"disk.v1\",\"unit\":\"MiB.us\",\"scale\":0,\"aggregation\":\"sum\","
        "\"quantity\":{\"product\":[\"/data/size\",{\"duration\":[\"/data/from\",\"/data/to\"]}"
        "]},\"grid_seconds\":60,\"filter\":[{\"pointer\":\"/data/kind\",\"equals\":\"span\"}]}]}");
}

static void check_type(const struct catalog *catalog, const struct catalog_type *type)
{
    assert(catalog_type(catalog, type->type) == type);
    assert(type->own_count <= type->field_count && type->field_count <= CATALOG_FIELDS_MAX);
    assert(type->instant == CATALOG_INSTANT_TIME || type->instant < type->field_count);
    for (size_t i = 0; i < type->field_count; i++)
        assert(type->fields[i].scan_index < scan_plan_count(catalog->scan));
    for (size_t i = 0; i < type->meter_count; i++) {
        const struct catalog_meter *meter = type->meters[i];
        assert(meter->index < catalog->meter_count && slice_compare(meter->type, type->type) == 0);
        assert(meter->dimension_count + meter->classifier_count <= CATALOG_DIMENSIONS_MAX);
        for (size_t d = 0; d < meter->dimension_count; d++)
            assert(meter->dimensions[d].field < type->field_count);
        for (size_t f = 0; f < meter->filter_count; f++)
            assert(meter->filters[f].field < type->field_count);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CLEANUP(catalog_cleanup) struct catalog *catalog = NULL;
    struct error err;
    core_init();
    if (!catalog_parse((const char *)data, size, "catalog", &catalog, &err))
        return 0;
    assert(catalog_check_successor(catalog, catalog, &err));
    for (size_t i = 0; i < catalog->type_count; i++)
        check_type(catalog, &catalog->types[i]);
    for (size_t i = 0; i < catalog->source_count; i++)
        assert(catalog_source(catalog, catalog->sources[i].source) == &catalog->sources[i]);
    for (size_t i = 0; i < catalog->feed_count; i++)
        assert(catalog_feed(catalog, catalog->feeds[i].name) == &catalog->feeds[i]);
    fuzz_accept();
    return 0;
}
