#include "ingest/partition.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

void partitions_init(struct partitions *partitions)
{
    *partitions = (struct partitions){.count = 0};
    pthread_mutex_init(&partitions->lock, NULL);
}

void partitions_release(struct partitions *partitions)
{
    partitions_clear(partitions);
    for (size_t i = 0; i < partitions->left_count; i++)
        free(partitions->left[i]);
    partitions->left_count = 0;
    pthread_mutex_destroy(&partitions->lock);
}

static uint32_t number_of(const struct partition *partition)
{
    return partition->claim.assignment.partition;
}

/* Under the lock. */
static void forget_left(struct partitions *partitions, uint32_t number)
{
    for (size_t i = 0; i < partitions->left_count; i++)
        if (number_of(partitions->left[i]) == number) {
            free(partitions->left[i]);
            partitions->left[i] = partitions->left[--partitions->left_count];
            return;
        }
}

static void leave(struct partitions *partitions, struct partition *partition)
{
    partitions->by_number[number_of(partition)] = NULL;
    (void)claim_happens(&partition->claim, EVENT_GIVEN_BACK);
    if (partition->halt == HALT_NONE || partition->is_told) {
        free(partition);
        return;
    }
    assert(partitions->left_count < FEED_PARTITIONS_MAX);
    partitions->left[partitions->left_count++] = partition;
    partitions->is_news = true;
}

void partitions_clear(struct partitions *partitions)
{
    pthread_mutex_lock(&partitions->lock);
    for (size_t i = 0; i < partitions->count; i++)
        leave(partitions, partitions->rows[i]);
    partitions->count = 0;
    pthread_mutex_unlock(&partitions->lock);
}

static struct partition *open_partition(struct partitions *partitions, uint32_t number)
{
    size_t at = partitions->count;
    assert(number < FEED_PARTITIONS_MAX && partitions->count < FEED_PARTITIONS_MAX);
    while (at > 0 && partitions->rows[at - 1]->claim.assignment.partition > number) {
        partitions->rows[at] = partitions->rows[at - 1];
        at--;
    }
    partitions->rows[at] = memory_alloc(sizeof *partitions->rows[at]);
    partitions->by_number[number] = partitions->rows[at];
    partitions->rows[at]->proven.offset = OFFSET_NONE;
    partitions->count++;
    return partitions->rows[at];
}

static struct proof end_of(const struct claim *claim)
{
    return (struct proof){claim->end.last_offset, claim->end.last_hash};
}

/* What was proven stays so for as long as the chain is the same and the feed has the record; else
 * it is what the claim reads again. */
static struct proof proven_of(const struct partition *known, const struct claim *claim)
{
    if (known->proven.offset != OFFSET_NONE && known->proven.offset >= claim->low &&
        known->claim.assignment.incarnation == claim->assignment.incarnation)
        return known->proven;
    return claim->state == STATE_VERIFYING ? end_of(claim) : (struct proof){.offset = OFFSET_NONE};
}

struct partition *partitions_put(struct partitions *partitions, const struct claim *claim)
{
    pthread_mutex_lock(&partitions->lock);
    struct partition *partition = partitions->by_number[claim->assignment.partition];
    forget_left(partitions, claim->assignment.partition);
    if (partition == NULL)
        partition = open_partition(partitions, claim->assignment.partition);
    *partition = (struct partition){.claim = *claim,
                                    .expected = claim->end.next,
                                    .end_seen = OFFSET_NONE,
                                    .committed = claim->end.next,
                                    .end = end_of(claim),
                                    .first = {.offset = OFFSET_NONE},
                                    .proven = proven_of(partition, claim),
                                    .halt = claim->halt};
    memcpy(partition->halt_detail, claim->halt_detail, HALT_DETAIL_SIZE);
    pthread_mutex_unlock(&partitions->lock);
    return partition;
}

struct partition *partitions_find(const struct partitions *partitions, uint32_t number)
{
    return number < FEED_PARTITIONS_MAX ? partitions->by_number[number] : NULL;
}

void partitions_publish(struct partitions *partitions, const struct claim *claim, enum halt halt,
                        const char *halt_detail)
{
    pthread_mutex_lock(&partitions->lock);
    struct partition *partition = partitions->by_number[claim->assignment.partition];
    assert(partition && &partition->claim == claim);
    partition->committed = claim->end.next;
    partition->end = end_of(claim);
    if (partition->first.offset == OFFSET_NONE)
        partition->first = partition->end;
    if (halt != HALT_NONE && partition->halt == HALT_NONE) {
        partition->halt = halt;
        snprintf(partition->halt_detail, sizeof partition->halt_detail, "%s", halt_detail);
    }
    pthread_mutex_unlock(&partitions->lock);
}

void partitions_publish_halt(struct partitions *partitions, struct partition *partition)
{
    pthread_mutex_lock(&partitions->lock);
    partitions->is_news = true;
    partition->halt = partition->claim.halt;
    memcpy(partition->halt_detail, partition->claim.halt_detail, HALT_DETAIL_SIZE);
    pthread_mutex_unlock(&partitions->lock);
}

void partitions_take_halt(struct partitions *partitions, struct partition *partition)
{
    pthread_mutex_lock(&partitions->lock);
    if (partition->halt != HALT_NONE && partition->claim.state != STATE_HALTED) {
        assert(partition->halt == HALT_RATE); /* the committer knows no other */
        claim_explain(&partition->claim, "%s", partition->halt_detail);
        (void)claim_happens(&partition->claim, EVENT_RATE);
    }
    pthread_mutex_unlock(&partitions->lock);
}

void partitions_ends(struct partitions *partitions, struct proof out[FEED_PARTITIONS_MAX])
{
    pthread_mutex_lock(&partitions->lock);
    for (size_t i = 0; i < partitions->count; i++) {
        struct partition *partition = partitions->rows[i];
        out[i] = partition->end;
        if (partition->proven.offset == OFFSET_NONE)
            partition->proven = partition->first;
    }
    pthread_mutex_unlock(&partitions->lock);
}

bool partitions_take_news(struct partitions *partitions)
{
    pthread_mutex_lock(&partitions->lock);
    bool is_news = partitions->is_news;
    partitions->is_news = false;
    pthread_mutex_unlock(&partitions->lock);
    return is_news;
}

void partitions_told(struct partitions *partitions, uint32_t number, enum halt halt)
{
    pthread_mutex_lock(&partitions->lock);
    struct partition *partition = partitions->by_number[number];
    if (partition)
        partition->is_told = partition->halt == halt;
    forget_left(partitions, number);
    pthread_mutex_unlock(&partitions->lock);
}

static void view(const struct partition *partition, struct partition_view *out)
{
    *out = (struct partition_view){.assignment = partition->claim.assignment,
                                   .committed = partition->committed,
                                   .halt = partition->halt,
                                   .is_held = partition->claim.state != STATE_FREE};
    memcpy(out->halt_detail, partition->halt_detail, HALT_DETAIL_SIZE);
}

/* A number is in one of the two, so all of them fit. */
size_t partitions_view(struct partitions *partitions,
                       struct partition_view out[FEED_PARTITIONS_MAX])
{
    size_t count = 0;
    pthread_mutex_lock(&partitions->lock);
    for (size_t i = 0; i < partitions->count; i++)
        view(partitions->rows[i], &out[count++]);
    for (size_t i = 0; i < partitions->left_count; i++)
        view(partitions->left[i], &out[count++]);
    pthread_mutex_unlock(&partitions->lock);
    return count;
}
