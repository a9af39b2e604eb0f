/*
 * Records as Kafka has them (meter/event, ingest/raw, ingest/release_line): lines "name=value" are
 * the headers, the value stands behind an empty line.
 *
 * Headers that are kept are read back. A binary event that is written as a line of a file measures
 * the same; what is no event by its headers is none as a line.
 */
#include <assert.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "fuzz/measured.h"
#include "ingest/raw.h"
#include "ingest/release_line.h"

#define HEADERS_MAX 64
#define ATTRIBUTES "ce_specversion=1.0\nce_source=/gateway/fra1\nce_subject=acme\n"
#define TOKENS                                                                                     \
    "{\"request\":\"r1\",\"model\":\"m-1\",\"tokens\":{\"input\":1200,\"output\":\"350\"}}"
#define SLICE                                                                                      \
    "{\"allocation\":\"a\",\"sku\":\"h100\",\"gpu_count\":2,\"market\":\"spot\",\"start\":"        \
    "\"2026-09-07T10:30:00Z\",\"end\":\"2026-09-07T10:40:00Z\"}"

const char *const fuzz_words[] = {"ce_id=",
                                  "ce_type=",
                                  "ce_source=",
                                  "ce_subject=",
                                  "ce_specversion=1.0",
                                  "ce_time=2026-09-07T10:30:00Z",
                                  "ce_sequence=7",
                                  "ce_data=",
                                  "ce_data_base64=",
                                  "ce_datacontenttype=",
                                  "content-type=application/json",
                                  "Content-Type=application/cloudevents+json",
                                  "application/cloudevents+avro",
                                  "application/cloudevents-batch+json",
                                  "; charset=utf-8",
                                  "; charset=latin1",
                                  "tokens.request.v1",
                                  "gpu.slice.v1",
                                  "\n",
                                  "\n\n",
                                  "\\",
                                  "\"",
                                  "null",
                                  "{}",
                                  NULL};

void fuzz_seeds(struct fuzz_corpus *corpus)
{
    fuzz_add_text(corpus,
                  ATTRIBUTES "ce_id=r-1\nce_type=tokens.request.v1\nce_time=2026-09-07T10:30:00Z\n"
                             "content-type=application/json\nce_sequence=7\n\n" TOKENS);
    fuzz_add_text(corpus,
                  ATTRIBUTES "ce_id=a\"b\\c\nce_type=gpu.slice.v1\nce_trace=\xc3\xa4\ntrace=x\n"
                             "content-type=Application/Json; charset=\"UTF-8\"\n\n" SLICE);
    fuzz_add_text(corpus,
                  "content-type=application/cloudevents+json; charset=utf-8\n\n"
                  "{\"specversion\":\"1.0\",\"id\":\"r\",\"source\":\"/gateway/fra1\",\"type\":"
                  "\"tokens.request.v1\",\"subject\":\"acme\",\"time\":\"2026-09-07T10:30:00Z\","
                  "\"data\":" TOKENS "}");
    fuzz_add_text(corpus, "x=1\nx\nce_id\n\n\n");
}

/* A header of each line up to the empty one; without a '=' its value is null. */
static void parse(struct slice bytes, struct record_header *headers, struct record *out)
{
    const char *at = bytes.data;
    const char *end = bytes.data + bytes.size;
    *out = (struct record){.headers = headers, .timestamp_type = 1};
    while (at < end && out->header_count < HEADERS_MAX) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        if (line_end == NULL || line_end == at)
            break;
        const char *equals = memchr(at, '=', (size_t)(line_end - at));
        struct record_header *header = &headers[out->header_count++];
        header->name = (struct slice){at, (size_t)((equals ? equals : line_end) - at)};
        header->value = equals ? (struct slice){equals + 1, (size_t)(line_end - equals - 1)}
                               : (struct slice){NULL, 0};
        at = line_end + 1;
    }
    if (at < end && *at == '\n')
        at++;
    out->value = at < end ? (struct slice){at, (size_t)(end - at)} : (struct slice){"", 0};
}

static bool same(struct slice a, struct slice b)
{
    return (a.data == NULL) == (b.data == NULL) && slice_compare(a, b) == 0;
}

/* As the quarantine keeps it, and reads it back. */
static void keep(const struct record *record, struct arena *arena, struct quarantine_item *out)
{
    struct record again;
    *out = (struct quarantine_item){.reason = "unknown_type",
                                    .time_type = record->timestamp_type,
                                    .size = raw_size(record),
                                    .headers = raw_headers(record, arena),
                                    .value = record->value};
    assert(record_of_item(out, arena, &again));
    assert(again.header_count == record->header_count);
    for (size_t i = 0; i < record->header_count; i++)
        assert(same(again.headers[i].name, record->headers[i].name) &&
               same(again.headers[i].value, record->headers[i].value));
}

static bool check_record(const struct record *record, struct arena *arena)
{
    struct text line CLEANUP(text_release);
    struct event event, event_again;
    struct quarantine_item item;
    struct error err;
    text_init(&line);
    keep(record, arena, &item);
    bool is_event = measured_read(record, arena, &event);
    if (!release_line(&item, arena, &line, &err)) {
        assert(line.size == 0 && err.message[0] != '\0');
        return is_event;
    }
    assert(line.data[line.size - 1] == '\n' && memchr(line.data, '\n', line.size - 1) == NULL);
    struct record again = {.value = {line.data, line.size - 1}, .is_file = true};
    if (is_event) {
        assert(measured_read(&again, arena, &event_again));
        measured_same(&event, &event_again, arena);
    }
    return is_event;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct record_header headers[HEADERS_MAX];
    struct arena arena CLEANUP(arena_release);
    struct record record;
    core_init();
    arena_init(&arena);
    parse((struct slice){(const char *)data, size}, headers, &record);
    if (check_record(&record, &arena))
        fuzz_accept();
    return 0;
}
