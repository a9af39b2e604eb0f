/*
 * Contracts, plans and usage in a few words, for the tests of rating.
 */
#ifndef RATING_FIXTURE_H
#define RATING_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/instant.h"
#include "core/canonical.h"
#include "rating/difference.h"
#include "rating/rate.h"

#define HOURS ((int128)3600000000) /* µGPU·s of one GPU-hour */

struct fixture {
    struct arena arena;
    struct contract contract;
    struct plan plans[4];
    const struct plan *plan_list[4];
    size_t plan_count;
    uint32_t grid_seconds; /* 0: the zone's own */
    struct period period;
    struct rating_usage usage;
    struct rating rating;
    struct error err;
};

static inline void fixture_open(struct fixture *f)
{
    memset(f, 0, sizeof *f);
    core_init();
    arena_init(&f->arena);
    usage_init(&f->usage, &f->arena);
}

static inline void fixture_close(struct fixture *f)
{
    usage_release(&f->usage);
    contract_release(&f->contract);
    arena_release(&f->arena);
}

/* A plan of these charges (JSON, without the brackets). */
static inline bool fixture_plan(struct fixture *f, const char *charges)
{
    const char *json =
        arena_printf(&f->arena, "{\"plan\":\"p\",\"currency\":\"EUR\",\"charges\":[%s]}", charges);
    size_t n = f->plan_count;

    if (!plan_parse(json, strlen(json), "plan.json", (uint32_t)n + 1, &f->arena, &f->plans[n],
                    &f->err))
        return false;
    f->plan_list[n] = &f->plans[n];
    f->plan_count++;
    return true;
}

/* A contract from September 2026 on, in UTC with 19 %; members after "from" are given. */
static inline bool fixture_contract(struct fixture *f, const char *members)
{
    const char *json = arena_printf(
        &f->arena,
        "{\"contract\":\"c\",\"tenant\":\"t\",\"legal_entity\":{\"id\":\"e\",\"name\":\"E\","
        "\"address\":[\"A\"],\"country\":\"DE\",\"number_series\":\"N\"},\"customer\":{\"name\":"
        "\"C\",\"address\":[\"A\"],\"country\":\"DE\"},\"currency\":\"EUR\",\"zone\":\"UTC\","
        "\"billing\":{\"day\":1,\"hour\":0,\"minute\":0},\"from\":\"2026-09-01T00:00:00Z\","
        "\"to\":null,\"tax\":{\"profile\":[{\"category\":\"standard\",\"rate\":\"19\"}]},%s}",
        members);

    return contract_parse(json, strlen(json), "contract.json", f->grid_seconds, &f->arena,
                          &f->contract, &f->err);
}

#define ONE_PLAN                                                                                   \
    "\"plans\":[{\"plan\":\"p\",\"version\":1,\"from\":\"2026-09-01T00:00:00Z\",\"to\":null}]"

/* Adds quantity base units of a series of gpu_time in the hour that begins at `from`. */
static inline void fixture_use_of(struct fixture *f, const struct dimension *dimensions,
                                  size_t count, const char *from, int128 quantity)
{
    struct series series = {.meter = slice_of("gpu_time"),
                            .unit = slice_of("uGPU.s"),
                            .scale = 6,
                            .aggregation = AGGREGATION_SUM,
                            .dimension_count = count};
    struct text bytes;
    uint32_t at = 0;
    int64_t from_us = 0;

    memcpy(series.dimensions, dimensions, count * sizeof *dimensions);
    text_init(&bytes);
    assert_true(series_encode(&series, &bytes, &f->err));
    assert_true(usage_add_series(&f->usage, bytes.data, bytes.size, &at, &f->err));
    text_release(&bytes);
    assert_true(instant_parse(from, strlen(from), "from", &from_us, &f->err));
    usage_add(&f->usage, at, from_us, 3600, quantity);
}

/* The same of {sku, project}. */
static inline void fixture_use(struct fixture *f, const char *sku, const char *project,
                               const char *from, int128 quantity)
{
    const struct dimension dimensions[] = {{slice_of("sku"), slice_of(sku)},
                                           {slice_of("project"), slice_of(project)}};

    fixture_use_of(f, dimensions, COUNT_OF(dimensions), from, quantity);
}

static inline bool fixture_rate(struct fixture *f)
{
    return contract_period(&f->contract, "2026-10", &f->period, &f->err) &&
           rate(&f->contract, f->plan_list, f->plan_count, &f->period, &f->usage, &f->arena,
                &f->rating, &f->err);
}

#endif
