#include "verify/signatures.h"

#include <inttypes.h>
#include <pthread.h>

#include "base/log.h"

#define THREADS 2
#define WRITER_ROLES (ROLE_INGEST | ROLE_CONTROL | ROLE_INVOICES)

struct share {
    const struct leaf *leaves;
    uint64_t count;
    uint64_t first; /* this thread takes first, first + THREADS, … */
    const struct keyring *keys;
    struct findings findings;
    uint64_t valid;
};

/* The key that may have signed the entry at this index, or NULL. */
static const struct public_key *writer_at(const struct share *share, uint64_t index)
{
    const struct digest *writer = &share->leaves[index].writer;
    struct digest root = key_hash(share->keys->root_key.bytes);
    if (digest_equals(writer, &root))
        return &share->keys->root_key;
    const struct key_grant *grant = keyring_find(share->keys, writer, index, WRITER_ROLES);
    return grant != NULL ? &grant->key : NULL;
}

static void check_one(struct share *share, uint64_t index)
{
    const struct public_key *key = writer_at(share, index);
    if (key == NULL)
        findings_add(&share->findings, FINDING_ENTRY_WRITER, index,
                     "its writer's key was not granted at this index");
    else if (!leaf_verify(&share->leaves[index], key->bytes))
        findings_add(&share->findings, FINDING_ENTRY_SIGNATURE, index, "does not hold under '%s'",
                     key->name);
    else
        share->valid++;
}

static void *check_share(void *context)
{
    struct share *share = context;
    for (uint64_t i = share->first; i < share->count; i += THREADS) {
        check_one(share, i);
        if (share->first == 0 && i % 1024 == 0)
            log_progress("signatures", (long long)i, (long long)share->count);
    }
    return NULL;
}

uint64_t verify_signatures(const struct leaf *leaves, uint64_t count, const struct keyring *keys,
                           struct findings *findings)
{
    struct share shares[THREADS];
    pthread_t threads[THREADS];
    bool started[THREADS];
    uint64_t valid = 0;
    for (unsigned i = 0; i < THREADS; i++) {
        shares[i] = (struct share){.leaves = leaves, .count = count, .first = i, .keys = keys};
        findings_init(&shares[i].findings);
        started[i] = pthread_create(&threads[i], NULL, check_share, &shares[i]) == 0;
    }
    for (unsigned i = 0; i < THREADS; i++) {
        if (started[i])
            pthread_join(threads[i], NULL);
        else
            check_share(&shares[i]);
        valid += shares[i].valid;
        findings_merge(findings, &shares[i].findings);
    }
    return valid;
}
