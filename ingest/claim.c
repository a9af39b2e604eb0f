#include "ingest/claim.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/crash.h"
#include "ingest/raw.h"

#define CLAIM_ATTEMPTS 5

static const struct halt_row halts[HALT_COUNT] = {
    [HALT_NONE] = {"none", "", ""},
    [HALT_FEED] =
        {"feed_unknown", "the catalog does not register this topic as a feed",
         "add it to the catalog's feeds (daybook-ledger catalog apply), then start again"},
    [HALT_CLUSTER] = {"cluster_changed", "the topic lies in another Kafka cluster than before",
                      "if the old one is gone for good: daybook-ingest incarnation"},
    [HALT_LOST] = {"records_lost", "records were removed from the topic before they were read",
                   "find the missing records at their sources, raise the topic's retention, then "
                   "daybook-ingest incarnation"},
    [HALT_SHORT] = {"log_short",
                    "the topic ends before what was already read: it was recreated or "
                    "truncated",
                    "if it was recreated on purpose: daybook-ingest incarnation"},
    [HALT_ANCHOR] = {"anchor_changed",
                     "another record stands where the last one read was: the "
                     "topic was recreated or truncated",
                     "if it was recreated on purpose: daybook-ingest incarnation"},
    [HALT_HOLE] = {"hole",
                   "offsets are missing, and the catalog does not register the feed as "
                   "transactional",
                   "turn off compaction; register the feed as transactional if "
                   "its producers are"},
    [HALT_TIME] = {"not_broker_time", "a record carries its producer's time",
                   "set message.timestamp.type=LogAppendTime on the topic, or register the feed "
                   "with create_time"},
    [HALT_RATE] = {"quarantine_rate",
                   "a hundred times more records cannot be counted than the "
                   "catalog's limit a minute",
                   "look at what is sent (daybook-ingest quarantine "
                   "list), mend it, then start again"},
};

const struct halt_row *halt_row(enum halt halt)
{
    assert(halt < HALT_COUNT);
    return &halts[halt];
}

void claim_halt(struct claim *claim, enum halt halt, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    claim->halt = halt;
    vsnprintf(claim->halt_detail, sizeof claim->halt_detail, format, arguments);
    va_end(arguments);
}

enum halt claim_judge(const struct claim_facts *facts, bool *out_verify, bool *out_expired)
{
    *out_verify = false;
    *out_expired = false;
    if (!facts->is_registered)
        return HALT_FEED;
    if (!facts->same_cluster)
        return HALT_CLUSTER;
    if (facts->next > facts->high)
        return HALT_SHORT;
    if (facts->low > facts->next)
        return HALT_LOST;
    if (facts->last_offset != OFFSET_NONE) {
        *out_verify = facts->low <= facts->last_offset;
        *out_expired = !*out_verify;
    }
    return HALT_NONE;
}

/* ------------------------------------------------------------------------------ the first claim */

static bool begin_chain(const struct claimer *claimer, const char *feed_name,
                        struct assignment *assignment, struct error *err)
{
    struct head head;
    if (!store_begin(claimer->store, err))
        return false;
    if (!append_lock(claimer->store, claimer->writer, &head, err)) {
        store_rollback(claimer->store);
        return false;
    }
    assignment->stream = (uint32_t)head.next_chain++;
    if (!assignment_insert(claimer->store, head.log, assignment, feed_name, err) ||
        !append_unlock(claimer->store, &head, err)) {
        store_rollback(claimer->store);
        return false;
    }
    CRASH_AT(ingest_chain_begun);
    if (!store_commit(claimer->store, err))
        return false;
    CRASH_AT(ingest_chain_committed);
    return true;
}

/* Whether another attempt may see something else: another process was first, the answer to COMMIT
 * was lost, or a key was granted meanwhile. A lost connection is the caller's to open and guard. */
static bool may_try_again(const struct claimer *claimer, struct error *err)
{
    if (err->code != ERROR_CONFLICT && err->code != ERROR_UNKNOWN && err->code != ERROR_BUSY)
        return false;
    if (!store_is_alive(claimer->store)) {
        err->code = ERROR_BUSY;
        return false;
    }
    return writer_refresh(claimer->store, claimer->writer, err);
}

/* The newest assignment, made now when there is none, or an operator named a newer life of it. */
static bool find_assignment(const struct claimer *claimer, struct feed *feed, uint64_t low,
                            const char *cluster_id, struct assignment *assignment,
                            struct error *err)
{
    int log = claimer->writer->log;
    uint32_t partition = assignment->partition;
    uint32_t wanted = control_incarnation(claimer->control, &feed->id, partition);
    for (int attempt = 1;; attempt++) {
        bool is_found = false;
        if (!assignment_read(claimer->store, log, &feed->id, partition, assignment, &is_found, err))
            return false;
        if (is_found && assignment->incarnation >= wanted)
            return true;
        *assignment = (struct assignment){
            .feed = feed->id, .partition = partition, .incarnation = wanted, .start = low};
        snprintf(assignment->cluster_id, sizeof assignment->cluster_id, "%s", cluster_id);
        if (begin_chain(claimer, feed->name, assignment, err))
            return true;
        if (attempt == CLAIM_ATTEMPTS || !may_try_again(claimer, err))
            return false;
    }
}

/* ---------------------------------------------------------------------------------------- a claim
 */

static void explain(struct claim *claim, enum halt halt, const struct claim_facts *facts,
                    const char *cluster_id)
{
    if (halt == HALT_CLUSTER)
        claim_halt(claim, halt, "cluster '%s', was '%s'", cluster_id, claim->assignment.cluster_id);
    else if (halt != HALT_NONE)
        claim_halt(claim, halt,
                   "the feed has [%" PRIu64 ", %" PRIu64 "), the book goes on at %" PRIu64,
                   facts->low, facts->high, facts->next);
}

/* What the catalog says of the feed. Files are always allowed. */
static bool is_registered(const struct control *control, const struct feed *feed,
                          struct claim *claim)
{
    if (feed->is_file)
        return true;
    const struct catalog_feed *row =
        control->catalog ? catalog_feed(control->catalog, slice_of(feed->name)) : NULL;
    claim->transactional = row && row->transactional;
    claim->create_time = row && row->create_time;
    return row != NULL;
}

bool claim_take(const struct claimer *claimer, struct feed *feed, uint32_t partition,
                struct claim *out, struct error *err)
{
    char cluster_id[CLUSTER_ID_SIZE];
    struct claim claim = {.assignment = {.partition = partition}, .is_file = feed->is_file};
    struct claim_facts facts = {.is_registered = is_registered(claimer->control, feed, &claim)};
    if (!feed->kind->cluster_id(feed, cluster_id, sizeof cluster_id, err) ||
        !feed->kind->bounds(feed, partition, &facts.low, &facts.high, err))
        return false;
    if (facts.is_registered) {
        if (!find_assignment(claimer, feed, facts.low, cluster_id, &claim.assignment, err) ||
            !receipt_chain_end(claimer->store, claimer->writer->log, &claim.assignment, &claim.end,
                               err))
            return false;
        facts.same_cluster = strcmp(claim.assignment.cluster_id, cluster_id) == 0;
        facts.next = claim.end.next;
        facts.last_offset = claim.end.last_offset;
    }
    claim.low = facts.low;
    claim.high = facts.high;
    enum halt halt = claim_judge(&facts, &claim.must_verify, &claim.anchor_expired);
    explain(&claim, halt, &facts, cluster_id);
    *out = claim;
    return true;
}

bool claim_rules_hold(const struct claim *claim, const struct control *control, struct slice topic)
{
    if (claim->is_file)
        return true;
    const struct catalog_feed *row = catalog_feed(control->catalog, topic);
    const struct assignment *assignment = &claim->assignment;
    return row && row->transactional == claim->transactional &&
           row->create_time == claim->create_time &&
           control_incarnation(control, &assignment->feed, assignment->partition) <=
               assignment->incarnation;
}

uint64_t claim_position(const struct claim *claim)
{
    return claim->must_verify ? claim->end.last_offset : claim->end.next;
}

enum halt claim_verify(struct claim *claim, const struct record *record)
{
    assert(claim->must_verify);
    claim->must_verify = false;
    if ((uint64_t)record->offset != claim->end.last_offset) {
        claim_halt(claim, HALT_ANCHOR, "offset %" PRIu64 " is gone, the next one is %" PRId64,
                   claim->end.last_offset, record->offset);
        return HALT_ANCHOR;
    }
    struct digest hash = raw_digest(record);
    if (!digest_equals(&hash, &claim->end.last_hash)) {
        claim_halt(claim, HALT_ANCHOR, "the record at offset %" PRIu64 " is another one",
                   claim->end.last_offset);
        return HALT_ANCHOR;
    }
    return HALT_NONE;
}

enum halt claim_check(struct claim *claim, uint64_t expected, const struct record *record)
{
    uint64_t offset = (uint64_t)record->offset;
    assert(offset >= expected);
    if (offset != expected && !claim->is_file && !claim->transactional) {
        claim_halt(claim, HALT_HOLE, "offset %" PRIu64 " came where %" PRIu64 " was expected",
                   offset, expected);
        return HALT_HOLE;
    }
    if (!claim->is_file && record->timestamp_type != 1 && !claim->create_time) {
        claim_halt(claim, HALT_TIME, "the record at offset %" PRIu64 " has timestamp type %d",
                   offset, record->timestamp_type);
        return HALT_TIME;
    }
    return HALT_NONE;
}

enum halt claim_check_end(struct claim *claim, uint64_t expected, uint64_t end)
{
    if (claim->must_verify && end > claim->end.last_offset)
        claim_halt(claim, HALT_ANCHOR, "offset %" PRIu64 " is gone, and the topic ends at %" PRIu64,
                   claim->end.last_offset, end);
    else if (!claim->must_verify && end > expected && !claim->is_file && !claim->transactional)
        claim_halt(claim, HALT_HOLE,
                   "nothing came from offset %" PRIu64 " to %" PRIu64 ", where the topic ends",
                   expected, end);
    return claim->halt;
}
