/*
 * Which partitions the process holds: claimed, claimed again, looked at, given away.
 */
#include <unistd.h>

#include "base/instant.h"
#include "base/log.h"
#include "base/stop.h"
#include "ingest/anchors.h"
#include "ingest/run_parts.h"
#include "ingest/watchdog.h"

#define DRAIN_MS 60000                  /* for the batch that runs when partitions are taken away */
#define CLAIM_ATTEMPTS 60               /* a second apart */
#define CHECK_AGAIN_US (10 * SECOND_US) /* after the feed did not answer */

void run_announce_halt(const struct claim *claim, const struct feed *feed)
{
    const struct halt_row *row = halt_row(claim->halt);
    log_error("HALT %s partition %u of '%s': %s (%s); %s", row->word, claim->assignment.partition,
              feed->name, row->sentence, claim->halt_detail, row->advice);
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

/* One partition; waits for a broker or a database that is away. */
static bool claim_one(struct run *run, uint32_t number, struct error *err)
{
    struct session *session = run->session;
    struct claim claim;
    for (int attempt = 1;; attempt++) {
        struct claimer claimer = {session->claim_store, &session->claim_writer,
                                  session->scope->control};
        watchdog_beat(ALIVE_SECONDS);
        bool is_alive = store_is_alive(session->claim_store) ||
                        (store_reopen(session->claim_store, err) &&
                         store_guard(session->claim_store, session->log, session->published, err));
        if (is_alive && claim_take(&claimer, run->feed, number, &claim, err))
            break;
        if (err->code != ERROR_BUSY || attempt == CLAIM_ATTEMPTS || stop_is_asked())
            return false;
        log_warning("cannot claim partition %u yet: %s", number, err->message);
        sleep(1);
    }
    if (claim.halt != HALT_NONE)
        run_announce_halt(&claim, run->feed);
    if (claim.anchor_expired)
        log_warning("partition %u: the last record that was read has left the topic since", number);
    struct partition *partition = partitions_put(&run->partitions, &claim);
    partition->halt_announced = claim.halt != HALT_NONE;
    partition->is_at_end = claim.end.next == claim.high;
    return true;
}

bool run_start_feed(struct run *run, struct error *err)
{
    static struct feed_position positions[FEED_PARTITIONS_MAX];
    size_t count = 0;
    run->is_overfull = false;
    for (size_t i = 0; i < run->partitions.count; i++) {
        const struct partition *partition = run->partitions.rows[i];
        if (partition->claim.halt != HALT_NONE)
            continue;
        positions[count].partition = partition->claim.assignment.partition;
        positions[count++].offset =
            partition->claim.must_verify ? claim_position(&partition->claim) : partition->expected;
    }
    return run->feed->kind->start(run->feed, positions, count, err);
}

static bool drain(struct run *run, struct error *err)
{
    watchdog_beat(ALIVE_SECONDS);
    load_reset(run->load);
    return exchange_drain(&run->exchange, DRAIN_MS) ||
           error_set(err, ERROR_SYSTEM, "the batch under way did not end within %d s",
                     DRAIN_MS / 1000);
}

bool run_check_is_due(const struct run *run)
{
    int64_t age_us = instant_monotonic() - run->checked_us;
    return run->is_assigned && !run->feed->is_file && age_us >= run->options->check_us;
}

/* The log under a running process may be cut or recreated, and librdkafka says nothing. The anchors
 * at the chains' ends are verified by reading; here the older ones. */
static bool check_log(struct run *run, struct error *err)
{
    struct session *session = run->session;
    watchdog_beat(ALIVE_SECONDS);
    run->is_troubled = false;
    run->checked_us = instant_monotonic();
    if (!anchors_check(session->claim_store, session->log, run->feed, &run->partitions, err)) {
        if (err->code != ERROR_BUSY)
            return false;
        log_warning("what was read before cannot be looked at yet: %s", err->message);
        run->checked_us += CHECK_AGAIN_US - run->options->check_us;
    }
    for (size_t i = 0; i < run->partitions.count; i++) {
        struct partition *partition = run->partitions.rows[i];
        if (partition->claim.halt == HALT_NONE || partition->halt_announced)
            continue;
        run_announce_halt(&partition->claim, run->feed);
        partition->halt_announced = true;
        partitions_publish_halt(&run->partitions, partition);
    }
    return true;
}

/* What stopped by its rate stays stopped in this process, although its chain is fine. */
bool run_claim_again(struct run *run, struct error *err)
{
    bool is_check = run->is_troubled || run_check_is_due(run);
    if (!drain(run, err))
        return false;
    run_take_control(run);
    for (size_t i = 0; i < run->partitions.count; i++) {
        struct partition *partition = run->partitions.rows[i];
        if (partitions_take_halt(&run->partitions, partition)) {
            run_announce_halt(&partition->claim, run->feed);
            partition->halt_announced = true;
        } else if (partition->claim.halt == HALT_NONE &&
                   !claim_one(run, partition->claim.assignment.partition, err)) {
            return false;
        }
    }
    run->is_claim_wanted = false;
    return (!is_check || check_log(run, err)) && run_start_feed(run, err);
}

bool run_take_assignment(struct run *run, struct error *err)
{
    if (!drain(run, err))
        return false;
    run_take_control(run);
    partitions_clear(&run->partitions);
    for (size_t i = 0; i < run->feed->partition_count; i++)
        if (!claim_one(run, run->feed->partitions[i], err))
            return false;
    run->is_assigned = true;
    run->is_troubled = false;
    run->checked_us = run->idle_since_us = instant_monotonic();
    log_info("reading %zu partitions of '%s'", run->partitions.count, run->feed->name);
    return run_start_feed(run, err);
}

bool run_lose_assignment(struct run *run, struct error *err)
{
    if (!drain(run, err))
        return false;
    log_info("giving back %zu partitions of '%s'", run->partitions.count, run->feed->name);
    partitions_clear(&run->partitions);
    run->is_assigned = false;
    run->is_claim_wanted = false;
    return run->feed->kind->release(run->feed, err);
}
