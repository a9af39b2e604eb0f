#include "ingest/committer.h"

#include <assert.h>
#include <limits.h>
#include <unistd.h>

#include "base/crash.h"
#include "base/log.h"

#define PAUSE_MS_FIRST 50
#define PAUSE_MS_MAX 5000
#define SYSTEM_FAILURES_MAX 20
#define CONFLICTS_MAX 10
#define RECORDS_MIN 100

/* What to do about a failed batch, as long as failures in a row are fewer; then, and whatever is
 * not here, the program stops. A claim makes every partition STALE: partition_state.c, REFUSED. */
enum remedy { REMEDY_STOP, REMEDY_RETRY, REMEDY_CLAIM };

static const struct remedy_row {
    enum remedy remedy;
    unsigned failures_max;
} remedies[] = {
    [ERROR_BUSY] = {REMEDY_RETRY, UINT_MAX},
    [ERROR_SYSTEM] = {REMEDY_RETRY, SYSTEM_FAILURES_MAX},
    [ERROR_CONFLICT] = {REMEDY_CLAIM, CONFLICTS_MAX},
    [ERROR_UNKNOWN] = {REMEDY_CLAIM, UINT_MAX},
};

static enum remedy remedy_of(const struct committer *committer, enum error_code code)
{
    if ((size_t)code >= COUNT_OF(remedies) || committer->failures >= remedies[code].failures_max)
        return REMEDY_STOP;
    return remedies[code].remedy;
}

/* Doubles with every failure; ends early when the load is to be given up. */
static void pause_after(struct committer *committer)
{
    unsigned doublings = committer->failures < 7 ? committer->failures : 7;
    int64_t left_ms = (int64_t)PAUSE_MS_FIRST << doublings;
    if (left_ms > PAUSE_MS_MAX)
        left_ms = PAUSE_MS_MAX;
    for (; left_ms > 0 && !exchange_should_abandon(committer->exchange); left_ms -= 50)
        usleep(50000);
}

/* A lost connection is made again, and guarded like the first one. */
static bool reconnect(struct committer *committer, struct error *err)
{
    struct batcher *batcher = committer->batcher;
    if (store_is_alive(batcher->store))
        return true;
    return store_reopen(batcher->store, err) &&
           store_guard(batcher->store, batcher->writer.log, committer->published, err) &&
           writer_refresh(batcher->store, &batcher->writer, err);
}

static void halve(struct batcher *batcher)
{
    if (batcher->records_now / 2 >= RECORDS_MIN)
        batcher->records_now /= 2;
}

static void double_again(struct batcher *batcher)
{
    size_t left = batcher->records_max - batcher->records_now;
    batcher->records_now += left < batcher->records_now ? left : batcher->records_now;
}

/* False: the load is given up. */
static bool recover(struct committer *committer, struct error *err)
{
    enum remedy remedy = remedy_of(committer, err->code);
    committer->failures++;
    if (remedy == REMEDY_STOP) {
        exchange_fail(committer->exchange, err);
        return false;
    }
    log_warning("batch failed (%s), %s: %s", error_code_word(err->code),
                remedy == REMEDY_RETRY ? "trying again" : "claiming again", err->message);
    halve(committer->batcher);
    pause_after(committer);
    if (!reconnect(committer, err) && remedy_of(committer, err->code) == REMEDY_STOP) {
        exchange_fail(committer->exchange, err);
        return false;
    }
    if (remedy == REMEDY_CLAIM) {
        exchange_publish_control(committer->exchange, committer->batcher->scope->control);
        exchange_ask_claim(committer->exchange);
    }
    return remedy == REMEDY_RETRY;
}

/* All of it, or as far as it goes. */
static void commit_load(struct committer *committer, struct load *load)
{
    struct batcher *batcher = committer->batcher;
    while (!load_is_empty(load) && !exchange_should_abandon(committer->exchange)) {
        struct error err;
        if (!batch_commit(batcher, load, &err)) {
            if (!recover(committer, &err))
                return;
            continue;
        }
        committer->failures = 0;
        double_again(batcher);
        for (size_t i = 0; i < load->range_count; i++) {
            const struct load_range *range = &load->ranges[i];
            partitions_publish(committer->partitions, range->claim, range->halt,
                               range->halt_detail);
            if (range->halt != HALT_NONE)
                exchange_ask_claim(committer->exchange);
        }
        exchange_publish_control(committer->exchange, batcher->scope->control);
        CRASH_AT(ingest_published);
    }
}

void *committer_run(void *context)
{
    struct committer *committer = context;
    struct load *load = NULL;
    while ((load = exchange_take(committer->exchange)) != NULL) {
        commit_load(committer, load);
        exchange_done(committer->exchange, load);
    }
    return NULL;
}
