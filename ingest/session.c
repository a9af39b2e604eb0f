#include "ingest/session.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/places.h"

#define SERIES_CACHED_MAX 500000
#define MIB ((size_t)1 << 20)

static bool read_keys(const struct cli *cli, struct session *session, struct error *err)
{
    const char *signing, *salt, *dedup;
    struct arena *arena = &session->arena;
    if (!places_secret(cli, arena, "ingest.key", &signing, err) ||
        !places_secret(cli, arena, "salt.key", &salt, err) ||
        !places_secret(cli, arena, "dedup.key", &dedup, err) ||
        !key_read_file(signing, &session->key, err) ||
        !key_read_symmetric(salt, &session->salt_key, err) ||
        !key_read_symmetric(dedup, &session->dedup_key, err))
        return false;
    session->keys = measure_keys_of(session->dedup_key);
    randombytes_buf(session->cache_key, sizeof session->cache_key);
    return true;
}

static bool connect_guarded(const struct session *session, const char *application,
                            struct store **out, struct error *err)
{
    return store_open(session->conninfo, application, out, err) &&
           store_guard(*out, session->log, session->published, err);
}

static bool open_batcher(const struct cli *cli, struct session *session, struct error *err)
{
    struct batcher *batcher = &session->batcher;
    uint64_t memory_mib = 0;
    uint64_t records_max = 0;
    if (!cli_u64(cli, "memory-mib", &memory_mib, err) ||
        !cli_u64(cli, "batch-events", &records_max, err))
        return false;
    if (memory_mib == 0 || memory_mib > 1024 * 1024 || records_max == 0)
        return error_set(err, ERROR_INPUT, "--memory-mib and --batch-events must be at least 1");
    if (!connect_guarded(session, "daybook-ingest", &batcher->store, err) ||
        !writer_open(batcher->store, session->log, session->key, session->salt_key, ROLE_INGEST,
                     &batcher->writer, err) ||
        !keyring_check_secret(&batcher->writer.keys, KEYRING_DEDUP, session->dedup_key, err))
        return false;
    slot_table_init(&batcher->slots, (size_t)memory_mib * MIB);
    batcher->cache_key = session->cache_key;
    batcher->records_max = batcher->records_now = (size_t)records_max;
    batcher->entries_max = BATCH_ENTRIES_MAX;
    batcher->rules.keys = &session->keys;
    struct control *nothing = control_empty();
    batcher->scope = scope_make(nothing, session->cache_key);
    control_drop(nothing);
    return batcher_refresh_control(batcher, err);
}

bool session_open(const struct cli *cli, struct session *out, struct error *err)
{
    struct session *session = out;
    *session = (struct session){.log = 0};
    arena_init(&session->arena);
    if (!places_log(cli, &session->log, err) ||
        !cli_required(cli, "database", &session->conninfo, err) ||
        !places_published(cli, &session->arena, &session->published, err) ||
        !read_keys(cli, session, err) || !open_batcher(cli, session, err) ||
        !connect_guarded(session, "daybook-ingest claims", &session->claim_store, err) ||
        !writer_open(session->claim_store, session->log, session->key, session->salt_key,
                     ROLE_INGEST, &session->claim_writer, err))
        return false;
    if (session->batcher.scope->control->catalog == NULL)
        return error_set(err, ERROR_REFUSED,
                         "the book has no catalog: daybook-ledger catalog apply FILE");
    session->scope = scope_make(session->batcher.scope->control, session->cache_key);
    return true;
}

void session_close(struct session *session)
{
    scope_drop(session->scope);
    if (session->claim_writer.key)
        writer_close(&session->claim_writer);
    store_close(session->claim_store);
    if (session->batcher.scope)
        batcher_release(&session->batcher);
    store_close(session->batcher.store);
    sodium_memzero(&session->keys, sizeof session->keys);
    if (session->dedup_key)
        key_release_symmetric(session->dedup_key);
    if (session->salt_key)
        key_release_symmetric(session->salt_key);
    if (session->key)
        key_release(session->key);
    arena_release(&session->arena);
}

void session_use_control(struct session *session, struct control *control)
{
    struct scope *scope = scope_make(control, session->cache_key);
    scope_drop(session->scope);
    session->scope = scope;
}

void session_trim(struct session *session)
{
    if (series_cache_count(session->scope->series) > SERIES_CACHED_MAX)
        session_use_control(session, session->scope->control);
}
