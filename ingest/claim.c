#include "ingest/claim.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/crash.h"
#include "ingest/raw.h"

#define CLAIM_ATTEMPTS 5

enum partition_action claim_happens(struct claim *claim, enum partition_event event)
{
    struct partition_step step = partition_step(claim->state, event);
    claim->state = step.next;
    if (step.action == ACTION_HALT)
        claim->halt = step.halt;
    if (step.action == ACTION_EXPIRED)
        claim->anchor_expired = true;
    assert((claim->state == STATE_HALTED) == (claim->halt != HALT_NONE) ||
           claim->state == STATE_FREE);
    return step.action;
}

void claim_explain(struct claim *claim, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(claim->halt_detail, sizeof claim->halt_detail, format, arguments);
    va_end(arguments);
}

enum partition_event claim_judge(const struct claim_facts *facts)
{
    if (!facts->is_registered)
        return EVENT_CLAIMED_UNREGISTERED;
    if (facts->is_gone)
        return EVENT_CLAIMED_GONE;
    if (!facts->same_cluster)
        return EVENT_CLAIMED_ELSEWHERE;
    if (facts->is_compacted)
        return EVENT_CLAIMED_COMPACTED;
    if (facts->next > facts->high)
        return EVENT_CLAIMED_SHORT;
    if (facts->low > facts->next)
        return EVENT_CLAIMED_LOST;
    if (facts->last_offset == OFFSET_NONE)
        return EVENT_CLAIMED_NEW;
    return facts->low <= facts->last_offset ? EVENT_CLAIMED_ANCHORED : EVENT_CLAIMED_EXPIRED;
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
static bool may_try_again(const struct claimer *claimer, int attempt, struct error *err)
{
    if (err->code == ERROR_UNKNOWN)
        err->code = ERROR_BUSY; /* the book tells what became of it, whenever it is asked */
    if (err->code != ERROR_CONFLICT && err->code != ERROR_BUSY)
        return false;
    if (!store_is_alive(claimer->store)) {
        err->code = ERROR_BUSY;
        return false;
    }
    return attempt < CLAIM_ATTEMPTS && writer_refresh(claimer->store, claimer->writer, err);
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
        if (!may_try_again(claimer, attempt, err))
            return false;
    }
}

/* ---------------------------------------------------------------------------------------- a claim
 */

static void explain(struct claim *claim, enum partition_event event,
                    const struct claim_facts *facts, const char *cluster_id)
{
    if (event == EVENT_CLAIMED_ELSEWHERE)
        claim_explain(claim, "cluster '%s', was '%s'", cluster_id, claim->assignment.cluster_id);
    else if (event == EVENT_CLAIMED_GONE)
        claim_explain(claim, "the book goes on at %" PRIu64, facts->next);
    else
        claim_explain(claim,
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

/* What the brokers say of the partition. */
static bool look_at_feed(struct feed *feed, uint32_t partition, struct claim_facts *facts,
                         struct error *err)
{
    if (feed->kind->bounds(feed, partition, &facts->low, &facts->high, err))
        return feed->is_file || feed->kind->is_compacted(feed, &facts->is_compacted, err);
    facts->is_gone = err->code == ERROR_NOT_FOUND;
    return facts->is_gone;
}

/* What the book says of it. A chain is not begun in what is gone. */
static bool look_at_book(const struct claimer *claimer, struct feed *feed, const char *cluster_id,
                         struct claim_facts *facts, struct claim *claim, struct error *err)
{
    bool is_found = true;
    struct assignment *assignment = &claim->assignment;
    int log = claimer->writer->log;
    if (facts->is_gone ? !assignment_read(claimer->store, log, &feed->id, assignment->partition,
                                          assignment, &is_found, err)
                       : !find_assignment(claimer, feed, facts->low, cluster_id, assignment, err))
        return false;
    if (is_found && !receipt_chain_end(claimer->store, log, assignment, &claim->end, err))
        return false;
    facts->same_cluster = strcmp(assignment->cluster_id, cluster_id) == 0;
    facts->next = claim->end.next;
    facts->last_offset = claim->end.last_offset;
    return true;
}

/* The feed first, since a new chain begins at its low end; what another process has booked
 * meanwhile may lie behind the end that was seen, which is then looked at again. */
static bool look(const struct claimer *claimer, struct feed *feed, const char *cluster_id,
                 struct claim_facts *facts, struct claim *claim, struct error *err)
{
    uint32_t partition = claim->assignment.partition;
    if (!look_at_feed(feed, partition, facts, err) ||
        (facts->is_registered && !look_at_book(claimer, feed, cluster_id, facts, claim, err)))
        return false;
    return facts->is_gone || facts->next <= facts->high ||
           look_at_feed(feed, partition, facts, err);
}

bool claim_take(const struct claimer *claimer, struct feed *feed, uint32_t partition,
                enum partition_state state, struct claim *out, struct error *err)
{
    char cluster_id[CLUSTER_ID_SIZE];
    struct claim claim = {
        .assignment = {.partition = partition}, .is_file = feed->is_file, .state = state};
    struct claim_facts facts = {.is_registered = is_registered(claimer->control, feed, &claim)};
    if (!feed->kind->cluster_id(feed, cluster_id, sizeof cluster_id, err) ||
        !look(claimer, feed, cluster_id, &facts, &claim, err))
        return false;
    claim.low = facts.low;
    claim.high = facts.high;
    enum partition_event event = claim_judge(&facts);
    explain(&claim, event, &facts, cluster_id);
    (void)claim_happens(&claim, event);
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

uint64_t claim_position(const struct claim *claim, uint64_t expected)
{
    return claim->state == STATE_VERIFYING ? claim->end.last_offset : expected;
}

/* ------------------------------------------------------------------------------ what the feed says
 */

/* The chain's last record is awaited. */
static enum partition_event see_anchor(struct claim *claim, const struct record *record)
{
    uint64_t offset = (uint64_t)record->offset;
    if (offset < claim->end.last_offset)
        return EVENT_RECORD_AGAIN;
    if (offset > claim->end.last_offset) {
        claim_explain(claim, "offset %" PRIu64 " is gone, the next one is %" PRIu64,
                      claim->end.last_offset, offset);
        return EVENT_ANCHOR_GONE;
    }
    struct digest hash = raw_digest(record);
    if (digest_equals(&hash, &claim->end.last_hash))
        return EVENT_ANCHOR_SAME;
    claim_explain(claim, "the record at offset %" PRIu64 " is another one", offset);
    return EVENT_ANCHOR_OTHER;
}

static bool may_have_holes(const struct claim *claim)
{
    return claim->is_file || claim->transactional;
}

static enum partition_event see_next(struct claim *claim, uint64_t expected,
                                     const struct record *record)
{
    uint64_t offset = (uint64_t)record->offset;
    if (offset < expected)
        return EVENT_RECORD_AGAIN;
    if (offset > expected && !may_have_holes(claim)) {
        claim_explain(claim, "offset %" PRIu64 " came where %" PRIu64 " was expected", offset,
                      expected);
        return EVENT_RECORD_GAP;
    }
    if (!claim->is_file && record->timestamp_type != 1 && !claim->create_time) {
        claim_explain(claim, "the record at offset %" PRIu64 " has timestamp type %d", offset,
                      record->timestamp_type);
        return EVENT_RECORD_CLOCK;
    }
    return offset > expected ? EVENT_RECORD_HOLES : EVENT_RECORD_NEXT;
}

enum partition_event claim_see_record(struct claim *claim, uint64_t expected,
                                      const struct record *record)
{
    if (claim->state == STATE_VERIFYING)
        return see_anchor(claim, record);
    return claim->state == STATE_READING ? see_next(claim, expected, record) : EVENT_ARRIVED;
}

enum partition_event claim_see_end(struct claim *claim, uint64_t expected, uint64_t end)
{
    if (claim->state == STATE_VERIFYING && end > claim->end.last_offset) {
        claim_explain(claim, "offset %" PRIu64 " is gone, and the topic ends at %" PRIu64,
                      claim->end.last_offset, end);
        return EVENT_ANCHOR_GONE;
    }
    if (claim->state == STATE_VERIFYING)
        return EVENT_END_EARLY;
    if (claim->state != STATE_READING)
        return EVENT_ARRIVED;
    if (end <= expected)
        return end == expected ? EVENT_END_REACHED : EVENT_END_EARLY;
    if (may_have_holes(claim))
        return EVENT_END_HOLES;
    claim_explain(claim,
                  "nothing came from offset %" PRIu64 " to %" PRIu64 ", where the topic ends",
                  expected, end);
    return EVENT_END_GAP;
}
