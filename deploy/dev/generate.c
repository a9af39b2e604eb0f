/*
 * generate: a seeded month of usage into a Kafka topic or a file, and what must become of it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cli.h"
#include "base/instant.h"
#include "base/log.h"
#include "dev/generate.h"
#include "dev/producer.h"

/* The headers of CloudEvents' binary mode. */
static rd_kafka_headers_t *binary_headers(const struct generated *event)
{
    const char *const pairs[][2] = {
        {"ce_specversion", "1.0"},
        {"ce_id", event->id},
        {"ce_source", event->source},
        {"ce_type", event->type},
        {"ce_subject", event->tenant},
        {"ce_time", event->time},
        {"content-type", "application/json"},
    };
    rd_kafka_headers_t *headers = rd_kafka_headers_new(COUNT_OF(pairs));
    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        rd_kafka_header_add(headers, pairs[i][0], -1, pairs[i][1], -1);
    return headers;
}

/* Where the events go, and how many are to come. */
struct target {
    struct producer producer;
    uint64_t expected;
};

static bool produce(void *context, const struct generated *event, struct error *err)
{
    struct target *target = context;
    rd_kafka_headers_t *headers =
        event->is_binary ? binary_headers(event) : producer_structured_headers();
    if (!producer_send(&target->producer, event->tenant, event->json, headers, err))
        return false;
    if (target->producer.produced % 4096 == 0)
        log_progress("events", (long long)target->producer.produced, (long long)target->expected);
    return true;
}

static bool write_line(void *context, const struct generated *event, struct error *err)
{
    FILE *file = context;
    if (fprintf(file, "%s\n", event->json) < 0)
        return error_set_errno(err, ERROR_SYSTEM, "cannot write an event");
    return true;
}

static void print_counts(const struct generate_counts *counts)
{
    uint64_t refused[FATE_COUNT] = {0};
    uint64_t accepted = counts->by_fate[FATE_REGULAR] + counts->by_fate[FATE_LATE];
    printf("{\"produced\": %" PRIu64 ", \"accepted\": %" PRIu64 ", \"duplicate\": %" PRIu64
           ", \"quarantined\": {",
           counts->produced, accepted, counts->by_fate[FATE_DUPLICATE]);
    for (enum fate fate = FATE_CONFLICT; fate < FATE_COUNT; fate++) {
        for (enum fate first = FATE_CONFLICT; first <= fate; first++) {
            if (strcmp(fate_refusal(first), fate_refusal(fate)) == 0) {
                refused[first] += counts->by_fate[fate];
                break;
            }
        }
    }
    const char *separator = "";
    for (enum fate fate = FATE_CONFLICT; fate < FATE_COUNT; fate++) {
        if (refused[fate] > 0) {
            printf("%s\"%s\": %" PRIu64, separator, fate_refusal(fate), refused[fate]);
            separator = ", ";
        }
    }
    printf("}}\n");
}

static bool read_plan(const struct cli *cli, struct generate_plan *plan, enum generate_phase *phase,
                      struct error *err)
{
    uint64_t hours, allocations;
    const char *from = cli_text(cli, "from"), *word = cli_text(cli, "phase");
    if (!cli_u64(cli, "seed", &plan->seed, err) || !cli_u64(cli, "events", &plan->events, err) ||
        !cli_u64(cli, "hours", &hours, err) || !cli_u64(cli, "allocations", &allocations, err) ||
        !instant_parse(from, strlen(from), "--from", &plan->from_us, err))
        return false;
    if (hours == 0 || hours > 9000 || allocations > 4000)
        return error_set(err, ERROR_INPUT, "--hours is 1 to 9000, --allocations at most 4000");
    plan->hours = (unsigned)hours;
    plan->allocations = (unsigned)allocations;
    *phase = strcmp(word, "late") == 0 ? PHASE_LATE : PHASE_MAIN;
    return true;
}

static bool run_topic(const struct cli *cli, struct error *err)
{
    struct generate_plan plan = {.binary = true};
    enum generate_phase phase;
    struct target target = {0};
    struct generate_counts counts;
    const char *brokers;
    if (!read_plan(cli, &plan, &phase, err) || !cli_required(cli, "kafka", &brokers, err) ||
        !producer_open(&target.producer, brokers, cli_text(cli, "topic"), err))
        return false;
    target.expected = plan.events;
    if (!generate_run(&plan, phase, produce, &target, &counts, err) ||
        !producer_close(&target.producer, err))
        return false;
    print_counts(&counts);
    return true;
}

static bool run_file(const struct cli *cli, struct error *err)
{
    struct generate_plan plan = {0};
    enum generate_phase phase;
    struct generate_counts counts;
    if (!read_plan(cli, &plan, &phase, err))
        return false;
    FILE *file = fopen(cli_argument(cli, 0), "w");
    if (file == NULL)
        return error_set_errno(err, ERROR_SYSTEM, "cannot open '%s'", cli_argument(cli, 0));
    bool done = generate_run(&plan, phase, write_line, file, &counts, err);
    if (fclose(file) != 0 && done)
        return error_set_errno(err, ERROR_SYSTEM, "cannot write '%s'", cli_argument(cli, 0));
    if (done)
        print_counts(&counts);
    return done;
}

static bool run_tenants(const struct cli *cli, struct error *err)
{
    (void)cli;
    (void)err;
    for (const struct generate_tenant *tenant = generate_tenants; tenant->id; tenant++)
        printf("%s\t%s\t%s\n", tenant->id, tenant->zone, tenant->name);
    return true;
}

static const struct cli_option options[] = {
    {"seed", "N", "1", "other seeds give other months"},
    {"events", "N", "1000000", "events of both phases together"},
    {"from", "INSTANT", "2026-09-01T00:00:00Z", "when usage begins"},
    {"hours", "N", "720", "how long usage lasts"},
    {"allocations", "N", "84", "GPU allocations at once"},
    {"phase", "main|late", "main", "late: only the events that main keeps back"},
    {0},
};
static const struct cli_option topic_options[] = {
    {"kafka", "BOOTSTRAP", NULL, "brokers, host:port"},
    {"topic", "NAME", "usage", "where to"},
    {0},
};
static const struct cli_command commands[] = {
    {"topic", "", "produce the events to Kafka", run_topic, topic_options},
    {"file", "FILE", "write them as NDJSON, structured", run_file, NULL},
    {"tenants", "", "the tenants that they bill: id, zone, name", run_tenants, NULL},
    {0},
};

int main(int argc, char **argv)
{
    static const struct cli_program program = {
        .name = "generate",
        .help = "Makes a seeded, deterministic month of usage and says what must become of it.",
        .commands = commands,
        .common_options = options,
    };
    log_open("generate");
    return cli_main(&program, argc, argv);
}
