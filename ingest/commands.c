/*
 * run and file: from the command line to run().
 */
#include "ingest/commands.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/instant.h"
#include "base/log.h"
#include "ingest/kept_file.h"
#include "ingest/run.h"
#include "ingest/stats.h"
#include "ingest/whole.h"

static bool read_seconds(const struct cli *cli, const char *name, int64_t *out_us,
                         struct error *err)
{
    uint64_t seconds = 0;
    if (!cli_u64(cli, name, &seconds, err))
        return false;
    if (seconds > 86400)
        return error_set(err, ERROR_INPUT, "--%s is at most 86400", name);
    *out_us = (int64_t)seconds * SECOND_US;
    return true;
}

static void tell_stats(const struct cli *cli, const struct session *session, size_t halted,
                       int64_t started_us)
{
    struct error unwritten;
    stats_log(&session->batcher.counts, instant_monotonic() - started_us);
    if (!stats_write(cli_text(cli, "stats"), &session->batcher.counts, halted, started_us,
                     &unwritten))
        log_warning("%s", unwritten.message);
}

/* Runs, then says what was done; a halted partition makes the status 3. */
static bool run_and_tell(const struct cli *cli, struct session *session, struct feed *feed,
                         const struct run_options *options, struct error *err)
{
    size_t halted = 0;
    int64_t started_us = instant_monotonic();
    bool ok = run(session, feed, options, &halted, err);
    tell_stats(cli, session, halted, started_us);
    if (ok && halted > 0)
        cli_exit_status(cli, error_exit_status(ERROR_HALT));
    return ok;
}

/* --------------------------------------------------------------------------------------------- run
 */

static bool open_topic(const struct cli *cli, struct feed **out, struct error *err)
{
    struct kafka_options options = {.settings = cli_text(cli, "kafka-settings")};
    return cli_required(cli, "kafka", &options.bootstrap, err) &&
           cli_required(cli, "topic", &options.topic, err) &&
           cli_required(cli, "group", &options.group, err) &&
           cli_u64(cli, "session-timeout-ms", &options.session_timeout_ms, err) &&
           cli_u64(cli, "queue-kbytes", &options.queue_kbytes, err) &&
           kafka_open(&options, out, err);
}

bool command_run(const struct cli *cli, struct error *err)
{
    static struct session session; /* large */
    struct run_options options = {0};
    struct feed *feed = NULL;
    bool ok = read_seconds(cli, "batch-seconds", &options.batch_us, err) &&
              read_seconds(cli, "once-idle", &options.once_idle_us, err) &&
              read_seconds(cli, "check-seconds", &options.check_us, err) &&
              cli_u64(cli, "check-records", &options.check_records, err) &&
              read_seconds(cli, "clock-error", &options.clock_error_us, err) &&
              session_open(cli, &session, err) && open_topic(cli, &feed, err) &&
              run_and_tell(cli, &session, feed, &options, err);
    session_close(&session);
    return ok;
}

/* -------------------------------------------------------------------------------------------- file
 */

/* The journal must have what the receipts will name, before they name it; and what is counted is
 * what the journal has, whoever still writes to the file itself. */
static bool archive_file(const struct cli *cli, struct feed **feed, struct arena *arena,
                         struct error *err)
{
    struct feed *copy = NULL;
    const char *path = NULL;
    if (!kept_file_path(cli, &(*feed)->id, arena, &path, err))
        return false;
    bool is_new = !file_exists(path);
    if (!kept_file_put(cli, &(*feed)->id, ndjson_bytes(*feed), arena, &copy, err)) {
        if (!is_new || err->code != ERROR_HALT)
            return false;
        unlink(path);
        return error_set(err, ERROR_INPUT, "the file changed while it was read: take it again");
    }
    (*feed)->kind->close(*feed);
    *feed = copy;
    return true;
}

static bool read_as_of(const struct cli *cli, int64_t *out_us, struct error *err)
{
    const char *text = cli_text(cli, "as-of");
    if (text)
        return instant_parse(text, strlen(text), "--as-of", out_us, err);
    *out_us = instant_now();
    return true;
}

/* Nothing is added when the book had all of it before, or when it holds nothing. */
static void tell_file(const struct session *session, const char *name)
{
    if (session->batcher.counts.batches == 0)
        printf("file %s: nothing was added; the book has all that it holds\n", name);
    else
        printf("file %s: %llu accepted, %llu duplicate, %llu quarantined\n", name,
               (unsigned long long)session->batcher.counts.accepted,
               (unsigned long long)session->batcher.counts.duplicate,
               (unsigned long long)session->batcher.counts.quarantined);
}

bool command_take(const struct cli *cli, struct session *session, struct feed *feed,
                  int64_t as_of_us, struct error *err)
{
    char name[FEED_NAME_SIZE];
    const struct run_options options = {.batch_us = INT64_MAX, .as_of_us = as_of_us};
    snprintf(name, sizeof name, "%s", feed->name);
    if (!run_and_tell(cli, session, feed, &options, err))
        return false;
    tell_file(session, name);
    return true;
}

bool command_take_whole(const struct cli *cli, struct session *session, struct feed *feed,
                        int64_t as_of_us, struct batch_companion *companion,
                        enum whole_outcome *out, struct error *err)
{
    const int64_t started_us = instant_monotonic();
    if (!whole_take(session, feed, as_of_us, companion, out, err))
        return false;
    tell_stats(cli, session, 0, started_us);
    if (*out == WHOLE_LOST)
        printf("file %s: the answer to COMMIT was lost; the book has all of it\n", feed->name);
    else
        tell_file(session, feed->name);
    return true;
}

bool command_file(const struct cli *cli, struct error *err)
{
    static struct session session; /* large */
    int64_t as_of_us = 0;
    struct feed *feed = NULL;
    if (!read_as_of(cli, &as_of_us, err) || !ndjson_open(cli_argument(cli, 0), &feed, err))
        return false;
    bool ok = session_open(cli, &session, err) && archive_file(cli, &feed, &session.arena, err);
    if (ok)
        ok = command_take(cli, &session, feed, as_of_us, err);
    else
        feed->kind->close(feed);
    session_close(&session);
    return ok;
}
