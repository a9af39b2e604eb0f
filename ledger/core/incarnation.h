/*
 * That a topic's partition lives anew: the operator's word that a chain of receipts has ended,
 * because the topic was recreated or its records are lost for good, and that another one begins.
 *
 * It is an entry of the kind `catalog`, which has what decisions about feeds hang on; its subject
 * is "incarnation/TOPIC", so that the catalog's own versions are not touched. Content:
 *
 *     {"feed": hex, "partitions": [{"partition": n, "incarnation": n, "next", "low", "high"} …],
 *      "reason": text, "topic": text}
 *
 * `next` is the first offset that the ended chain does not have; `low` and `high` are the feed's
 * bounds when it was said (decimal strings). Of the same topic, [next, low) is lost.
 */
#ifndef CORE_INCARNATION_H
#define CORE_INCARNATION_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/compiler.h"
#include "base/error.h"
#include "core/digest.h"

#define INCARNATION_SUBJECT "incarnation/"
#define INCARNATION_REASON_MAX 1000 /* bytes */

struct incarnation {
    uint32_t partition;
    uint32_t number; /* from 2 on */
    uint64_t next;
    uint64_t low;
    uint64_t high;
};

struct incarnations {
    const char *topic;
    struct digest feed;
    const char *reason;
    const struct incarnation *items;
    size_t count;
};

/* Whether a catalog entry's subject is of this form. */
bool incarnation_is_subject(const char *subject_id);
/* Texts and items go to the arena. ERROR_INPUT; also where the feed is not the topic's, or the
 * subject another one. */
MUST_CHECK bool incarnations_parse(const json_t *content, const char *subject_id,
                                   struct arena *arena, struct incarnations *out,
                                   struct error *err);
/* New reference. */
json_t *incarnations_content(const struct incarnations *incarnations);

#endif
