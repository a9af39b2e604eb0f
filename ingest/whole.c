#include "ingest/whole.h"

#include <inttypes.h>
#include <unistd.h>

#include "base/log.h"
#include "ingest/claim.h"
#include "ingest/halt.h"
#include "ingest/load.h"

#define TRIES_MAX 6
#define PAUSE_US 200000 /* twice as long after each try */

struct whole {
    struct session *session;
    struct feed *feed;
    struct claim claim;
    struct load load;
};

/* ---------------------------------------------------------------------------------------- reading
 */

static bool tell_halt(const struct claim *claim, struct error *err)
{
    const struct halt_row *row = halt_row(claim->halt);
    return error_set(err, ERROR_HALT, "%s: %s (%s); %s", row->word, row->sentence,
                     claim->halt_detail, row->advice);
}

/* What an event of the feed does to the claim; *to moves behind what was collected. */
static bool take_event(struct whole *whole, const struct feed_event *event, uint64_t *to,
                       struct error *err)
{
    struct claim *claim = &whole->claim;
    enum partition_event what = event->kind == FEED_RECORD
                                    ? claim_see_record(claim, *to, &event->record)
                                    : claim_see_end(claim, *to, event->offset);
    enum partition_action action = claim_happens(claim, what);
    if (action == ACTION_HALT)
        return tell_halt(claim, err);
    if (action != ACTION_COLLECT && action != ACTION_TAIL)
        return true;
    struct load_range *range = load_range(&whole->load, claim, *to);
    if (action == ACTION_COLLECT)
        (void)load_add(&whole->load, range, &event->record, event->offset);
    else
        range->to = event->offset;
    *to = event->offset;
    return true;
}

static bool read_all(struct whole *whole, struct error *err)
{
    struct feed *feed = whole->feed;
    uint64_t to = whole->claim.end.next;
    const struct feed_position position = {0, claim_position(&whole->claim, to)};
    struct feed_event event = {.kind = FEED_NOTHING};
    if (!feed->kind->start(feed, &position, 1, err))
        return false;
    while (event.kind != FEED_END)
        if (!feed->kind->poll(feed, 0, &event, err) || !take_event(whole, &event, &to, err))
            return false;
    return true;
}

/* ----------------------------------------------------------------------------------------- taking
 */

static bool claim(struct whole *whole, struct error *err)
{
    struct session *session = whole->session;
    const struct claimer claimer = {session->claim_store, &session->claim_writer,
                                    session->batcher.scope->control};
    return claim_take(&claimer, whole->feed, 0, STATE_FREE, &whole->claim, err) &&
           (whole->claim.state != STATE_HALTED || tell_halt(&whole->claim, err));
}

static bool has_all(const struct whole *whole)
{
    return whole->claim.end.next >= ndjson_bytes(whole->feed).size;
}

static bool take(struct whole *whole, bool *out_was_there, struct error *err)
{
    struct batcher *batcher = &whole->session->batcher;
    load_reset(&whole->load);
    if (!claim(whole, err))
        return false;
    *out_was_there = has_all(whole);
    if (*out_was_there)
        return true;
    return read_all(whole, err) && batcher_refresh_control(batcher, err) &&
           batcher_measure(batcher, &whole->load, err) && batch_commit(batcher, &whole->load, err);
}

static bool reconnect(const struct session *session, struct store *store, struct writer *writer,
                      struct error *err)
{
    if (!store_is_alive(store) &&
        (!store_reopen(store, err) || !store_guard(store, session->log, session->published, err)))
        return false;
    return writer_refresh(store, writer, err);
}

static bool reconnect_both(struct session *session, struct error *err)
{
    return reconnect(session, session->batcher.store, &session->batcher.writer, err) &&
           reconnect(session, session->claim_store, &session->claim_writer, err);
}

/* Whether another try may do better: locks, lost connections, another process on the same file. */
static bool may_pass(const struct error *err)
{
    return err->code == ERROR_BUSY || err->code == ERROR_CONFLICT || err->code == ERROR_UNKNOWN;
}

static bool may_try_again(int tries, const struct error *err)
{
    if (tries == TRIES_MAX || !may_pass(err))
        return false;
    log_warning("not taken (%s), trying again: %s", error_code_word(err->code), err->message);
    usleep((useconds_t)PAUSE_US << tries);
    return true;
}

/* What the last try failed of may be an earlier one, whose answer was lost: a COMMIT goes on
 * without its client. */
static bool was_taken(struct whole *whole, struct error *err)
{
    struct error unseen;
    if (reconnect_both(whole->session, &unseen) && claim(whole, &unseen) && has_all(whole))
        return true;
    if (!may_pass(err))
        return false;
    err->code = ERROR_UNKNOWN;
    return error_prefix(err, "the answer to COMMIT was lost, and whether it has happened cannot be "
                             "seen now; run it again: ");
}

static bool try_once(struct whole *whole, bool is_first, bool *out_was_there, struct error *err)
{
    return (is_first || reconnect_both(whole->session, err)) && take(whole, out_was_there, err);
}

static bool take_with_patience(struct whole *whole, enum whole_outcome *out, struct error *err)
{
    bool was_there = false, was_lost = false;
    for (int tries = 1; !was_there && !try_once(whole, tries == 1, &was_there, err); tries++) {
        was_lost = was_lost || err->code == ERROR_UNKNOWN;
        if (may_try_again(tries, err))
            continue;
        if (!was_lost || !was_taken(whole, err))
            return false;
        was_there = true;
    }
    *out = !was_there ? WHOLE_TAKEN : was_lost ? WHOLE_LOST : WHOLE_WAS_THERE;
    return true;
}

bool whole_take(struct session *session, struct feed *feed, int64_t as_of_us,
                struct batch_companion *companion, enum whole_outcome *out, struct error *err)
{
    struct whole whole = {.session = session, .feed = feed};
    struct batcher *batcher = &session->batcher;
    size_t size = ndjson_bytes(feed).size;
    companion->fitting = 0;
    if (size > WHOLE_BYTES_MAX)
        return error_set(err, ERROR_REFUSED, "the file has %zu bytes, one transaction takes %zu",
                         size, WHOLE_BYTES_MAX);
    load_init(&whole.load);
    batcher->companion = companion;
    batcher->records_now = SIZE_MAX;
    batcher->rules.topic = slice_of(CATALOG_FILE);
    batcher->rules.as_of_us = as_of_us;
    bool ok = take_with_patience(&whole, out, err);
    batcher->companion = NULL;
    batcher->records_now = batcher->records_max;
    load_release(&whole.load);
    return ok;
}
