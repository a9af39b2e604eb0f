/* `daybook-ledger seal`: beats until it is told to stop. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/log.h"
#include "base/stop.h"
#include "ledger/seal.h"
#include "store/migrate.h"
#include "store/places.h"

struct sealing {
    struct arena arena;
    struct store *store;
    struct secret_key *key;
    struct sealer *sealer; /* big: its edge is 64 KiB */
    bool is_open;
    int log;
    const char *state_path;
    const char *archive;
    const char *sigsum_head; /* NULL: not wanted */
    uint64_t interval_ms;
    uint64_t size; /* that was said last */
};

static void sealing_release(struct sealing *sealing)
{
    if (sealing->is_open)
        sealer_close(sealing->sealer);
    free(sealing->sealer);
    if (sealing->key != NULL)
        key_release(sealing->key);
    if (sealing->store != NULL)
        store_close(sealing->store);
    arena_release(&sealing->arena);
}

static bool sealing_open(const struct cli *cli, struct sealing *sealing, struct error *err)
{
    const char *conninfo, *key_path;
    arena_init(&sealing->arena);
    sealing->sigsum_head = cli_text(cli, "sigsum-head");
    sealing->sealer = memory_alloc(sizeof(*sealing->sealer));
    return cli_required(cli, "database", &conninfo, err) && places_log(cli, &sealing->log, err) &&
           cli_required(cli, "archive", &sealing->archive, err) &&
           places_state(cli, &sealing->arena, &sealing->state_path, err) &&
           places_secret(cli, &sealing->arena, "log.key", &key_path, err) &&
           cli_u64(cli, "interval-ms", &sealing->interval_ms, err) &&
           key_read_file(key_path, &sealing->key, err) &&
           store_open(conninfo, "daybook-sealer", &sealing->store, err) &&
           migrate_check(sealing->store, err);
}

/* Of what is signed and published already: one more signature promises nothing new. */
static bool write_sigsum_head(const struct sealing *sealing, struct error *err)
{
    struct text CLEANUP(text_release) head;
    text_init(&head);
    checkpoint_sign_sigsum(&sealing->sealer->published, sealing->key, &head);
    return file_write_atomic(sealing->sigsum_head, 0644, head.data, head.size, err);
}

/* Opens the sealer where it is not, and beats once. */
static bool beat(struct sealing *sealing, bool *out_behind, struct error *err)
{
    uint64_t size;
    if (!store_is_alive(sealing->store) && !store_reopen(sealing->store, err))
        return false;
    if (!sealing->is_open && !sealer_open(sealing->sealer, sealing->store, sealing->log,
                                          sealing->key, sealing->state_path, sealing->archive, err))
        return false;
    sealing->is_open = true;
    if (!sealer_beat(sealing->sealer, &size, out_behind, err))
        return false;
    if (size != sealing->size && sealing->sigsum_head != NULL && !write_sigsum_head(sealing, err))
        return false;
    if (size != sealing->size)
        log_info("sealed %" PRIu64 " entries", size);
    sealing->size = size;
    return true;
}

/* A database that is away or busy comes back; everything else stops the sealer. */
static bool can_wait_for(const struct sealing *sealing, const struct error *err)
{
    return err->code == ERROR_BUSY || err->code == ERROR_UNKNOWN ||
           (err->code == ERROR_SYSTEM && !store_is_alive(sealing->store));
}

static bool beat_forever(struct sealing *sealing, struct error *err)
{
    while (!stop_is_asked()) {
        bool behind = false;
        if (!beat(sealing, &behind, err)) {
            if (!can_wait_for(sealing, err))
                return false;
            log_warning("%s; trying again", err->message);
            if (sealing->is_open)
                sealer_close(sealing->sealer);
            sealing->is_open = false;
        }
        if (!behind)
            (void)stop_wait((int64_t)sealing->interval_ms);
    }
    log_info("stopped at %" PRIu64 " sealed entries", sealing->size);
    return true;
}

bool seal_command(const struct cli *cli, struct error *err)
{
    struct sealing CLEANUP(sealing_release) sealing = {0};
    bool behind = true;
    if (!sealing_open(cli, &sealing, err))
        return false;
    stop_catch();
    if (!cli_switch(cli, "once"))
        return beat_forever(&sealing, err);
    while (behind)
        if (!beat(&sealing, &behind, err))
            return false;
    return true;
}
