#include "core/incarnation.h"

#include <inttypes.h>
#include <string.h>

#include "base/number.h"

#define PARTITIONS_MAX 65536

bool incarnation_is_subject(const char *subject_id)
{
    return strncmp(subject_id, INCARNATION_SUBJECT, strlen(INCARNATION_SUBJECT)) == 0;
}

static bool parse_offset(const char *text, const char *what, uint64_t *out, struct error *err)
{
    return number_parse_u64(text, strlen(text), what, out, err);
}

static bool parse_item(const json_t *json, struct incarnation *out, struct error *err)
{
    json_int_t partition, number;
    const char *next, *low, *high;

    if (json_unpack((json_t *)(uintptr_t)json, "{s:I,s:I,s:s,s:s,s:s!}", "partition", &partition,
                    "incarnation", &number, "next", &next, "low", &low, "high", &high) != 0 ||
        partition < 0 || partition >= PARTITIONS_MAX || number < 2 || number > INT32_MAX)
        return error_set(err, ERROR_INPUT,
                         "a partition has partition, incarnation from 2 on, next, low and high");
    out->partition = (uint32_t)partition;
    out->number = (uint32_t)number;
    return parse_offset(next, "next", &out->next, err) &&
           parse_offset(low, "low", &out->low, err) && parse_offset(high, "high", &out->high, err);
}

static bool parse_items(const json_t *list, struct arena *arena, struct incarnations *out,
                        struct error *err)
{
    size_t count = json_array_size(list);
    struct incarnation *items = arena_array(arena, count + 1, sizeof *items);

    if (count == 0)
        return error_set(err, ERROR_INPUT, "an incarnation names its partitions");
    for (size_t i = 0; i < count; i++) {
        if (!parse_item(json_array_get(list, i), &items[i], err))
            return false;
        if (i > 0 && items[i].partition <= items[i - 1].partition)
            return error_set(err, ERROR_INPUT, "partitions ascend, each once");
    }
    out->items = items;
    out->count = count;
    return true;
}

bool incarnations_parse(const json_t *content, const char *subject_id, struct arena *arena,
                        struct incarnations *out, struct error *err)
{
    const char *feed, *reason, *topic;
    const json_t *list;
    struct incarnations parsed;

    if (json_unpack((json_t *)(uintptr_t)content, "{s:s,s:o,s:s,s:s!}", "feed", &feed, "partitions",
                    &list, "reason", &reason, "topic", &topic) != 0)
        return error_set(err, ERROR_INPUT, "an incarnation has feed, partitions, reason and topic");
    if (!digest_parse_hex(feed, "feed", &parsed.feed, err) ||
        !parse_items(list, arena, &parsed, err))
        return false;
    struct digest named = digest_subject("topic", topic);
    if (!digest_equals_public(&named, &parsed.feed) || !incarnation_is_subject(subject_id) ||
        strcmp(subject_id + strlen(INCARNATION_SUBJECT), topic) != 0)
        return error_set(err, ERROR_INPUT, "the topic '%.100s' is not its feed or its subject",
                         topic);
    if (reason[0] == '\0' || strlen(reason) > INCARNATION_REASON_MAX)
        return error_set(err, ERROR_INPUT, "an incarnation has a reason of at most %d bytes",
                         INCARNATION_REASON_MAX);
    parsed.topic = arena_text(arena, topic);
    parsed.reason = arena_text(arena, reason);
    *out = parsed;
    return true;
}

json_t *incarnations_content(const struct incarnations *incarnations)
{
    char feed[DIGEST_HEX_SIZE];
    json_t *list = json_array();

    for (size_t i = 0; i < incarnations->count; i++) {
        const struct incarnation *item = &incarnations->items[i];
        json_array_append_new(list, json_pack("{s:I,s:I,s:o,s:o,s:o}", "partition",
                                              (json_int_t)item->partition, "incarnation",
                                              (json_int_t)item->number, "next",
                                              json_sprintf("%" PRIu64, item->next), "low",
                                              json_sprintf("%" PRIu64, item->low), "high",
                                              json_sprintf("%" PRIu64, item->high)));
    }
    return json_pack("{s:s,s:o,s:s,s:s}", "feed", digest_hex(&incarnations->feed, feed),
                     "partitions", list, "reason", incarnations->reason, "topic",
                     incarnations->topic);
}
