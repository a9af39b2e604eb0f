#include "serve/pool.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "base/log.h"
#include "store/reads.h"

#define STATEMENT_MS 15000

struct pool {
    pthread_mutex_t mutex;
    pthread_cond_t given;
    char *conninfo;
    size_t closed; /* connections that may still be opened */
    size_t idle_count;
    struct store *idle[POOL_CONNECTIONS_MAX];
    struct arena arena;
};

struct pool *pool_new(const char *conninfo, size_t connections)
{
    assert(connections >= 1 && connections <= POOL_CONNECTIONS_MAX);
    struct pool *pool = memory_alloc(sizeof *pool);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->given, &attributes);
    pthread_condattr_destroy(&attributes);
    arena_init(&pool->arena);
    pool->conninfo = arena_text(&pool->arena, conninfo);
    pool->closed = connections;
    return pool;
}

void pool_free(struct pool *pool)
{
    for (size_t i = 0; i < pool->idle_count; i++)
        store_close(pool->idle[i]);
    pthread_cond_destroy(&pool->given);
    pthread_mutex_destroy(&pool->mutex);
    arena_release(&pool->arena);
    free(pool);
}

static void count_closed(struct pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    pool->closed++;
    pthread_cond_signal(&pool->given);
    pthread_mutex_unlock(&pool->mutex);
}

/* An idle connection, or NULL with the right to open one; false when the time is over. */
static bool wait_turn(struct pool *pool, struct store **out)
{
    struct timespec until;
    int waited = 0;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += POOL_WAIT_SECONDS;
    pthread_mutex_lock(&pool->mutex);
    while (pool->idle_count == 0 && pool->closed == 0 && waited == 0)
        waited = pthread_cond_timedwait(&pool->given, &pool->mutex, &until);
    bool mine = true;
    if (pool->idle_count > 0)
        *out = pool->idle[--pool->idle_count];
    else if (pool->closed > 0) {
        pool->closed--;
        *out = NULL;
    } else
        mine = false;
    pthread_mutex_unlock(&pool->mutex);
    return mine;
}

bool pool_take(struct pool *pool, struct store **out, struct error *err)
{
    struct store *store;
    if (!wait_turn(pool, &store))
        return error_set(err, ERROR_BUSY, "all connections to the database are in use");
    if (store != NULL && store_is_alive(store)) {
        *out = store;
        return true;
    }
    if (store != NULL)
        store_close(store);
    store = NULL;
    if (!store_open(pool->conninfo, "daybook-serve", &store, err) ||
        !read_session(store, STATEMENT_MS, err)) {
        if (store != NULL)
            store_close(store);
        count_closed(pool);
        log_error("%s", err->message);
        return error_set(err, ERROR_BUSY, "the database does not answer");
    }
    *out = store;
    return true;
}

void pool_give(struct pool *pool, struct store *store)
{
    store_rollback(store);
    if (!store_is_alive(store)) {
        store_close(store);
        count_closed(pool);
        return;
    }
    pthread_mutex_lock(&pool->mutex);
    pool->idle[pool->idle_count++] = store;
    pthread_cond_signal(&pool->given);
    pthread_mutex_unlock(&pool->mutex);
}
