/*
 * What is covered, as coverage and spend plans say it.
 */
#include "rating/job.h"

#include <stdlib.h>

#include "rating/sort.h"

size_t job_add_source(struct job *job, const struct covered_source *source)
{
    job->sources = memory_grow(job->sources, &job->source_capacity, job->source_count + 1,
                               sizeof *job->sources);
    job->sources[job->source_count] = *source;
    return job->source_count++;
}

void job_add_covered(struct job *job, const struct covered *covered)
{
    job->covered = memory_grow(job->covered, &job->covered_capacity, job->covered_count + 1,
                               sizeof *job->covered);
    job->covered[job->covered_count++] = *covered;
}

static int64_t lot_of(const void *item, const void *context)
{
    const struct covered *covered = item;

    (void)context;
    return (int64_t)covered->lot;
}

static int by_lot(const void *left, const void *right, void *context)
{
    const struct covered *a = left;
    const struct covered *b = right;

    (void)context;
    if (a->lot != b->lot)
        return a->lot < b->lot ? -1 : 1;
    return (a->source > b->source) - (a->source < b->source);
}

void job_sort_covered(struct job *job)
{
    sort_by_number(job->covered, job->covered_count, sizeof *job->covered, lot_of, by_lot, NULL);
}

void job_release(struct job *job)
{
    fragments_release(&job->fragments);
    ratio_pool_release(&job->pool);
    free(job->covered);
    free(job->sources);
}
