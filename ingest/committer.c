#include "ingest/committer.h"

#include <assert.h>
#include <limits.h>
#include <sodium.h>
#include <unistd.h>

#include "base/crash.h"
#include "base/log.h"

#define PAUSE_MS_FIRST 50
#define PAUSE_MS_MAX 5000
#define LOST_PAUSE_MS_MAX 1000 /* whoever won goes on meanwhile */
#define SYSTEM_FAILURES_MAX 20
#define RECORDS_MIN 100

/* What to do about a failed batch, as long as failures in a row are fewer; then, and whatever is
 * not here, the program stops. A claim makes every partition STALE: partition_state.c, REFUSED.
 * Conflicts are counted by contest.h: only those after which nothing had moved. */
enum remedy { REMEDY_STOP, REMEDY_RETRY, REMEDY_CLAIM };

static const struct remedy_row {
    enum remedy remedy;
    unsigned failures_max;
} remedies[] = {
    [ERROR_BUSY] = {REMEDY_RETRY, UINT_MAX},
    [ERROR_SYSTEM] = {REMEDY_RETRY, SYSTEM_FAILURES_MAX},
    [ERROR_CONFLICT] = {REMEDY_CLAIM, UINT_MAX},
    [ERROR_UNKNOWN] = {REMEDY_CLAIM, UINT_MAX},
};

static enum remedy remedy_of(const struct committer *committer, enum error_code code)
{
    if ((size_t)code >= COUNT_OF(remedies) || committer->failures >= remedies[code].failures_max)
        return REMEDY_STOP;
    return remedies[code].remedy;
}

/* Doubles with every failure, less a random part of it, so that those who met do not meet again;
 * ends early when the load is to be given up. */
static void pause_after(struct committer *committer, int64_t max_ms)
{
    unsigned doublings = committer->failures < 7 ? committer->failures : 7;
    int64_t left_ms = (int64_t)PAUSE_MS_FIRST << doublings;
    if (left_ms > max_ms)
        left_ms = max_ms;
    left_ms -= randombytes_uniform((uint32_t)left_ms / 2);
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

/* A batch that another process took is lost to it; false where nobody took it. */
static bool lose(struct committer *committer, const struct load *load, struct error *err)
{
    struct contest *contest = &committer->contest;
    if (!contest_lose(contest, contest_place(load)))
        return error_prefix(err,
                            "%u batches in a row were refused at the same place, and nothing "
                            "moves: ",
                            contest->stands);
    if (contest->lost % CONTEST_TELL == 0)
        log_warning("%u batches in a row were lost to others, who go on: does another group read "
                    "this topic, or do members come and go all the time?",
                    contest->lost);
    return true;
}

/* False: the load is given up. */
static bool recover(struct committer *committer, const struct load *load, struct error *err)
{
    bool is_lost = err->code == ERROR_CONFLICT;
    enum remedy remedy = remedy_of(committer, err->code);
    committer->failures++;
    if (remedy == REMEDY_STOP || (is_lost && !lose(committer, load, err))) {
        exchange_fail(committer->exchange, err);
        return false;
    }
    log_warning("batch failed (%s), %s: %s", error_code_word(err->code),
                remedy == REMEDY_RETRY ? "trying again" : "claiming again", err->message);
    halve(committer->batcher);
    bool moves = is_lost && committer->contest.stands == 1;
    pause_after(committer, moves ? LOST_PAUSE_MS_MAX : PAUSE_MS_MAX);
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
            if (!recover(committer, load, &err))
                return;
            continue;
        }
        committer->failures = 0;
        contest_win(&committer->contest);
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
