/*
 * Which partitions the process holds: claimed, claimed again, looked at, given away.
 */
#include <inttypes.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/log.h"
#include "base/stop.h"
#include "ingest/anchors.h"
#include "ingest/run_parts.h"
#include "ingest/watchdog.h"

#define DRAIN_MS 60000             /* for the batch that runs when partitions are taken away */
#define CLAIM_ATTEMPTS 60          /* a second apart */
#define LONELY_US (15 * SECOND_US) /* without any partition, until it is said */
#define GLANCE_WAIT_MS 100
#define CHECK_AGAIN_US (10 * SECOND_US) /* after the feed did not answer */

/* Whatever halted since: words for people, in the log and for dashboards. */
void run_announce_halts(struct run *run)
{
    for (size_t i = 0; i < run->partitions.count; i++) {
        struct partition *partition = run->partitions.rows[i];
        const struct claim *claim = &partition->claim;
        const struct halt_row *row = halt_row(claim->halt);
        if (claim->state != STATE_HALTED || partition->is_announced)
            continue;
        log_error("HALT %s partition %u of '%s': %s (%s); %s", row->word,
                  claim->assignment.partition, run->feed->name, row->sentence, claim->halt_detail,
                  row->advice);
        partition->is_announced = true;
        partitions_publish_halt(&run->partitions, partition);
    }
}

void run_take_control(struct run *run)
{
    struct control *newer = exchange_newer_control(&run->exchange, run->session->scope->control);
    if (newer) {
        session_use_control(run->session, newer);
        control_drop(newer);
    }
    session_trim(run->session);
}

/* Claims take what the database says for the truth anew, so their round is guarded like a new
 * connection: an older copy may have come in its place under the one that there is. */
static bool claim_store_is_sound(struct run *run, struct error *err)
{
    struct session *session = run->session;
    struct store *store = session->claim_store;
    if (run->is_guarded && store_is_alive(store))
        return true;
    run->is_guarded = (store_is_alive(store) || store_reopen(store, err)) &&
                      store_guard(store, session->log, session->published, err);
    return run->is_guarded;
}

/* A topic that is being made again, or whose metadata are on their way, is not there for a moment.
 */
static bool may_come_back(struct run *run, const struct claim *claim)
{
    if (claim->halt != HALT_GONE)
        gone_forget(&run->gone);
    if (claim->halt != HALT_GONE || stop_is_asked())
        return false;
    return !gone_hear(&run->gone, instant_monotonic());
}

/* One partition; waits for a broker or a database that is away. */
static bool claim_one(struct run *run, uint32_t number, struct error *err)
{
    struct session *session = run->session;
    const struct partition *held = partitions_find(&run->partitions, number);
    enum partition_state state = held ? held->claim.state : STATE_FREE;
    struct claim claim;
    for (int attempt = 1;; attempt++) {
        struct claimer claimer = {session->claim_store, &session->claim_writer,
                                  session->scope->control};
        watchdog_beat(ALIVE_SECONDS);
        bool is_taken = claim_store_is_sound(run, err) &&
                        claim_take(&claimer, run->feed, number, state, &claim, err);
        if (is_taken && !may_come_back(run, &claim))
            break;
        if (is_taken)
            error_set(err, ERROR_BUSY, "the brokers do not have it");
        else
            gone_forget(&run->gone);
        if (err->code != ERROR_BUSY || attempt == CLAIM_ATTEMPTS || stop_is_asked())
            return false;
        log_warning("cannot claim partition %u yet: %s", number, err->message);
        sleep(1);
    }
    if (claim.end.last_offset == OFFSET_NONE && claim.end.next > 0 && claim.halt == HALT_NONE)
        log_warning("partition %u begins at %" PRIu64 ": what was before was never read", number,
                    claim.end.next);
    if (claim.anchor_expired)
        log_warning("partition %u: the last record that was read has left the topic since", number);
    (void)partitions_put(&run->partitions, &claim);
    run_announce_halts(run);
    return true;
}

bool run_start_feed(struct run *run, struct error *err)
{
    static struct feed_position positions[FEED_PARTITIONS_MAX];
    size_t count = 0;
    run->is_overfull = false;
    for (size_t i = 0; i < run->partitions.count; i++) {
        const struct partition *partition = run->partitions.rows[i];
        if (partition->claim.state == STATE_HALTED)
            continue;
        positions[count].partition = partition->claim.assignment.partition;
        positions[count++].offset = claim_position(&partition->claim, partition->expected);
    }
    return run->feed->kind->start(run->feed, positions, count, err);
}

/* The batch that runs ends, and what it found halts, whatever becomes of the partitions now. */
static bool drain(struct run *run, struct error *err)
{
    watchdog_beat(ALIVE_SECONDS);
    glance_drop(&run->glance);
    run->is_guarded = false;
    gone_forget(&run->gone);
    load_reset(run->load);
    if (!exchange_drain(&run->exchange, DRAIN_MS))
        return error_set(err, ERROR_BUSY, "the batch under way did not end within %d s",
                         DRAIN_MS / 1000);
    for (size_t i = 0; i < run->partitions.count; i++)
        partitions_take_halt(&run->partitions, run->partitions.rows[i]);
    run_announce_halts(run);
    return true;
}

bool run_check_is_due(const struct run *run)
{
    int64_t age_us = instant_monotonic() - run->checked_us;
    return run->is_assigned && !run->feed->is_file && age_us >= run->options->check_us;
}

/* How a glance went; the next one may begin. What was collected since is of the other log: it is
 * thrown away with the next claims. */
static bool end_glance(struct run *run, bool ok, struct error *err)
{
    if (!ok && err->code != ERROR_BUSY)
        return false;
    if (!ok) {
        log_warning("whether the log is the one that was read cannot be seen yet: %s",
                    err->message);
        run->glance_from_us = instant_monotonic() + CHECK_AGAIN_US;
    } else {
        run->unproven_records -= run->glance_records;
        log_debug("the log is the one that was read: seen after %" PRIu64 " records more",
                  run->unproven_records);
    }
    if (ok && run->glance.is_in_doubt) {
        run->glance_from_us = instant_monotonic() + CHECK_AGAIN_US;
        run_do(run, ACTION_CLAIM);
        run_do(run, ACTION_LOOK);
    }
    if (run->glance.has_halted)
        run_do(run, ACTION_CLAIM);
    run_announce_halts(run);
    return true;
}

static bool begin_glance(struct run *run, struct error *err)
{
    run->glance_records = run->unproven_records;
    return glance_begin(&run->glance, run->feed, &run->partitions, err);
}

/* Until it is over. */
static bool glance_now(struct run *run, struct error *err)
{
    watchdog_beat(ALIVE_SECONDS);
    bool ok = run->glance.is_under_way || begin_glance(run, err);
    while (ok && run->glance.is_under_way)
        ok = glance_go_on(&run->glance, GLANCE_WAIT_MS, err);
    return end_glance(run, ok, err);
}

/* It begins when half of the records were read, and may take the other half. */
bool run_glance(struct run *run, struct error *err)
{
    uint64_t limit = run->options->check_records;
    if (!run->is_assigned || limit == 0 || run->unproven_records < limit / 2 ||
        instant_monotonic() < run->glance_from_us)
        return true;
    if (run->unproven_records >= limit)
        return glance_now(run, err);
    bool ok =
        run->glance.is_under_way ? glance_go_on(&run->glance, 0, err) : begin_glance(run, err);
    return ok && run->glance.is_under_way ? true : end_glance(run, ok, err);
}

/* The log under a running process may be cut or recreated, and librdkafka says nothing. The anchors
 * at the chains' ends are verified by reading; here what is proven, and the older ones. */
static bool look_at_log(struct run *run, struct error *err)
{
    struct session *session = run->session;
    run->is_look_wanted = false;
    run->checked_us = instant_monotonic();
    if (!glance_now(run, err))
        return false;
    watchdog_beat(ALIVE_SECONDS);
    if (!anchors_check(session->claim_store, session->log, run->feed, &run->partitions, err)) {
        if (err->code != ERROR_BUSY)
            return false;
        log_warning("what was read before cannot be looked at yet: %s", err->message);
        run->checked_us += CHECK_AGAIN_US - run->options->check_us;
    }
    run_announce_halts(run);
    return true;
}

/* Why all are claimed again; whoever asked for it himself waits for it already. */
static enum partition_event why_again(struct run *run)
{
    if (run_check_is_due(run))
        return EVENT_DUE;
    return exchange_must_claim(&run->exchange) ? EVENT_REFUSED : EVENT_SIBLING;
}

void run_happens_to_all(struct run *run, enum partition_event event)
{
    for (size_t i = 0; i < run->partitions.count; i++)
        run_do(run, claim_happens(&run->partitions.rows[i]->claim, event));
}

/* What stopped by its rate stays stopped in this process, although its chain is fine. */
bool run_claim_again(struct run *run, struct error *err)
{
    enum partition_event why = why_again(run);
    if (!drain(run, err))
        return false;
    run_take_control(run);
    run_happens_to_all(run, why);
    for (size_t i = 0; i < run->partitions.count; i++) {
        const struct claim *claim = &run->partitions.rows[i]->claim;
        if (claim->state == STATE_STALE && !claim_one(run, claim->assignment.partition, err))
            return false;
    }
    bool ok = !run->is_look_wanted || look_at_log(run, err);
    run->is_claim_wanted = false;
    return ok && run_start_feed(run, err);
}

bool run_take_assignment(struct run *run, struct error *err)
{
    if (!drain(run, err))
        return false;
    run_take_control(run);
    partitions_clear(&run->partitions);
    if (run->feed->partition_count > 0)
        run->gone_count = 0;
    for (size_t i = 0; i < run->feed->partition_count; i++)
        if (!claim_one(run, run->feed->partitions[i], err))
            return false;
    run->is_assigned = true;
    run->is_look_wanted = run->is_claim_wanted = false;
    run->checked_us = run->idle_since_us = instant_monotonic();
    log_info("reading %zu partitions of '%s'", run->partitions.count, run->feed->name);
    return run_start_feed(run, err);
}

/* What nobody can claim: it stays halted when it is given back. */
static size_t count_gone(const struct run *run)
{
    size_t count = 0;
    for (size_t i = 0; i < run->partitions.count; i++)
        count += run->partitions.rows[i]->claim.halt == HALT_GONE;
    return count;
}

/* Whether the brokers have no such topic now. */
static bool is_topic_gone(struct feed *feed)
{
    struct error err;
    uint64_t low = 0, high = 0;
    return !feed->kind->bounds(feed, 0, &low, &high, &err) && err.code == ERROR_NOT_FOUND;
}

/* A group gives nobody the partitions of a topic that is not there: their chains halt here, for all
 * to see, until it comes back and they are assigned. */
static bool claim_orphans(struct run *run, struct error *err)
{
    bool is_found = true;
    run->is_guarded = false;
    gone_forget(&run->gone);
    for (uint32_t number = 0; number < FEED_PARTITIONS_MAX; number++) {
        struct assignment assignment;
        if (!claim_store_is_sound(run, err) ||
            !assignment_read(run->session->claim_store, run->session->log, &run->feed->id, number,
                             &assignment, &is_found, err))
            return err->code == ERROR_BUSY;
        if (!is_found)
            break;
        if (!claim_one(run, number, err))
            return false;
        if (partitions_find(&run->partitions, number)->claim.state != STATE_HALTED) {
            partitions_clear(&run->partitions); /* it is back, and perhaps another's */
            return true;
        }
    }
    return true;
}

bool run_look_if_lonely(struct run *run, struct error *err)
{
    int64_t now_us = instant_monotonic();
    if (run->partitions.count > 0 || run->lonely_since_us == 0) {
        run->lonely_since_us = now_us;
        run->lonely_said_us = LONELY_US;
    }
    if (now_us - run->lonely_since_us < run->lonely_said_us)
        return true;
    run->lonely_said_us *= 2;
    log_warning("no partition of '%s' is ours: there is no such topic, or the group has more "
                "members than it has partitions",
                run->feed->name);
    return !is_topic_gone(run->feed) || claim_orphans(run, err);
}

bool run_lose_assignment(struct run *run, struct error *err)
{
    if (!drain(run, err))
        return false;
    log_info("giving back %zu partitions of '%s'", run->partitions.count, run->feed->name);
    run->gone_count += count_gone(run);
    partitions_clear(&run->partitions);
    run->is_assigned = false;
    run->is_claim_wanted = false;
    return run->feed->kind->release(run->feed, err);
}
