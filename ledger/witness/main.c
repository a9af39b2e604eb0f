/* daybook-witness: cosigns what only grows. Its own key, and no other. */
#include <inttypes.h>
#include <stdio.h>

#include "base/cli.h"
#include "base/file.h"
#include "base/log.h"
#include "base/stop.h"
#include "core/digest.h"
#include "witness/http.h"

static const struct cli_option common[] = {
    {"folder", "DIR", NULL, "its key, the logs that it watches, what it cosigned last"},
    {0},
};

static const struct cli_option run_options[] = {
    {"listen", "ADDRESS:PORT", "127.0.0.1:7380", "where to listen; port 0 takes a free one"},
    {"threads", "N", "4", "threads that answer"},
    {0},
};

static bool init_command(const struct cli *cli, struct error *err)
{
    const char *folder;
    struct text CLEANUP(text_release) path;
    struct text CLEANUP(text_release) vkey;
    text_init(&path);
    text_init(&vkey);
    if (!cli_required(cli, "folder", &folder, err) ||
        !watch_init(folder, cli_argument(cli, 0), err))
        return false;
    text_printf(&path, "%s/witness.vkey", folder);
    if (!file_read(path.data, VKEY_SIZE, &vkey, err))
        return false;
    fputs(vkey.data, stdout);
    return true;
}

/* The argument is a vkey, or a file that holds one. */
static bool trust_command(const struct cli *cli, struct error *err)
{
    const char *folder;
    struct public_key key;
    return cli_required(cli, "folder", &folder, err) &&
           key_read_vkey(cli_argument(cli, 0), &key, err) && watch_trust(folder, &key, err);
}

static bool list_command(const struct cli *cli, struct error *err)
{
    const char *folder;
    struct watch *watch;
    struct text CLEANUP(text_release) lines;
    text_init(&lines);
    if (!cli_required(cli, "folder", &folder, err) || !watch_open(folder, &watch, err))
        return false;
    watch_list(watch, &lines);
    watch_close(watch);
    fputs(lines.data, stdout);
    return true;
}

static bool run_command(const struct cli *cli, struct error *err)
{
    const char *folder;
    uint64_t threads;
    uint16_t port;
    struct watch *watch;
    struct http *http;
    if (!cli_required(cli, "folder", &folder, err) || !cli_u64(cli, "threads", &threads, err))
        return false;
    if (threads < 1 || threads > HTTP_THREADS_MAX)
        return error_set(err, ERROR_INPUT, "--threads is from 1 to %d", HTTP_THREADS_MAX);
    stop_catch();
    if (!watch_open(folder, &watch, err))
        return false;
    bool started = http_start(watch, cli_text(cli, "listen"), (unsigned)threads, &http, &port, err);
    if (started) {
        log_info("watching %zu logs, listening on port %u", watch_count(watch), (unsigned)port);
        (void)stop_wait(-1);
        log_info("stopping");
        http_stop(http);
    }
    watch_close(watch);
    return started;
}

static const struct cli_command commands[] = {
    {"init", "NAME", "make the folder and a key of this name; prints its verifier key",
     init_command, NULL},
    {"trust", "VKEY", "cosign this log from now on (its verifier key, or a file with it)",
     trust_command, NULL},
    {"list", "", "the logs, and what was cosigned last of each", list_command, NULL},
    {"run", "", "answer requests until told to stop", run_command, run_options},
    {0},
};

int main(int argc, char **argv)
{
    static const struct cli_program program = {
        "daybook-witness",
        "Cosigns checkpoints of logs that only grow (C2SP tlog-witness), and remembers what it saw.",
        commands, common};
    core_init();
    return cli_main(&program, argc, argv);
}
