#include "ingest/run.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/crash.h"
#include "base/log.h"
#include "base/stop.h"
#include "ingest/progress.h"
#include "ingest/run_parts.h"
#include "ingest/watchdog.h"

#define POLL_MS 100
#define SERVE_MS 1           /* just long enough that a rebalance is served */
#define TURN_RECORDS 256     /* in one turn: what is looked after between them may wait so long */
#define FULL_WAIT_MS 100     /* between polls while the committer is behind */
#define OVERFULL_RECORDS 100 /* beyond a full load */
#define OVERFULL_BYTES ((size_t)16 << 20)
#define CLOSE_SECONDS 15 /* for leaving the group */

/* ------------------------------------------------------------------------------------ collecting
 */

static void collect(struct run *run, struct partition *partition, const struct feed_event *event)
{
    struct session *session = run->session;
    struct load *load = run->load;
    if (load->record_count == 0)
        load->opened_us = instant_monotonic();
    bool is_current = load_use_scope(load, session->scope);
    assert(is_current);
    struct load_range *range = load_range(load, &partition->claim, partition->expected);
    struct item *item = load_add(load, range, &event->record, event->offset);
    struct item_rules rules = {.scope = session->scope,
                               .keys = &session->keys,
                               .topic =
                                   slice_of(run->feed->is_file ? CATALOG_FILE : run->feed->name),
                               .as_of_us = run->options->as_of_us};
    item_measure(&rules, item, &load->arena, &run->scratch);
    partition->expected = event->offset;
}

/* Polling goes on while the committer is behind, since a rebalance is served by it, and each poll
 * may bring a record; what comes beyond this is left to the feed, and read again. */
static bool has_no_room(const struct load *load, const struct session *session)
{
    return load->record_count >= session->batcher.records_max + OVERFULL_RECORDS ||
           load->bytes >= RUN_BYTES_MAX + OVERFULL_BYTES;
}

/* Markers and blank lines at the end take offsets, but no record comes that would say so. */
static void take_tail(struct run *run, struct partition *partition, const struct feed_event *event)
{
    struct load_range *range = load_range(run->load, &partition->claim, partition->expected);
    bool is_current = load_use_scope(run->load, run->session->scope);
    assert(is_current);
    range->to = event->offset;
    partition->expected = partition->end_seen = event->offset;
    if (run->load->opened_us == 0)
        run->load->opened_us = instant_monotonic();
}

void run_do(struct run *run, enum partition_action action)
{
    run->is_claim_wanted = run->is_claim_wanted || action == ACTION_CLAIM;
    run->is_look_wanted = run->is_look_wanted || action == ACTION_LOOK;
}

/* What the feed said of a partition becomes of it what the table says. */
static bool follow(struct run *run, struct partition *partition, enum partition_event what,
                   const struct feed_event *event, struct error *err)
{
    enum partition_action action = claim_happens(&partition->claim, what);
    if (action == ACTION_COLLECT)
        collect(run, partition, event);
    else if (action == ACTION_TAIL)
        take_tail(run, partition, event);
    else if (action == ACTION_END)
        partition->end_seen = event->offset;
    run_do(run, action);
    if (action != ACTION_HALT)
        return true;
    run_announce_halts(run); /* what was read before goes on to the book */
    return run_start_feed(run, err);
}

static bool take_record(struct run *run, const struct feed_event *event, struct error *err)
{
    struct partition *partition = partitions_find(&run->partitions, event->partition);
    if (partition == NULL)
        return true;
    run->is_overfull = run->is_overfull || has_no_room(run->load, run->session);
    if (run->is_overfull)
        return true;
    return follow(run, partition,
                  claim_see_record(&partition->claim, partition->expected, &event->record), event,
                  err);
}

/* The feed has nothing more for now: what was to come before its end is not there. */
static bool take_end(struct run *run, const struct feed_event *event, struct error *err)
{
    struct partition *partition = partitions_find(&run->partitions, event->partition);
    if (partition == NULL || run->is_overfull)
        return true;
    return follow(run, partition,
                  claim_see_end(&partition->claim, partition->expected, event->offset), event, err);
}

static bool take_range(struct run *run, const struct feed_event *event, struct error *err)
{
    struct partition *partition = partitions_find(&run->partitions, event->partition);
    return partition == NULL || follow(run, partition, EVENT_OUT_OF_RANGE, event, err);
}

static bool take_event(struct run *run, const struct feed_event *event, struct error *err)
{
    switch (event->kind) {
    case FEED_NOTHING: return true;
    case FEED_RECORD: return take_record(run, event, err);
    case FEED_END: return take_end(run, event, err);
    case FEED_ASSIGNED: return run_take_assignment(run, err);
    case FEED_REVOKED: return run_lose_assignment(run, err);
    case FEED_RANGE: return take_range(run, event, err);
    case FEED_TROUBLE: run_happens_to_all(run, EVENT_TROUBLE); return true;
    }
    return true;
}

/* ------------------------------------------------------------------------------- handing over */

static bool is_full(const struct run *run)
{
    return run->load->record_count >= run->session->batcher.records_max ||
           run->load->bytes >= RUN_BYTES_MAX;
}

/* All partitions that go on were read to their end. */
static bool is_at_end(const struct run *run)
{
    for (size_t i = 0; i < run->partitions.count; i++) {
        const struct partition *partition = run->partitions.rows[i];
        if (partition->end_seen != partition->expected && partition->claim.state != STATE_HALTED)
            return false;
    }
    return true;
}

static bool is_due(const struct run *run)
{
    int64_t age_us = instant_monotonic() - run->load->opened_us;
    return is_full(run) || age_us >= run->options->batch_us ||
           (is_at_end(run) && (run->feed->is_file || run->options->once_idle_us > 0));
}

/* Records as they come, until there is something else to do. */
static bool read_on(struct run *run, struct error *err)
{
    struct feed_event event = {.kind = FEED_RECORD};
    size_t had = run->load->record_count;
    for (int i = 0; i < TURN_RECORDS && event.kind == FEED_RECORD; i++) {
        if (!run->feed->kind->poll(run->feed, i == 0 ? POLL_MS : 0, &event, err) ||
            !take_event(run, &event, err))
            return false;
        if (is_full(run) || run->is_overfull || run->is_claim_wanted)
            break;
    }
    run->unproven_records += run->load->record_count - had;
    if (run->load->record_count > had)
        run->idle_since_us = instant_monotonic();
    return true;
}

/* One record at most: it is there to serve a rebalance. */
static bool read_one(struct run *run, struct error *err)
{
    struct feed_event event;
    return run->feed->kind->poll(run->feed, SERVE_MS, &event, err) && take_event(run, &event, err);
}

/* False while the committer is behind and the load is full: then nothing more is read. */
static bool hand_over(struct run *run)
{
    if (load_is_empty(run->load) || !is_due(run))
        return true;
    if (!exchange_offer(&run->exchange, run->load))
        return !is_full(run);
    run->load = exchange_new_load(&run->exchange);
    run_take_control(run);
    return true;
}

/* For dashboards, now and then. */
static void note_positions(struct run *run)
{
    static int64_t noted_us;
    static struct partition_view views[FEED_PARTITIONS_MAX];
    static struct feed_position positions[FEED_PARTITIONS_MAX];
    if (instant_monotonic() - noted_us < 5 * SECOND_US || !run->is_assigned)
        return;
    noted_us = instant_monotonic();
    size_t seen = partitions_view(&run->partitions, views);
    size_t count = 0;
    for (size_t i = 0; i < seen; i++)
        if (views[i].is_held)
            positions[count++] =
                (struct feed_position){views[i].assignment.partition, views[i].committed};
    if (count == 0)
        return;
    CRASH_AT(ingest_offsets_unnoted);
    run->feed->kind->note(run->feed, positions, count);
    CRASH_AT(ingest_offsets_noted);
}

static bool is_finished(const struct run *run, struct exchange *exchange)
{
    int64_t idle_us = instant_monotonic() - run->idle_since_us;
    if (stop_is_asked())
        return true;
    if (!run->is_assigned || !is_at_end(run) || !load_is_empty(run->load) ||
        !exchange_is_idle(exchange) || exchange_must_claim(exchange))
        return false;
    return run->feed->is_file ||
           (run->options->once_idle_us > 0 && idle_us >= run->options->once_idle_us);
}

static bool turn(struct run *run, struct error *err)
{
    if (exchange_moves(&run->exchange, ALIVE_SECONDS))
        watchdog_beat(ALIVE_SECONDS);
    if (!exchange_check(&run->exchange, err))
        return false;
    if (!run_glance(run, err))
        return false;
    if ((run->is_claim_wanted || exchange_must_claim(&run->exchange) || run_check_is_due(run)) &&
        run->is_assigned)
        return run_claim_again(run, err);
    bool may_read = hand_over(run);
    if (!may_read)
        exchange_wait(&run->exchange, FULL_WAIT_MS);
    else if (run->is_overfull && !run_start_feed(run, err))
        return false;
    if (!run_look_if_lonely(run, err))
        return false;
    note_positions(run);
    return may_read ? read_on(run, err) : read_one(run, err);
}

/* ---------------------------------------------------------------------------- beginning and end */

static void start_committer(struct run *run)
{
    run->committer = (struct committer){.batcher = &run->session->batcher,
                                        .exchange = &run->exchange,
                                        .partitions = &run->partitions,
                                        .published = run->session->published};
    run->session->batcher.rules.topic =
        slice_of(run->feed->is_file ? CATALOG_FILE : run->feed->name);
    run->session->batcher.rules.as_of_us = run->options->as_of_us;
    int failed = pthread_create(&run->committer_thread, NULL, committer_run, &run->committer);
    assert(!failed);
}

static size_t count_halted(struct run *run)
{
    size_t count = run->gone_count;
    for (size_t i = 0; i < run->partitions.count; i++)
        if (run->partitions.rows[i]->claim.state == STATE_HALTED)
            count++;
    return count;
}

static bool loop(struct run *run, struct error *err)
{
    while (!is_finished(run, &run->exchange))
        if (!turn(run, err))
            return false;
    return true;
}

/* The batch that runs ends, one way or the other; then the group is left. */
static void end(struct run *run, struct progress_watch *progress, const struct error *err,
                size_t *out_halted)
{
    watchdog_beat(ALIVE_SECONDS);
    exchange_stop(&run->exchange);
    pthread_join(run->committer_thread, NULL);
    if (progress)
        progress_stop(progress);
    *out_halted = count_halted(run);
    enum error_code code = err ? err->code : *out_halted > 0 ? ERROR_HALT : ERROR_NONE;
    watchdog_deadline(CLOSE_SECONDS, error_exit_status(code));
    run->feed->kind->close(run->feed);
}

bool run(struct session *session, struct feed *feed, const struct run_options *options,
         size_t *out_halted, struct error *err)
{
    struct run run = {.session = session, .feed = feed, .options = options};
    stop_catch();
    watchdog_start();
    watchdog_beat(ALIVE_SECONDS);
    exchange_init(&run.exchange);
    partitions_init(&run.partitions);
    arena_init(&run.scratch);
    run.load = exchange_new_load(&run.exchange);
    run.idle_since_us = run.checked_us = instant_monotonic();
    start_committer(&run);
    struct progress_watch *progress =
        feed->is_file ? NULL
                      : progress_start(session, feed, &run.partitions, options->clock_error_us);
    bool ok = loop(&run, err);
    end(&run, progress, ok ? NULL : err, out_halted);
    load_reset(run.load);
    exchange_release(&run.exchange);
    partitions_release(&run.partitions);
    arena_release(&run.scratch);
    return ok;
}
