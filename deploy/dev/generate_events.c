#include "dev/generate_events.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dev/generate.h"

#define DATA_SIZE 500

const struct generate_tenant generate_tenants[] = {
    {"acme", "Acme Robotics GmbH", "Europe/Berlin"},
    {"globex", "Globex AG", "Europe/Berlin"},
    {"initech", "Initech Pvt Ltd", "Asia/Kolkata"},
    {"tenant-01", "Tenant 01", "UTC"},
    {"tenant-02", "Tenant 02", "UTC"},
    {"tenant-03", "Tenant 03", "UTC"},
    {"tenant-04", "Tenant 04", "UTC"},
    {"tenant-05", "Tenant 05", "UTC"},
    {"tenant-06", "Tenant 06", "UTC"},
    {"tenant-07", "Tenant 07", "UTC"},
    {"tenant-08", "Tenant 08", "UTC"},
    {"tenant-09", "Tenant 09", "UTC"},
    {"tenant-10", "Tenant 10", "UTC"},
    {"tenant-11", "Tenant 11", "UTC"},
    {"tenant-12", "Tenant 12", "UTC"},
    {"tenant-13", "Tenant 13", "UTC"},
    {"tenant-14", "Tenant 14", "UTC"},
    {"tenant-15", "Tenant 15", "UTC"},
    {"tenant-16", "Tenant 16", "UTC"},
    {"tenant-17", "Tenant 17", "UTC"},
    {"tenant-18", "Tenant 18", "UTC"},
    {"tenant-19", "Tenant 19", "UTC"},
    {"tenant-20", "Tenant 20", "UTC"},
    {0},
};

static const char *const refusals[FATE_COUNT] = {
    [FATE_BROKEN_JSON] = "malformed",
    [FATE_REAL_QUANTITY] = "malformed",
    [FATE_NEGATIVE_TOKENS] = "malformed",
    [FATE_END_BEFORE_START] = "end_before_start",
    [FATE_UNKNOWN_TENANT] = "unknown_tenant",
    [FATE_UNKNOWN_SOURCE] = "unknown_source",
    [FATE_SOURCE_NOT_ALLOWED] = "source_not_allowed",
    [FATE_FUTURE] = "future",
    [FATE_CONFLICT] = "conflict",
};

const char *fate_refusal(enum fate fate)
{
    return refusals[fate];
}

static const char *const skus[] = {"h100", "a100", "h200", "l40s"};
static const char *const models[] = {"llama-4-70b", "qwen-3-235b", "mixtral-9x30b", "gpt-oss-120b"};
static const char *const gpu_projects[] = {"train", "batch"};

static const char *sku_of(const struct usage *usage)
{
    if (usage->tenant == GLOBEX)
        return "h100";
    size_t choice = usage->tenant == ACME ? 2 : COUNT_OF(skus);
    return skus[usage->allocation / 3 % choice];
}

static void gpu_data(const struct usage *usage, int64_t end_us, const char *gpu_count, char *out,
                     size_t out_size)
{
    char start[INSTANT_TEXT_SIZE], end[INSTANT_TEXT_SIZE], count[16];
    instant_format(usage->at_us, start);
    instant_format(end_us, end);
    snprintf(count, sizeof count, "%u", usage->gpus);
    bool even = usage->allocation % 2 == 0;
    snprintf(out, out_size,
             "{\"allocation\":\"a-%04u\",\"project\":\"%s\",\"sku\":\"%s\",\"region\":\"%s\","
             "\"zone\":\"%s\",\"gpu_count\":%s,\"start\":\"%s\",\"end\":\"%s\",\"market\":\"%s\"}",
             usage->allocation, gpu_projects[usage->allocation / 2 % 2], sku_of(usage),
             even ? "eu-central" : "us-east", even ? "fra1-a" : "nyc1-b",
             gpu_count ? gpu_count : count, start, end,
             usage->tenant == GLOBEX ? "reserved" : "on_demand");
}

/* `reordered` writes the same event with other white space and order of members. */
static void tokens_data(const struct usage *usage, bool reordered, const char *output, char *out,
                        size_t out_size)
{
    const char *model = models[usage->model];
    if (reordered)
        snprintf(out, out_size,
                 "{ \"tokens\": {\"output\": %s, \"input\": %" PRIu64 ", \"cache_read\": %" PRIu64
                 "},  \"model\": \"%s\", \"region\": \"eu-central\", \"principal\": \"key-%u\", "
                 "\"project\": \"chat-%u\", \"tier\": \"standard\", \"batch\": false }",
                 output, usage->tokens[0], usage->tokens[1], model, usage->principal,
                 usage->project);
    else
        snprintf(out, out_size,
                 "{\"model\":\"%s\",\"region\":\"eu-central\",\"project\":\"chat-%u\","
                 "\"principal\":\"key-%u\",\"tier\":\"standard\",\"batch\":false,"
                 "\"tokens\":{\"input\":%" PRIu64 ",\"cache_read\":%" PRIu64 ",\"output\":%s}}",
                 model, usage->project, usage->principal, usage->tokens[0], usage->tokens[1],
                 output);
}

void usage_write(const struct usage *usage, const struct usage_twist *twist,
                 struct written_event *out)
{
    char data[DATA_SIZE];
    out->tenant = twist->tenant ? twist->tenant : generate_tenants[usage->tenant].id;
    out->source = twist->source ? twist->source : usage->is_gpu ? GPU_SOURCE : TOKEN_SOURCE;
    out->type = usage->is_gpu ? "gpu.slice.v1" : "tokens.request.v1";
    snprintf(out->id, sizeof out->id, "%s-%" PRIu64, usage->is_gpu ? "g" : "t", usage->number);
    if (usage->is_gpu) {
        int64_t end_us = usage->at_us + usage->length_seconds * SECOND_US + twist->end_shift_us;
        gpu_data(usage, end_us, twist->quantity, data, sizeof data);
        instant_format(end_us, out->time);
    } else {
        char output[24];
        snprintf(output, sizeof output, "%" PRIu64, usage->tokens[2]);
        tokens_data(usage, twist->is_reordered, twist->quantity ? twist->quantity : output, data,
                    sizeof data);
        instant_format(usage->at_us, out->time);
    }
    if (twist->is_binary)
        snprintf(out->json, sizeof out->json, "%s", data);
    else
        snprintf(out->json, sizeof out->json,
                 "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"%s\",\"type\":\"%s\","
                 "\"subject\":\"%s\",\"time\":\"%s\",\"datacontenttype\":\"application/json\","
                 "\"data\":%s}",
                 out->id, out->source, out->type, out->tenant, out->time, data);
    if (twist->is_broken)
        out->json[strlen(out->json) - 3] = '\0';
}
