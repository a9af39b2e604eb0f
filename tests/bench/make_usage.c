/*
 * make_usage: token requests of any number of tenants into a topic, for benchmarks; and what must
 * become of them. A function of its arguments: nothing here is by chance.
 *
 *   make_usage topic --kafka BOOTSTRAP --topic NAME --events N [--tenants N] [--per-hour N]
 *                    [--from INSTANT] [--late PERCENT]
 *   make_usage steady --kafka BOOTSTRAP --topic NAME --rate N --seconds N [--tenants N]
 *   make_usage tenants [--tenants N]
 *
 * Each tenant has one model and project, so an event adds to two series. Every hundredth event is
 * a copy of one before it. `topic` writes usage of consecutive hours, `--per-hour` events in each,
 * and of them `--late` percent into the 35 days before. `steady` writes usage of now at a rate, and
 * ten times a second an event of the tenant `probe`, whose instants it prints (in µs); at the end
 * what it sent, and how long it took (µs).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cli.h"
#include "base/instant.h"
#include "base/log.h"
#include "core/partitioner.h"
#include "dev/producer.h"

#define PROBE "probe"
#define LATE_HOURS (35 * 24)
#define COPY_EVERY 100
#define COPY_DISTANCE 50 /* events between one and its copy */
#define PROBES_PER_SECOND 10
#define PAUSE_MS 2
#define TENANT_SIZE 16
#define EVENT_SIZE 600

struct making {
    struct producer producer;
    uint64_t tenants;
    uint64_t per_hour;
    uint64_t late_percent;
    int64_t from_us;
    int64_t run; /* part of each id, so that one run repeats nothing of another */
};

/* splitmix64 of a number: evenly spread, always the same. */
static uint64_t spread(uint64_t number)
{
    uint64_t z = number + UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void tenant_name(uint64_t number, char out[TENANT_SIZE])
{
    snprintf(out, TENANT_SIZE, "t-%06" PRIu64, number % 1000000);
}

static bool is_late(const struct making *making, uint64_t number)
{
    return spread(~number) % 100 < making->late_percent;
}

/* Within its hour the events of that hour come one after the other. */
static int64_t instant_of(const struct making *making, uint64_t number)
{
    uint64_t hour = number / making->per_hour;
    int64_t within_us =
        (int64_t)(number % making->per_hour * (uint64_t)(HOUR_US / 1000) / making->per_hour) * 1000;
    int64_t at_us = making->from_us + (int64_t)hour * HOUR_US + within_us;
    if (is_late(making, number))
        at_us -= (int64_t)(1 + spread(number ^ UINT64_C(0x1a7e)) % LATE_HOURS) * HOUR_US;
    return at_us;
}

struct request {
    const char *tenant;
    uint64_t number;
    int64_t at_us;
    uint64_t input, output; /* tokens; of none no entry is made */
};

static bool send_request(struct making *making, const struct request *request, struct error *err)
{
    char time[INSTANT_TEXT_SIZE], event[EVENT_SIZE];
    instant_format(request->at_us, time);
    snprintf(event, sizeof event,
             "{\"specversion\":\"1.0\",\"id\":\"u-%" PRId64 "-%" PRIu64
             "\",\"source\":\"/gateway/fra1\",\"type\":\"tokens.request.v1\",\"subject\":\"%s\","
             "\"time\":\"%s\",\"datacontenttype\":\"application/json\","
             "\"data\":{\"model\":\"llama-4-70b\",\"region\":\"eu-central\",\"project\":\"chat\","
             "\"principal\":\"key-1\",\"tier\":\"standard\",\"batch\":false,"
             "\"tokens\":{\"input\":%" PRIu64 ",\"output\":%" PRIu64 "}}}",
             making->run, request->number, request->tenant, time, request->input, request->output);
    return producer_send(&making->producer, request->tenant, event, producer_structured_headers(),
                         err);
}

/* The event of a number, of the instant, or of the one that its number gives it. */
static bool send_usage(struct making *making, uint64_t number, const int64_t *at_us,
                       struct error *err)
{
    char tenant[TENANT_SIZE];
    uint64_t tokens = spread(number);
    tenant_name(spread(number ^ UINT64_C(0x7e)) % making->tenants, tenant);
    struct request request = {.tenant = tenant,
                              .number = number,
                              .at_us = at_us ? *at_us : instant_of(making, number),
                              .input = 1 + tokens % 6000,
                              .output = 1 + (tokens >> 32) % 1500};
    return send_request(making, &request, err);
}

static bool open_making(const struct cli *cli, struct making *making, struct error *err)
{
    const char *brokers;
    if (!cli_u64(cli, "tenants", &making->tenants, err) ||
        !cli_required(cli, "kafka", &brokers, err))
        return false;
    if (making->tenants < 1 || making->tenants > 1000000)
        return error_set(err, ERROR_INPUT, "--tenants is 1 to 1000000");
    return producer_open(&making->producer, brokers, cli_text(cli, "topic"), err);
}

static bool run_topic(const struct cli *cli, struct error *err)
{
    static struct making making; /* outlives the client's last call back */
    uint64_t events;
    const char *from = cli_text(cli, "from");
    if (!cli_u64(cli, "events", &events, err) ||
        !instant_parse(from, strlen(from), "--from", &making.from_us, err) ||
        !cli_u64(cli, "per-hour", &making.per_hour, err) ||
        !cli_u64(cli, "late", &making.late_percent, err))
        return false;
    if (making.per_hour == 0 || making.late_percent > 100)
        return error_set(err, ERROR_INPUT, "--per-hour is not 0, --late at most 100");
    making.run = making.from_us / SECOND_US;
    if (!open_making(cli, &making, err))
        return false;
    for (uint64_t number = 0; number < events; number++) {
        if (number % 4096 == 0)
            log_progress("events", (long long)number, (long long)events);
        bool is_copy = number % COPY_EVERY == COPY_EVERY - 1;
        if (!send_usage(&making, is_copy ? number - COPY_DISTANCE : number, NULL, err))
            return false;
    }
    if (!producer_close(&making.producer, err))
        return false;
    uint64_t copies = events / COPY_EVERY;
    printf("{\"produced\": %" PRIu64 ", \"accepted\": %" PRIu64 ", \"duplicate\": %" PRIu64 "}\n",
           events, events - copies, copies);
    return true;
}

/* --------------------------------------------------------------------------------------- steady */

struct pace {
    uint64_t rate;
    uint64_t sent;
    uint64_t probes;
};

/* Sends what is due after so long, and the probes that are; a probe is one token. */
static bool send_due(struct making *making, struct pace *pace, int64_t passed_us, struct error *err)
{
    int64_t now_us = instant_now() / 1000 * 1000;
    uint64_t probes_due = (uint64_t)passed_us * PROBES_PER_SECOND / (uint64_t)SECOND_US;
    uint64_t due = (uint64_t)passed_us * pace->rate / (uint64_t)SECOND_US;
    for (; pace->probes < probes_due; pace->probes++) {
        struct request probe = {PROBE, pace->probes, now_us, 1, 0};
        if (!send_request(making, &probe, err))
            return false;
        printf("%" PRId64 "\n", now_us);
    }
    for (; pace->sent < due; pace->sent++)
        if (!send_usage(making, pace->sent, &now_us, err))
            return false;
    return true;
}

static bool run_steady(const struct cli *cli, struct error *err)
{
    static struct making making;
    struct pace pace = {0};
    uint64_t seconds;
    if (!cli_u64(cli, "rate", &pace.rate, err) || !cli_u64(cli, "seconds", &seconds, err) ||
        !open_making(cli, &making, err))
        return false;
    making.run = instant_now() / SECOND_US;
    int64_t started_us = instant_monotonic(), passed_us = 0;
    while (passed_us < (int64_t)seconds * SECOND_US) {
        if (!send_due(&making, &pace, passed_us, err))
            return false;
        fflush(stdout);
        producer_poll(&making.producer, PAUSE_MS);
        passed_us = instant_monotonic() - started_us;
    }
    if (!producer_close(&making.producer, err))
        return false;
    printf("sent %" PRIu64 " %" PRId64 "\n", pace.sent, instant_monotonic() - started_us);
    return true;
}

static bool run_tenants(const struct cli *cli, struct error *err)
{
    char tenant[TENANT_SIZE];
    uint64_t tenants;
    if (!cli_u64(cli, "tenants", &tenants, err))
        return false;
    printf("%s\t%u\n", PROBE, partitioner_slot(PROBE, strlen(PROBE)));
    for (uint64_t number = 0; number < tenants; number++) {
        tenant_name(number, tenant);
        printf("%s\t%u\n", tenant, partitioner_slot(tenant, strlen(tenant)));
    }
    return true;
}

/* --------------------------------------------------------------------------------------- the
 * tables */

static const struct cli_option options[] = {
    {"tenants", "N", "1000", "that use it, each as much as the others"},
    {0},
};
static const struct cli_option topic_options[] = {
    {"kafka", "BOOTSTRAP", NULL, "brokers, host:port"},
    {"topic", "NAME", "usage", "where to"},
    {"events", "N", "1000000", "how many"},
    {"from", "INSTANT", "2026-09-01T00:00:00Z", "the first hour"},
    {"per-hour", "N", "1000000", "how many of them an hour has"},
    {"late", "PERCENT", "0", "how many of them are of the 35 days before"},
    {0},
};
static const struct cli_option steady_options[] = {
    {"kafka", "BOOTSTRAP", NULL, "brokers, host:port"},
    {"topic", "NAME", "usage", "where to"},
    {"rate", "N", "1000", "events a second"},
    {"seconds", "N", "30", "for how long"},
    {0},
};
static const struct cli_command commands[] = {
    {"topic", "", "write the events of some hours", run_topic, topic_options},
    {"steady", "", "write events of now at a rate, and probes", run_steady, steady_options},
    {"tenants", "", "those whose they are, probe among them: id, slot", run_tenants, NULL},
    {0},
};

int main(int argc, char **argv)
{
    static const struct cli_program program = {
        .name = "make_usage",
        .help = "Makes usage of any number of tenants and says what must become of it.",
        .commands = commands,
        .common_options = options,
    };
    log_open("make_usage");
    return cli_main(&program, argc, argv);
}
