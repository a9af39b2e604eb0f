/*
 * audit: the records are read again, each receipt's hashes made again, and every batch decided
 * again under the control entries that it names; the book must have what comes out.
 *
 * Findings are told as by daybook-ledger audit, which asks what the database alone can show. What
 * retention took is not checked, and told. Nothing is written: each batch is one READ ONLY
 * transaction, and no offsets are committed.
 */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/instant.h"
#include "base/log.h"
#include "core/canonical.h"
#include "core/keyring.h"
#include "ingest/audit_parts.h"
#include "ingest/commands.h"
#include "store/contents.h"
#include "store/migrate.h"
#include "store/places.h"

#define MIB ((size_t)1 << 20)
#define TELL_US (10 * SECOND_US)
#define STATUS_FINDINGS 1

/* ---------------------------------------------------------------------------------------- opening
 */

/* Without the salt key columns are compared, and no commitments. */
static bool read_secrets(const struct cli *cli, struct audit *audit, struct error *err)
{
    const char *dedup = NULL, *salt = NULL;
    return places_key(cli, &audit->arena, "dedup.key", &dedup, err) &&
           places_key(cli, &audit->arena, "salt.key", &salt, err) &&
           key_read_symmetric(dedup, &audit->dedup_key, err) &&
           (!file_exists(salt) || key_read_symmetric(salt, &audit->salt_key, err));
}

/* Under another dedup key everything would be found wrong. */
static bool check_secrets(struct audit *audit, struct error *err)
{
    struct content content;
    struct keyring CLEANUP(keyring_release) keys;
    CLEANUP(json_release) json_t *json = NULL;
    keyring_init(&keys);
    return content_at(audit->store, audit->log.log, 0, &audit->arena, &content, err) &&
           canonical_parse(content.bytes, content.size, "the log's first entry", &json, err) &&
           keyring_apply(&keys, 0, ENTRY_LOG, json, err) &&
           keyring_check_secret(&keys, KEYRING_DEDUP, audit->dedup_key, err) &&
           (audit->salt_key == NULL ||
            keyring_check_secret(&keys, KEYRING_SALT, audit->salt_key, err));
}

static bool open_store(const struct cli *cli, struct audit *audit, struct error *err)
{
    struct head head;
    int log = 0;
    if (!cli_required(cli, "database", &audit->conninfo, err) || !places_log(cli, &log, err) ||
        !store_open(audit->conninfo, "daybook-ingest audit", &audit->store, err) ||
        !migrate_check(audit->store, err) || !log_find(audit->store, log, &audit->log, err) ||
        !head_read(audit->store, log, &head, err))
        return false;
    audit->size = head.size;
    return check_secrets(audit, err);
}

static void open_batcher(struct audit *audit, size_t memory_mib)
{
    struct batcher *batcher = &audit->batcher;
    audit->keys = measure_keys_of(audit->dedup_key);
    randombytes_buf(audit->cache_key, sizeof audit->cache_key);
    slot_table_init(&batcher->slots, memory_mib * MIB);
    slot_table_from_start(&batcher->slots);
    writer_open_keyless(audit->log.log, &audit->log.ledger, audit->salt_key, &batcher->writer);
    batcher->store = audit->store;
    batcher->cache_key = audit->cache_key;
    batcher->rules.keys = &audit->keys;
    struct control *nothing = control_empty();
    batcher->scope = scope_make(nothing, audit->cache_key);
    control_drop(nothing);
}

static bool open_audit(const struct cli *cli, struct audit *audit, struct error *err)
{
    uint64_t memory_mib = 0;
    struct kafka_options *kafka = &audit->feeds.kafka;
    *kafka = (struct kafka_options){.bootstrap = cli_text(cli, "kafka"),
                                    .group = "daybook-ingest-audit",
                                    .session_timeout_ms = 45000};
    if (!cli_u64(cli, "queue-kbytes", &kafka->queue_kbytes, err) ||
        !cli_u64(cli, "memory-mib", &memory_mib, err) || !cli_u64(cli, "from", &audit->from, err) ||
        !cli_required(cli, "archive", &audit->feeds.archive, err))
        return false;
    if (memory_mib == 0 || memory_mib > 1024 * 1024)
        return error_set(err, ERROR_INPUT, "--memory-mib must be at least 1");
    if (!read_secrets(cli, audit, err) || !open_store(cli, audit, err))
        return false;
    open_batcher(audit, (size_t)memory_mib);
    return true;
}

static void close_audit(struct audit *audit)
{
    past_feeds_close(&audit->feeds);
    load_release(&audit->load);
    if (audit->batcher.scope)
        batcher_release(&audit->batcher);
    if (audit->store)
        store_close(audit->store);
    sodium_memzero(&audit->keys, sizeof audit->keys);
    if (audit->dedup_key)
        key_release_symmetric(audit->dedup_key);
    if (audit->salt_key)
        key_release_symmetric(audit->salt_key);
    findings_release(&audit->findings);
    free(audit->rows);
    arena_release(&audit->arena);
}

/* ---------------------------------------------------------------------------------------- telling
 */

static void print_text(const struct audit *audit, const struct text *lines)
{
    const struct audit_counts *counts = &audit->counts;
    printf("%saudited: %s, %" PRIu64 " of %" PRIu64 " entries, %" PRIu64 " of %" PRIu64
           " batches decided again (%" PRIu64 " records), ",
           lines->data == NULL ? "" : lines->data, audit->log.origin, audit->next, audit->size,
           counts->decided, counts->batches, counts->records);
    if (counts->trusted == UINT64_MAX)
        printf("nothing on trust, ");
    else
        printf("%" PRIu64 " of %" PRIu64 " ranges are gone and not checked, from entry %" PRIu64
               " on identities are on trust, ",
               counts->ranges_gone, counts->ranges, counts->trusted);
    if (counts->reworded > 0)
        printf("%" PRIu64 " quarantined records are explained in other words, ", counts->reworded);
    printf("%s, %" PRIu64 " findings\n",
           audit->salt_key ? "commitments compared" : "without the salt key: columns compared",
           audit->findings.total);
}

static void print_json(const struct audit *audit)
{
    const struct audit_counts *counts = &audit->counts;
    struct text CLEANUP(text_release) lines;
    struct text CLEANUP(text_release) words;
    char trusted[24] = "null";
    text_init(&lines);
    text_init(&words);
    findings_format_json(&audit->findings, &lines, &words);
    if (counts->trusted != UINT64_MAX)
        snprintf(trusted, sizeof trusted, "%" PRIu64, counts->trusted);
    printf("{\"origin\":\"%s\",\"entries\":%" PRIu64 ",\"size\":%" PRIu64 ",\"batches\":%" PRIu64
           ",\"decided\":%" PRIu64 ",\"records\":%" PRIu64 ",\"ranges\":%" PRIu64
           ",\"ranges_gone\":%" PRIu64 ",\"trusted_from\":%s,\"reworded\":%" PRIu64
           ",\"commitments\":%s,\"total\":%" PRIu64 ",\"counts\":%s,\"findings\":%s}\n",
           audit->log.origin, audit->next, audit->size, counts->batches, counts->decided,
           counts->records, counts->ranges, counts->ranges_gone, trusted, counts->reworded,
           audit->salt_key ? "true" : "false", audit->findings.total, words.data, lines.data);
}

static void tell(const struct cli *cli, const struct audit *audit)
{
    struct text CLEANUP(text_release) lines;
    text_init(&lines);
    if (cli_switch(cli, "json")) {
        print_json(audit);
        return;
    }
    findings_format(&audit->findings, &lines);
    print_text(audit, &lines);
}

static void tell_progress(const struct audit *audit)
{
    static int64_t told_us;
    if (instant_monotonic() - told_us < TELL_US)
        return;
    told_us = instant_monotonic();
    log_info("%" PRIu64 " of %" PRIu64 " entries, %" PRIu64 " findings", audit->next, audit->size,
             audit->findings.total);
}

/* ---------------------------------------------------------------------------------------- command
 */

static bool run_audit(const struct cli *cli, struct audit *audit, struct error *err)
{
    bool is_found = true, ok = true;
    while (ok && is_found) {
        ok = audit_batch(audit, &is_found, err);
        tell_progress(audit);
    }
    if (ok)
        audit->next = audit->size;
    tell(cli, audit);
    return ok;
}

bool command_audit(const struct cli *cli, struct error *err)
{
    static struct audit audit; /* large */
    arena_init(&audit.arena);
    findings_init(&audit.findings);
    load_init(&audit.load);
    lookup_init(&audit.chains, &audit.arena, 0);
    audit.counts.trusted = UINT64_MAX;
    bool ok = open_audit(cli, &audit, err) && run_audit(cli, &audit, err);
    if (!ok && err->code != ERROR_BUSY)
        err->code = ERROR_INPUT; /* status 2: it could not look */
    if (ok && audit.findings.total > 0)
        cli_exit_status(cli, STATUS_FINDINGS);
    close_audit(&audit);
    return ok;
}
