/*
 * What rating costs when its sums are in memory already: no database, no documents, one thread.
 *
 *   rate_months PLAN CONTRACT PERIOD SERIES WINDOWS COUNT
 *
 * SERIES series of the meter `gpu_time`, of which no two have the same project, each with WINDOWS
 * windows of an hour from the period's beginning on, with other quantities in each tenant's month.
 * The files are read and compiled once; then, COUNT times, the rows are given to rating, as the
 * database's answer would be (`rows`), rated (`rate`), and made into the members of a document that
 * follow from rating (`json`). Prints one line of JSON: microseconds of CPU time a month of each.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/instant.h"
#include "core/canonical.h"
#include "core/digest.h"
#include "rating/rate.h"

#define GPU_HOUR ((int128)3600000000)
#define TERMS_MAX (1 << 20)

struct months {
    struct arena arena; /* of what is compiled */
    struct plan plan;
    struct contract contract;
    struct period period;
    uint64_t series_count;
    uint64_t windows;
    struct text *descriptors;
};

static uint64_t cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static bool read_terms(char **words, struct months *out, struct error *err)
{
    struct text CLEANUP(text_release) plan, contract;
    const struct plan *plans[] = {&out->plan};
    text_init(&plan);
    text_init(&contract);
    return file_read(words[0], TERMS_MAX, &plan, err) &&
           file_read(words[1], TERMS_MAX, &contract, err) &&
           plan_parse(plan.data, plan.size, words[0], 1, &out->arena, &out->plan, err) &&
           contract_parse(contract.data, contract.size, words[1], 3600, &out->arena, &out->contract,
                          err) &&
           contract_check_plans(&out->contract, plans, 1, err) &&
           contract_period(&out->contract, words[2], &out->period, err);
}

static bool make_series(struct months *out, struct error *err)
{
    out->descriptors = arena_array(&out->arena, out->series_count + 1, sizeof(*out->descriptors));
    for (uint64_t i = 0; i < out->series_count; i++) {
        struct series series = {.meter = slice_of("gpu_time"),
                                .unit = slice_of("gpu.s"),
                                .scale = 6,
                                .aggregation = AGGREGATION_SUM};
        const char *project = arena_printf(&out->arena, "p-%" PRIu64, i);
        series.dimensions[series.dimension_count++] =
            (struct dimension){slice_of("project"), slice_of(project)};
        text_init(&out->descriptors[i]);
        if (!series_encode(&series, &out->descriptors[i], err))
            return false;
    }
    return true;
}

/* Thousandths of a GPU-hour, so that amounts are no whole numbers. */
static int128 quantity_of(uint64_t month, uint64_t series, uint64_t window)
{
    return (int128)(1 + (month * 131 + series * 17 + window * 7) % 8000) * GPU_HOUR / 1000;
}

static bool add_rows(const struct months *months, uint64_t month, struct rating_usage *usage,
                     struct error *err)
{
    uint32_t at;
    for (uint64_t i = 0; i < months->series_count; i++) {
        const struct text *descriptor = &months->descriptors[i];
        if (!usage_add_series(usage, descriptor->data, descriptor->size, &at, err))
            return false;
        for (uint64_t window = 0; window < months->windows; window++)
            usage_add(usage, at, months->period.from_us + (int64_t)window * HOUR_US, 3600,
                      quantity_of(month, i, window));
    }
    return true;
}

struct spent {
    uint64_t rows_ns;
    uint64_t rate_ns;
    uint64_t json_ns;
    uint64_t lines;
    int128 net_minor;
};

/* In an arena of its own, as for each tenant. */
static bool rate_month(const struct months *months, uint64_t month, struct spent *spent,
                       struct error *err)
{
    struct arena CLEANUP(arena_release) arena;
    struct rating_usage CLEANUP(usage_release) usage;
    const struct plan *plans[] = {&months->plan};
    struct rating rating;
    uint64_t times[4] = {cpu_ns()};
    arena_init(&arena);
    usage_init(&usage, &arena);
    if (!add_rows(months, month, &usage, err))
        return false;
    times[1] = cpu_ns();
    if (!rate(&months->contract, plans, 1, &months->period, &usage, &arena, &rating, err))
        return false;
    times[2] = cpu_ns();
    json_decref(rating_json(&rating));
    times[3] = cpu_ns();
    spent->rows_ns += times[1] - times[0];
    spent->rate_ns += times[2] - times[1];
    spent->json_ns += times[3] - times[2];
    spent->lines += rating.line_count;
    spent->net_minor += rating.net_minor;
    return true;
}

static bool run(char **words, struct error *err)
{
    struct months months = {0};
    struct spent spent = {0};
    uint64_t count;
    char net[INT128_TEXT_SIZE];
    arena_init(&months.arena);
    if (!number_parse_u64(words[3], strlen(words[3]), "SERIES", &months.series_count, err) ||
        !number_parse_u64(words[4], strlen(words[4]), "WINDOWS", &months.windows, err) ||
        !number_parse_u64(words[5], strlen(words[5]), "COUNT", &count, err) ||
        !read_terms(words, &months, err) || !make_series(&months, err))
        return false;
    for (uint64_t i = 0; i < count; i++)
        if (!rate_month(&months, i, &spent, err))
            return false;
    uint64_t each = 1000 * (count > 0 ? count : 1);
    printf("{\"months\":%" PRIu64 ",\"lines\":%" PRIu64 ",\"net\":\"%s\",\"rows_us\":%" PRIu64
           ",\"rate_us\":%" PRIu64 ",\"json_us\":%" PRIu64 "}\n",
           count, spent.lines, number_format(spent.net_minor, net), spent.rows_ns / each,
           spent.rate_ns / each, spent.json_ns / each);
    return true;
}

int main(int argc, char **argv)
{
    struct error err;
    core_init();
    memory_stay();
    if (argc != 7) {
        fprintf(stderr, "usage: rate_months PLAN CONTRACT PERIOD SERIES WINDOWS COUNT\n");
        return 2;
    }
    if (run(argv + 1, &err))
        return 0;
    fprintf(stderr, "rate_months: %s\n", err.message);
    return 1;
}
