#include "verify/signatures.h"

#include <inttypes.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#include "base/arena.h"

#define THREADS 2
#define WRITER_ROLES (ROLE_INGEST | ROLE_CONTROL | ROLE_INVOICES)

struct share {
    const struct leaf *leaves;
    uint64_t first; /* the index of leaves[0] */
    uint64_t count;
    uint64_t begin; /* this thread takes begin, begin + THREADS, … of them */
    const struct keyring *keys;
    const struct verify_sample *chosen;
    struct digest root; /* how leaves name the root key */
    struct findings findings;
    struct verify_signatures_report report;
};

static bool is_chosen(const struct verify_sample *chosen, uint64_t index)
{
    return chosen->bits == NULL || (chosen->bits[index / 8] >> index % 8 & 1) != 0;
}

static uint64_t random_up_to(uint64_t last)
{
    uint64_t number;
    randombytes_buf(&number, sizeof number);
    return last == UINT64_MAX ? number : number % (last + 1);
}

/* Floyd's way: each step adds one, and every set of `sample` is as likely as any other. */
void verify_sample_choose(struct verify_sample *chosen, uint64_t count, uint64_t sample)
{
    chosen->bits = NULL;
    if (sample >= count)
        return;
    chosen->bits = memory_alloc((size_t)count / 8 + 1);
    for (uint64_t last = count - sample; last < count; last++) {
        uint64_t index = random_up_to(last);
        if (is_chosen(chosen, index))
            index = last;
        chosen->bits[index / 8] = (unsigned char)(chosen->bits[index / 8] | 1U << index % 8);
    }
}

void verify_sample_release(struct verify_sample *chosen)
{
    free(chosen->bits);
    chosen->bits = NULL;
}

/* The key that may have signed the entry at this index, or NULL. */
static const struct public_key *writer_at(const struct share *share, uint64_t index,
                                          const struct digest *writer)
{
    if (digest_equals_public(writer, &share->root))
        return &share->keys->root_key;
    const struct key_grant *grant = keyring_find(share->keys, writer, index, WRITER_ROLES);
    return grant != NULL ? &grant->key : NULL;
}

static void check_one(struct share *share, uint64_t index, const struct leaf *leaf)
{
    const struct public_key *key = writer_at(share, index, &leaf->writer);
    if (key == NULL)
        findings_add(&share->findings, FINDING_ENTRY_WRITER, index,
                     "its writer's key was not granted at this index");
    else if (key != &share->keys->root_key && !is_chosen(share->chosen, index))
        share->report.unchecked++;
    else if (!leaf_verify(leaf, key->bytes))
        findings_add(&share->findings, FINDING_ENTRY_SIGNATURE, index, "does not hold under '%s'",
                     key->name);
    else
        share->report.valid++;
}

static void *check_share(void *context)
{
    struct share *share = context;
    for (uint64_t i = share->begin; i < share->count; i += THREADS)
        check_one(share, share->first + i, &share->leaves[i]);
    return NULL;
}

void verify_signatures(const struct leaf *leaves, uint64_t first, uint64_t count,
                       const struct keyring *keys, const struct verify_sample *chosen,
                       struct verify_signatures_report *report, struct findings *findings)
{
    struct share shares[THREADS];
    pthread_t threads[THREADS];
    bool started[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        shares[i] = (struct share){.leaves = leaves,
                                   .first = first,
                                   .count = count,
                                   .begin = i,
                                   .keys = keys,
                                   .chosen = chosen,
                                   .root = key_hash(keys->root_key.bytes)};
        findings_init(&shares[i].findings);
        started[i] = pthread_create(&threads[i], NULL, check_share, &shares[i]) == 0;
    }
    for (unsigned i = 0; i < THREADS; i++) {
        if (started[i])
            pthread_join(threads[i], NULL);
        else
            check_share(&shares[i]);
        report->valid += shares[i].report.valid;
        report->unchecked += shares[i].report.unchecked;
        findings_merge(findings, &shares[i].findings);
    }
}
