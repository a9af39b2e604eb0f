/* daybook-cosign: takes the published checkpoint to the witnesses. It holds no key. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cli.h"
#include "base/file.h"
#include "base/log.h"
#include "base/stop.h"
#include "witness/cosign.h"

#define INTERVAL_MAX 3600 /* seconds: what was not witnessed for longer may as well not be */
#define TIMEOUT_SECONDS 30

static const struct cli_option options[] = {
    {"archive", "DIR", NULL, "the log's archive"},
    {"policy", "FILE", NULL, "whom to ask, and who is enough (C2SP tlog-policy)"},
    {"vkey", "VKEY", NULL, "the log's verifier key, or a file (else the policy's only log)"},
    {"witness", "NAME=URL[,...]", NULL,
     "where the policy's witnesses are, beside the policy's URLs"},
    {"once", NULL, NULL, "one round: 0 quorum, 1 none, 75 none and some were away, 3 contradicted"},
    {"interval", "SECONDS", "300", "between rounds, at most 3600"},
    {"retry", "SECONDS", "30", "until the next round when a witness was away"},
    {0},
};

struct cosigning {
    struct arena arena;
    struct policy *policy;
    struct cosign cosign;
    uint64_t interval_s;
    uint64_t retry_s;
};

static void cosigning_release(struct cosigning *cosigning)
{
    if (cosigning->cosign.client != NULL)
        client_close(cosigning->cosign.client);
    arena_release(&cosigning->arena);
}

/* ----------------------------------------------------------------------------------- what to do */

static bool read_policy(const struct cli *cli, struct cosigning *cosigning, struct error *err)
{
    const char *path, *vkey = cli_text(cli, "vkey");
    struct policy *policy = cosigning->policy = arena_alloc(&cosigning->arena, sizeof *policy);
    struct text CLEANUP(text_release) bytes;
    text_init(&bytes);
    if (!cli_required(cli, "policy", &path, err) ||
        !file_read(path, POLICY_SIZE_MAX, &bytes, err) ||
        (!policy_parse(bytes.data, bytes.size, &cosigning->arena, policy, err) &&
         !error_prefix(err, "'%s': ", path)))
        return false;
    cosigning->cosign.policy = policy;
    if (vkey != NULL)
        return key_read_vkey(vkey, &cosigning->cosign.log_key, err);
    if (policy->log_count != 1)
        return error_set(err, ERROR_INPUT, "'%s' lists %zu logs: --vkey says which one is meant",
                         path, policy->log_count);
    cosigning->cosign.log_key = policy->logs[0].key;
    return true;
}

/* add-checkpoint is asked under the prefix, without a second slash. */
static const char *prefix_of(struct cosigning *cosigning, const char *url)
{
    char *prefix = arena_text(&cosigning->arena, url);
    for (size_t size = strlen(prefix); size > 0 && prefix[size - 1] == '/'; size--)
        prefix[size - 1] = '\0';
    return prefix;
}

/* NAME=URL, one of a list. */
static bool set_url(struct cosigning *cosigning, char *named, struct error *err)
{
    const struct policy *policy = cosigning->policy;
    char *equals = strchr(named, '=');
    if (equals == NULL || equals[1] == '\0')
        return error_set(err, ERROR_INPUT, "--witness '%s' is not NAME=URL", named);
    *equals = '\0';
    for (size_t i = 0; i < policy->party_count; i++)
        if (policy_is_witness(&policy->parties[i]) && strcmp(policy->parties[i].name, named) == 0) {
            cosigning->cosign.urls[i] = prefix_of(cosigning, equals + 1);
            return true;
        }
    return error_set(err, ERROR_INPUT, "--witness: the policy has no witness '%s'", named);
}

static bool read_urls(const struct cli *cli, struct cosigning *cosigning, struct error *err)
{
    const struct policy *policy = cosigning->policy;
    const char *given = cli_text(cli, "witness");
    size_t count = 0;
    for (size_t i = 0; i < policy->party_count; i++)
        if (policy->parties[i].url != NULL)
            cosigning->cosign.urls[i] = prefix_of(cosigning, policy->parties[i].url);
    char *rest = given != NULL ? arena_text(&cosigning->arena, given) : NULL;
    for (char *one; rest != NULL && (one = strsep(&rest, ",")) != NULL;)
        if (!set_url(cosigning, one, err))
            return false;
    for (size_t i = 0; i < policy->party_count; i++)
        count += cosigning->cosign.urls[i] != NULL;
    return count > 0 || error_set(err, ERROR_INPUT, "no witness has a URL, so none can be asked");
}

static bool cosigning_open(const struct cli *cli, struct cosigning *cosigning, struct error *err)
{
    const char *archive;
    arena_init(&cosigning->arena);
    if (!cli_required(cli, "archive", &archive, err) || !read_policy(cli, cosigning, err) ||
        !read_urls(cli, cosigning, err) || !cli_u64(cli, "interval", &cosigning->interval_s, err) ||
        !cli_u64(cli, "retry", &cosigning->retry_s, err))
        return false;
    if (cosigning->interval_s < 1 || cosigning->interval_s > INTERVAL_MAX || cosigning->retry_s < 1)
        return error_set(err, ERROR_INPUT, "--interval is from 1 to %d, --retry at least 1",
                         INTERVAL_MAX);
    cosigning->cosign.folder = arena_printf(&cosigning->arena, "%s/public", archive);
    cosigning->cosign.client = client_open(TIMEOUT_SECONDS);
    return true;
}

/* ---------------------------------------------------------------------------------------- doing */

static void report(const struct cosign_round *round)
{
    const char *quorum = round->verdict.is_reached ? "the quorum is reached" : "NO QUORUM";
    log_info("size %" PRIu64 ": %zu witnesses have cosigned, %zu of %zu asked are away, %s",
             round->checkpoint.size, round->verdict.witness_count, round->away, round->asked,
             quorum);
}

static bool once(struct cosigning *cosigning, struct error *err)
{
    struct cosign_round round;
    if (!cosign_round(&cosigning->cosign, &round, err))
        return false;
    report(&round);
    if (round.contradicted > 0)
        return error_set(err, ERROR_HALT,
                         "%zu of %zu witnesses have seen another log than is published",
                         round.contradicted, round.asked);
    return round.verdict.is_reached ||
           error_set(err, round.away > 0 ? ERROR_BUSY : ERROR_REFUSED,
                     "the quorum is not reached: %zu witnesses have cosigned size %" PRIu64,
                     round.verdict.witness_count, round.checkpoint.size);
}

/* Until told to stop; a witness that contradicts is said again in every round. */
static void run(struct cosigning *cosigning)
{
    while (!stop_is_asked()) {
        struct cosign_round round = {.away = 1};
        struct error err;
        if (cosign_round(&cosigning->cosign, &round, &err))
            report(&round);
        else
            log_error("%s; trying again", err.message);
        bool is_short = round.away > 0 && cosigning->retry_s < cosigning->interval_s;
        (void)stop_wait(1000 * (int64_t)(is_short ? cosigning->retry_s : cosigning->interval_s));
    }
    log_info("stopped");
}

static bool cosign_command(const struct cli *cli, struct error *err)
{
    struct cosigning CLEANUP(cosigning_release) cosigning = {0};
    if (!cosigning_open(cli, &cosigning, err))
        return false;
    stop_catch();
    if (cli_switch(cli, "once"))
        return once(&cosigning, err);
    run(&cosigning);
    return true;
}

static const struct cli_command commands[] = {
    {"", "", "take the published checkpoint to the witnesses, again and again", cosign_command,
     NULL},
    {0},
};

int main(int argc, char **argv)
{
    static const struct cli_program program = {
        "daybook-cosign",
        "Has the published checkpoint cosigned by the witnesses of a policy, and keeps what they say.",
        commands, options};
    core_init();
    return cli_main(&program, argc, argv);
}
