/*
 * A crew: the same work over many items, by several processes at once.
 *
 * Each worker takes the next item that nobody has, or several where they cost less together, fewer
 * towards the end, so that none waits for another; results are
 * handed to the caller in the order of the items, however many workers there are. What a worker
 * needs, it opens itself: nothing of the caller's that talks to others may be used in it.
 */
#ifndef INVOICES_CREW_H
#define INVOICES_CREW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cli.h"
#include "base/text.h"

#define CREW_JOBS_MAX 64
#define CREW_TOGETHER_MAX 64

/* The row of --jobs for tables of options. */
#define JOBS_OPTION                                                                                \
    {                                                                                              \
        "jobs", "N", NULL, "how many at once (default: one for each core)"                         \
    }

struct crew {
    const char *name;  /* for progress on stderr: "simulate: 100 of 900 tenants" */
    const char *items; /* "tenants" */
    size_t count;      /* items */
    unsigned jobs;
    void *context;
    /* In each worker: before its first item, and after its last. */
    bool (*begin)(void *context, struct error *err);
    void (*end)(void *context);
    /* In a worker: bytes of any meaning in *out. False ends the crew. */
    bool (*work)(void *context, size_t item, struct text *out, struct error *err);
    /* The same of up to `together` items from `first` on, outs[0] of the first; NULL: one by one.
     */
    bool (*work_together)(void *context, size_t first, size_t count, struct text *outs,
                          struct error *err);
    size_t together; /* at most CREW_TOGETHER_MAX */
    /* In the caller, item after item. */
    bool (*take)(void *context, size_t item, struct slice result, struct error *err);
};

/* --jobs, else the machine's cores. */
MUST_CHECK bool crew_jobs(const struct cli *cli, unsigned *out, struct error *err);
/* False with the first error that was met; then items after it were done or not. One job works in
 * this process. */
MUST_CHECK bool crew_run(const struct crew *crew, struct error *err);

#endif
