/* Signatures by two threads, while the pass goes on. */
#include <stdlib.h>

#include "ledger/audit_parts.h"

struct worker {
    struct signatures *signatures;
    struct findings *found;
};

static void verify(const struct signature_item *items, size_t count, struct findings *found)
{
    for (size_t i = 0; i < count; i++)
        if (!leaf_verify(&items[i].leaf, items[i].public_bytes))
            findings_add(found, FINDING_ENTRY_SIGNATURE, items[i].index,
                         "the signature does not hold under the writer's key");
}

static struct signature_item *take(struct signatures *signatures, size_t *out_count)
{
    (void)pthread_mutex_lock(&signatures->mutex);
    while (signatures->waiting == NULL && !signatures->is_over)
        (void)pthread_cond_wait(&signatures->changed, &signatures->mutex);
    struct signature_item *items = signatures->waiting;
    *out_count = signatures->waiting_count;
    signatures->waiting = NULL;
    (void)pthread_cond_broadcast(&signatures->changed);
    (void)pthread_mutex_unlock(&signatures->mutex);
    return items;
}

static void *work(void *context)
{
    struct worker *worker = context;
    size_t count = 0;
    for (;;) {
        struct signature_item *items = take(worker->signatures, &count);
        if (items == NULL)
            break;
        verify(items, count, worker->found);
        free(items);
    }
    free(worker);
    return NULL;
}

static void hand_over(struct signatures *signatures)
{
    (void)pthread_mutex_lock(&signatures->mutex);
    while (signatures->waiting != NULL)
        (void)pthread_cond_wait(&signatures->changed, &signatures->mutex);
    signatures->waiting = signatures->filling;
    signatures->waiting_count = signatures->filling_count;
    signatures->filling = NULL;
    signatures->filling_count = 0;
    (void)pthread_cond_broadcast(&signatures->changed);
    (void)pthread_mutex_unlock(&signatures->mutex);
}

bool signatures_start(struct signatures *signatures, struct error *err)
{
    (void)pthread_mutex_init(&signatures->mutex, NULL);
    (void)pthread_cond_init(&signatures->changed, NULL);
    for (size_t i = 0; i < SIGNATURE_THREADS; i++) {
        struct worker *worker = memory_alloc(sizeof(*worker));
        findings_init(&signatures->found[i]);
        *worker = (struct worker){signatures, &signatures->found[i]};
        if (pthread_create(&signatures->threads[i], NULL, work, worker) != 0)
            return error_set(err, ERROR_SYSTEM, "cannot start a thread");
    }
    return true;
}

void signatures_add(struct signatures *signatures, uint64_t index, const struct leaf *leaf,
                    const unsigned char public_bytes[32])
{
    if (signatures->filling == NULL)
        signatures->filling = memory_alloc(SIGNATURE_BATCH * sizeof(*signatures->filling));
    struct signature_item *item = &signatures->filling[signatures->filling_count++];
    item->index = index;
    item->leaf = *leaf;
    for (size_t i = 0; i < sizeof(item->public_bytes); i++)
        item->public_bytes[i] = public_bytes[i];
    if (signatures->filling_count == SIGNATURE_BATCH)
        hand_over(signatures);
}

void signatures_finish(struct signatures *signatures, struct findings *findings)
{
    if (signatures->filling_count > 0)
        hand_over(signatures);
    (void)pthread_mutex_lock(&signatures->mutex);
    signatures->is_over = true;
    (void)pthread_cond_broadcast(&signatures->changed);
    (void)pthread_mutex_unlock(&signatures->mutex);
    for (size_t i = 0; i < SIGNATURE_THREADS; i++) {
        (void)pthread_join(signatures->threads[i], NULL);
        findings_merge(findings, &signatures->found[i]);
    }
    (void)pthread_mutex_destroy(&signatures->mutex);
    (void)pthread_cond_destroy(&signatures->changed);
}
