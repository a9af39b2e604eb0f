/* daybook-serve: what people read. No signing key, no salt key, no Kafka. */
#include <inttypes.h>

#include "base/cli.h"
#include "base/log.h"
#include "base/stop.h"
#include "core/digest.h"
#include "serve/http.h"

static const struct cli_option common[] = {
    {"database", "CONNINFO", NULL, "the PostgreSQL database"},
    {"log", "N", "0", "the log's number"},
    {0},
};

static const struct cli_option run_options[] = {
    {"listen", "ADDRESS:PORT", "127.0.0.1:8080", "where to listen; port 0 takes a free one"},
    {"threads", "N", "4", "threads that answer"},
    {"connections", "N", "4", "connections to the database"},
    {0},
};

static bool read_count(const struct cli *cli, const char *name, uint64_t most, uint64_t *out,
                       struct error *err)
{
    return cli_u64(cli, name, out, err) &&
           ((*out >= 1 && *out <= most) ||
            error_set(err, ERROR_INPUT, "--%s is from 1 to %" PRIu64, name, most));
}

static bool run_command(const struct cli *cli, struct error *err)
{
    const char *database;
    uint64_t log, threads, connections;
    uint16_t port;
    struct http *http;
    if (!cli_required(cli, "database", &database, err) || !cli_u64(cli, "log", &log, err) ||
        !read_count(cli, "threads", HTTP_THREADS_MAX, &threads, err) ||
        !read_count(cli, "connections", POOL_CONNECTIONS_MAX, &connections, err))
        return false;
    if (log > INT16_MAX)
        return error_set(err, ERROR_INPUT, "--log is from 0 to %d", INT16_MAX);
    stop_catch();
    struct serve serve = {.log = (int)log, .pool = pool_new(database, (size_t)connections)};
    metrics_init(&serve.metrics);
    bool started =
        http_start(&serve, cli_text(cli, "listen"), (unsigned)threads, &http, &port, err);
    if (started) {
        log_info("listening on port %u", (unsigned)port);
        (void)stop_wait(-1);
        log_info("stopping");
        http_stop(http);
    }
    pool_free(serve.pool);
    return started;
}

static const struct cli_command commands[] = {
    {"run", "", "answer requests until told to stop", run_command, run_options},
    {0},
};

int main(int argc, char **argv)
{
    static const struct cli_program program = {
        "daybook-serve", "Serves usage, invoices and proofs to those whose they are.", commands,
        common};
    core_init();
    return cli_main(&program, argc, argv);
}
