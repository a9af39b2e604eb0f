/*
 * The two readers of events (meter/scan_fast, meter/scan_slow), under the example's catalog: the
 * one of one pass takes nothing that jansson refuses, and gives the same fields.
 */
#include <assert.h>
#include <string.h>

#include "base/file.h"
#include "fuzz/fuzz.h"
#include "harness/scan_readers.h"
#include "meter/catalog.h"

#define SPACED                                                                                     \
    " {\r\n\t\"data\" : { \"tokens\" : { \"output\" : \"12\" , \"input\" : 0 } , \"x\" : [ ] ,"    \
    " \"model\" : \"\xe2\x82\xac\xf0\x9f\x98\x80\" } , \"y\" : { \"x\" : null } , \"id\" : \"1\""  \
    " , \"specversion\" : true }\n"

const char *const fuzz_words[] = {"\"data\":",
                                  "\"tokens\":",
                                  "\"input\":",
                                  "\"id\":",
                                  "\"\":",
                                  "\"datacontenttype\"",
                                  "null",
                                  "true",
                                  "false",
                                  "-0",
                                  "1e5",
                                  "1.0",
                                  "999999999999999999",
                                  "1000000000000000000",
                                  "\\u0061",
                                  "\\",
                                  "\xf0\x9f\x98\x80",
                                  "\xed\xa0\x80",
                                  "\xc0\x80",
                                  "\x7f",
                                  " ",
                                  "{",
                                  "}",
                                  "[",
                                  "]",
                                  NULL};

static struct catalog *catalog;

static void set_up(void)
{
    struct error err;
    if (catalog != NULL)
        return;
    struct text bytes CLEANUP(text_release);
    text_init(&bytes);
    core_init();
    fuzz_must(file_read("deploy/examples/catalog.json", EVENT_SIZE_MAX, &bytes, &err), &err);
    fuzz_must(catalog_parse(bytes.data, bytes.size, "catalog", &catalog, &err), &err);
}

void fuzz_seeds(struct fuzz_corpus *corpus)
{
    fuzz_add_file(corpus, "deploy/examples/event.json");
    fuzz_add_text(corpus, SPACED);
    fuzz_add_text(corpus, "{\"a\":{},\"longer than eight\":[1,[-2,{\"b\":\"\"}]],\"b\":\"\"}");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = {(const char *)data, size};
    set_up();
    struct scan_readers event = scan_by_both(catalog->scan, SCAN_ROOT_EVENT, bytes);
    struct scan_readers alone = scan_by_both(catalog->scan, SCAN_ROOT_DATA, bytes);
    assert(event.agree && alone.agree && event.fast == alone.fast);
    if (event.fast)
        fuzz_accept();
    return 0;
}
