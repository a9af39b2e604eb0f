#include "dev/generate.h"

#include <assert.h>
#include <string.h>

#include "dev/generate_events.h"

#define TICK_US (5 * MINUTE_US)
#define TICKS_PER_HOUR 12
#define RING_SIZE 4096 /* a repeat comes at most so many events after its original */

struct generator {
    const struct generate_plan *plan;
    enum generate_phase phase;
    generate_sink *sink;
    void *context;
    struct generate_counts *counts;
    struct usage ring[RING_SIZE];
    uint64_t ring_count;
    uint64_t number; /* events of both phases so far */
};

enum chance_stream {
    CHANCE_FATE = 1,
    CHANCE_KIND,
    CHANCE_WHICH,
    CHANCE_FORM,
    CHANCE_USAGE,
    CHANCE_ACTIVE
};

/* splitmix64 over (seed, stream, number): the only source of chance here. */
static uint64_t chance(const struct generator *generator, enum chance_stream stream,
                       uint64_t number)
{
    uint64_t z = generator->plan->seed * UINT64_C(0x9e3779b97f4a7c15) +
                 (uint64_t)stream * UINT64_C(0xd1b54a32d192ed03) +
                 number * UINT64_C(0x8cb92ba72f3d8dd7);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Of 100 000 events: 1 000 duplicates, 10 conflicts, 50 that are wrong, 100 late. */
static enum fate fate_of(const struct generator *generator, uint64_t number)
{
    uint64_t roll = chance(generator, CHANCE_FATE, number) % 100000;
    if (roll < 1010 && generator->ring_count == 0)
        return FATE_REGULAR; /* nothing to repeat yet */
    if (roll < 1000)
        return FATE_DUPLICATE;
    if (roll < 1010)
        return FATE_CONFLICT;
    if (roll < 1060) {
        uint64_t kinds = FATE_COUNT - FATE_BROKEN_JSON;
        return (enum fate)(FATE_BROKEN_JSON + chance(generator, CHANCE_KIND, number) % kinds);
    }
    return roll < 1160 ? FATE_LATE : FATE_REGULAR;
}

static const struct usage *ring_pick(const struct generator *generator)
{
    uint64_t held = generator->ring_count < RING_SIZE ? generator->ring_count : RING_SIZE;
    return &generator->ring[chance(generator, CHANCE_WHICH, generator->number) % held];
}

static bool emit(struct generator *generator, const struct usage *usage,
                 const struct usage_twist *twist, enum fate fate, struct error *err)
{
    if ((fate == FATE_LATE) != (generator->phase == PHASE_LATE))
        return true;
    struct written_event written;
    usage_write(usage, twist, &written);
    generator->counts->produced++;
    generator->counts->by_fate[fate]++;
    struct generated event = {
        .tenant = written.tenant,
        .json = written.json,
        .is_binary = twist->is_binary,
        .id = written.id,
        .source = written.source,
        .type = written.type,
        .time = written.time,
    };
    return generator->sink(generator->context, &event, err);
}

/* Another quantity under the same id. */
static void make_conflict(struct usage *usage)
{
    if (usage->is_gpu)
        usage->gpus += 1;
    else
        usage->tokens[0] += 1;
}

/* Spoils an event so that it must be refused for the fate's reason. */
static void make_wrong(enum fate fate, struct usage *usage, struct usage_twist *twist)
{
    if (fate == FATE_BROKEN_JSON)
        twist->is_broken = true;
    else if (fate == FATE_REAL_QUANTITY)
        twist->quantity = "1.5";
    else if (fate == FATE_NEGATIVE_TOKENS)
        twist->quantity = "-1";
    else if (fate == FATE_END_BEFORE_START)
        twist->end_shift_us = -HOUR_US;
    else if (fate == FATE_UNKNOWN_TENANT)
        twist->tenant = "nobody";
    else if (fate == FATE_UNKNOWN_SOURCE)
        twist->source = "/cluster/moon";
    else if (fate == FATE_SOURCE_NOT_ALLOWED)
        twist->source = usage->is_gpu ? TOKEN_SOURCE : GPU_SOURCE;
    else if (fate == FATE_FUTURE)
        usage->at_us += INT64_C(60) * 365 * DAY_US;
}

static bool dispose(struct generator *generator, struct usage *usage, struct error *err)
{
    uint64_t number = generator->number;
    struct usage_twist twist = {0};
    twist.is_binary = generator->plan->binary && chance(generator, CHANCE_FORM, number) % 10 == 0;
    enum fate fate = fate_of(generator, number);
    if (fate == FATE_END_BEFORE_START && !usage->is_gpu)
        fate = FATE_BROKEN_JSON;
    if (fate == FATE_NEGATIVE_TOKENS && usage->is_gpu)
        fate = FATE_REAL_QUANTITY;
    if (fate == FATE_DUPLICATE || fate == FATE_CONFLICT) {
        *usage = *ring_pick(generator);
        twist.is_reordered = number % 2 == 0;
    }
    if (fate == FATE_CONFLICT)
        make_conflict(usage);
    else
        make_wrong(fate, usage, &twist);
    if (fate == FATE_REGULAR)
        generator->ring[generator->ring_count++ % RING_SIZE] = *usage;
    generator->number++;
    return emit(generator, usage, &twist, fate, err);
}

/* An allocation belongs to one tenant for good: a third to Acme, a third to Globex. */
static unsigned allocation_tenant(unsigned allocation)
{
    if (allocation % 3 == 0)
        return ACME;
    return allocation % 3 == 1 ? GLOBEX : FIRST_PLAIN + allocation / 3 % PLAIN_COUNT;
}

static bool is_active(const struct generator *generator, unsigned allocation, uint64_t tick)
{
    uint64_t block = tick / (3 * TICKS_PER_HOUR) * 4096 + allocation;
    return chance(generator, CHANCE_ACTIVE, block) % 10 < 8;
}

static bool run_allocations(struct generator *generator, uint64_t tick, uint64_t target,
                            struct error *err)
{
    for (unsigned i = 0; i < generator->plan->allocations && generator->number < target; i++) {
        if (!is_active(generator, i, tick))
            continue;
        struct usage usage = {
            .is_gpu = true,
            .tenant = allocation_tenant(i),
            .number = generator->number,
            .at_us = generator->plan->from_us + (int64_t)tick * TICK_US,
            .allocation = i,
            .gpus = 1U << (i % 4),
            .length_seconds = (unsigned)(TICK_US / SECOND_US),
        };
        if (!dispose(generator, &usage, err))
            return false;
    }
    return true;
}

static bool run_request(struct generator *generator, uint64_t tick, struct error *err)
{
    uint64_t roll = chance(generator, CHANCE_USAGE, generator->number);
    bool is_initech = roll % 5 < 2;
    unsigned combination = (unsigned)(roll >> 8) % (is_initech ? 6 : 3);
    struct usage usage = {
        .tenant = is_initech ? INITECH : FIRST_PLAIN + (unsigned)(roll >> 16) % PLAIN_COUNT,
        .number = generator->number,
        .at_us = generator->plan->from_us + (int64_t)tick * TICK_US +
                 (int64_t)(roll >> 24) % 300000 * 1000,
        .model = combination % MODEL_COUNT,
        .project = combination / 2,
        .principal = combination,
        .tokens = {200 + (roll >> 32) % 6000, (roll >> 40) % 3 == 0 ? (roll >> 34) % 4000 : 0,
                   20 + (roll >> 44) % 1500},
    };
    return dispose(generator, &usage, err);
}

bool generate_run(const struct generate_plan *plan, enum generate_phase phase, generate_sink *sink,
                  void *context, struct generate_counts *out, struct error *err)
{
    static struct generator generator; /* the ring is too large for a stack */
    memset(&generator, 0, sizeof generator);
    memset(out, 0, sizeof *out);
    generator.plan = plan;
    generator.phase = phase;
    generator.sink = sink;
    generator.context = context;
    generator.counts = out;
    uint64_t ticks = (uint64_t)plan->hours * TICKS_PER_HOUR;
    assert(ticks > 0);
    for (uint64_t tick = 0; tick < ticks; tick++) {
        uint64_t target =
            plan->events / ticks * (tick + 1) + plan->events % ticks * (tick + 1) / ticks;
        if (!run_allocations(&generator, tick, target, err))
            return false;
        while (generator.number < target) {
            if (!run_request(&generator, tick, err))
                return false;
        }
    }
    return true;
}
