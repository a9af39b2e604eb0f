/*
 * incarnation: a topic was recreated, or records of it are lost for good; its partitions' chains of
 * receipts end where they are, and new ones begin at what the topic has.
 *
 * Only an operator can say so (core/incarnation.h has the entry), and only of a chain that cannot
 * go on: a healthy one would leave records behind that are still there. Identities are the tenants'
 * and not the chain's, so what comes again is found again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "core/canonical.h"
#include "core/incarnation.h"
#include "ingest/claim.h"
#include "ingest/commands.h"
#include "store/contents.h"
#include "store/operator.h"
#include "store/places.h"

#define TRIES_MAX 5
#define LOOK_US (30 * SECOND_US)
#define POLL_MS 200

struct restart {
    struct arena arena;
    int log;
    const char *topic;
    const char *reason;
    bool may_be_healthy; /* the operator insists */
    struct store *store;
    struct secret_key *key; /* of the role control */
    unsigned char *salt_key;
    struct writer writer;
    struct digest operator_key;
    struct control *control;
    struct feed *feed;
    char cluster_id[CLUSTER_ID_SIZE];
    struct incarnation items[FEED_PARTITIONS_MAX];
    size_t count;
};

static void restart_release(struct restart *restart)
{
    if (restart->feed != NULL)
        restart->feed->kind->close(restart->feed);
    control_drop(restart->control);
    if (restart->writer.key != NULL)
        writer_close(&restart->writer);
    if (restart->salt_key != NULL)
        key_release_symmetric(restart->salt_key);
    if (restart->key != NULL)
        key_release(restart->key);
    store_close(restart->store);
    arena_release(&restart->arena);
}

/* ---------------------------------------------------------------------------------------- opening
 */

static bool open_book(const struct cli *cli, struct restart *restart, struct error *err)
{
    const char *conninfo, *published, *key, *salt;
    struct arena *arena = &restart->arena;
    return places_log(cli, &restart->log, err) && cli_required(cli, "database", &conninfo, err) &&
           places_published(cli, arena, &published, err) &&
           places_key(cli, arena, "control.key", &key, err) &&
           places_key(cli, arena, "salt.key", &salt, err) &&
           key_read_file(key, &restart->key, err) &&
           key_read_symmetric(salt, &restart->salt_key, err) &&
           store_open(conninfo, "daybook-ingest incarnation", &restart->store, err) &&
           store_guard(restart->store, restart->log, published, err) &&
           writer_open(restart->store, restart->log, restart->key, restart->salt_key, ROLE_CONTROL,
                       &restart->writer, err) &&
           operator_find(cli, restart->store, restart->log, ROLE_OPERATE, &restart->operator_key,
                         err);
}

static bool load_control(struct restart *restart, struct error *err)
{
    struct head head;
    struct control *nothing = control_empty();
    bool ok = head_read(restart->store, restart->log, &head, err) &&
              control_load(restart->store, restart->log, nothing, head.control_index,
                           &restart->control, err);
    control_drop(nothing);
    if (!ok)
        return false;
    return (restart->control->catalog != NULL &&
            catalog_feed(restart->control->catalog, slice_of(restart->topic)) != NULL) ||
           error_set(err, ERROR_REFUSED, "the catalog does not register the topic '%s'",
                     restart->topic);
}

static bool open_topic(const struct cli *cli, struct restart *restart, struct error *err)
{
    struct kafka_options options = {.topic = restart->topic,
                                    .group = "daybook-ingest-incarnation",
                                    .session_timeout_ms = 45000,
                                    .queue_kbytes = 1024};
    return cli_required(cli, "kafka", &options.bootstrap, err) &&
           kafka_open_ranges(&options, &restart->feed, err) &&
           restart->feed->kind->cluster_id(restart->feed, restart->cluster_id,
                                           sizeof restart->cluster_id, err);
}

/* --------------------------------------------------------------------------- can the chain go on?
 */

/* The record where the chain's last one was. */
static bool verify_anchor(struct restart *restart, struct claim *claim, struct error *err)
{
    struct feed *feed = restart->feed;
    const struct feed_position position = {claim->assignment.partition, claim->end.last_offset};
    struct feed_event event;
    int64_t until_us = instant_monotonic() + LOOK_US;
    if (!feed->kind->start(feed, &position, 1, err))
        return false;
    while (instant_monotonic() < until_us) {
        if (!feed->kind->poll(feed, POLL_MS, &event, err))
            return false;
        if (event.kind == FEED_RECORD) {
            (void)claim_happens(claim, claim_see_record(claim, claim->end.next, &event.record));
            return true;
        }
        if (event.kind == FEED_END || event.kind == FEED_RANGE) {
            claim_explain(claim, "offset %" PRIu64 " is gone", position.offset);
            (void)claim_happens(claim, EVENT_ANCHOR_GONE);
            return true;
        }
    }
    return error_set(err, ERROR_BUSY, "the broker gives nothing of partition %" PRIu32,
                     position.partition);
}

static bool judge(struct restart *restart, struct claim *claim, struct error *err)
{
    struct claim_facts facts = {
        .is_registered = true, .next = claim->end.next, .last_offset = claim->end.last_offset};
    facts.same_cluster = strcmp(claim->assignment.cluster_id, restart->cluster_id) == 0;
    if (!restart->feed->kind->bounds(restart->feed, claim->assignment.partition, &facts.low,
                                     &facts.high, err))
        return false;
    claim->low = facts.low;
    claim->high = facts.high;
    (void)claim_happens(claim, claim_judge(&facts));
    return claim->state != STATE_VERIFYING || verify_anchor(restart, claim, err);
}

/* *out_broken is false for a chain that goes on, or was never begun. */
static bool look(struct restart *restart, uint32_t partition, struct incarnation *out,
                 bool *out_broken, struct error *err)
{
    struct claim claim = {.assignment = {.partition = partition}};
    bool is_found = false;
    *out_broken = false;
    if (!assignment_read(restart->store, restart->log, &restart->feed->id, partition,
                         &claim.assignment, &is_found, err))
        return false;
    if (!is_found)
        return true;
    uint32_t decided = control_incarnation(restart->control, &restart->feed->id, partition);
    if (decided > claim.assignment.incarnation) {
        printf("partition %" PRIu32 ": incarnation %" PRIu32 " is decided already\n", partition,
               decided);
        return true;
    }
    if (!receipt_chain_end(restart->store, restart->log, &claim.assignment, &claim.end, err) ||
        !judge(restart, &claim, err))
        return false;
    *out = (struct incarnation){.partition = partition,
                                .number = claim.assignment.incarnation + 1,
                                .next = claim.end.next,
                                .low = claim.low,
                                .high = claim.high};
    *out_broken = claim.state == STATE_HALTED || restart->may_be_healthy;
    if (claim.state != STATE_HALTED)
        printf("partition %" PRIu32 ": its chain is healthy and goes on at %" PRIu64 "\n",
               partition, claim.end.next);
    return true;
}

static bool look_at_all(const struct cli *cli, struct restart *restart, struct error *err)
{
    uint64_t from = 0, to = FEED_PARTITIONS_MAX;
    if (!cli_switch(cli, "all")) {
        if (!cli_u64(cli, "partition", &from, err))
            return false;
        if (from >= FEED_PARTITIONS_MAX)
            return error_set(err, ERROR_INPUT, "--partition: there is no such partition");
        to = from + 1;
    }
    for (uint64_t partition = from; partition < to; partition++) {
        bool is_broken = false;
        if (!look(restart, (uint32_t)partition, &restart->items[restart->count], &is_broken, err))
            return false;
        restart->count += is_broken ? 1 : 0;
    }
    return restart->count > 0 ||
           error_set(err, ERROR_REFUSED,
                     "no chain of '%s' needs a new incarnation (--although-healthy gives it one, "
                     "and leaves what was not read behind)",
                     restart->topic);
}

/* -------------------------------------------------------------------------------------- the entry
 */

static bool next_version(struct restart *restart, const char *subject_id, uint32_t *out,
                         struct error *err)
{
    struct content newest = {.version = 0};
    if (!content_latest(restart->store, restart->log, ENTRY_CATALOG, 0, subject_id, CONTENT_LAST,
                        &restart->arena, &newest, err) &&
        err->code != ERROR_NOT_FOUND)
        return false;
    *out = newest.version + 1;
    return true;
}

static bool append(struct restart *restart, const char *subject_id, const struct text *content,
                   uint64_t *out_index, struct error *err)
{
    struct head head;
    struct signed_entry entry = {
        .entry = {.kind = ENTRY_CATALOG,
                  .stream = STREAM_CONTROL,
                  .control = {.subject = digest_subject("catalog", subject_id),
                              .content = digest_of(content->data, content->size),
                              .operator_key = restart->operator_key}}};
    if (!append_lock(restart->store, &restart->writer, &head, err) ||
        !next_version(restart, subject_id, &entry.entry.control.version, err))
        return false;
    entry.entry.stream_seq = head.control_seq;
    writer_sign(&restart->writer, &entry);
    return append_entries(restart->store, &head, &entry, 1, out_index, err) &&
           append_content(restart->store, restart->log, *out_index, ENTRY_CATALOG, 0, subject_id,
                          entry.entry.control.version, content->data, content->size, err) &&
           append_unlock(restart->store, &head, err);
}

static bool decide(struct restart *restart, uint64_t *out_index, struct error *err)
{
    struct text CLEANUP(text_release) content;
    const struct incarnations incarnations = {.topic = restart->topic,
                                              .feed = restart->feed->id,
                                              .reason = restart->reason,
                                              .items = restart->items,
                                              .count = restart->count};
    CLEANUP(json_release) json_t *json = incarnations_content(&incarnations);
    const char *subject_id =
        arena_printf(&restart->arena, INCARNATION_SUBJECT "%s", restart->topic);
    text_init(&content);
    if (!canonical_write(json, &content, err))
        return false;
    for (int tries = 1;; tries++) {
        if (!store_begin(restart->store, err))
            return false;
        if (append(restart, subject_id, &content, out_index, err))
            return store_commit(restart->store, err);
        store_rollback(restart->store);
        if (err->code != ERROR_BUSY || tries == TRIES_MAX ||
            !writer_refresh(restart->store, &restart->writer, err))
            return false;
    }
}

static void tell(const struct restart *restart, uint64_t index)
{
    for (size_t i = 0; i < restart->count; i++) {
        const struct incarnation *item = &restart->items[i];
        printf("partition %" PRIu32 ": incarnation %" PRIu32 " begins with what the topic has, now "
               "[%" PRIu64 ", %" PRIu64 "); the chain before ends at %" PRIu64 "\n",
               item->partition, item->number, item->low, item->high, item->next);
    }
    printf("(entry %" PRIu64 ") start `daybook-ingest run` again\n", index);
}

bool command_incarnation(const struct cli *cli, struct error *err)
{
    static struct restart restart; /* large */
    uint64_t index = 0;
    arena_init(&restart.arena);
    restart.may_be_healthy = cli_switch(cli, "although-healthy");
    bool ok = cli_required(cli, "topic", &restart.topic, err) &&
              cli_required(cli, "reason", &restart.reason, err);
    if (ok && (restart.reason[0] == '\0' || strlen(restart.reason) > INCARNATION_REASON_MAX))
        ok = error_set(err, ERROR_INPUT, "--reason: 1 to %d bytes", INCARNATION_REASON_MAX);
    ok = ok && open_book(cli, &restart, err) && load_control(&restart, err) &&
         open_topic(cli, &restart, err) && look_at_all(cli, &restart, err) &&
         decide(&restart, &index, err);
    if (ok)
        tell(&restart, index);
    restart_release(&restart);
    return ok;
}
