#include "store/together.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "store/connection.h"

struct together {
    struct fibers *fibers;
    size_t count;
    struct question *asked[TOGETHER_MAX]; /* by who waits for it */
    size_t rows[TOGETHER_MAX];            /* that were visited */
    bool has_failed;
    struct error why; /* the first */
};

void together_release(struct together *together)
{
    if (together == NULL)
        return;
    fibers_release(together->fibers);
    free(together);
}

/* ------------------------------------------------------------------------------ who asks, waits */

bool together_is_open(const struct store *store)
{
    return store->together != NULL && store->together->count > 0;
}

void together_fail(struct store *store, const struct error *err)
{
    struct together *together = store->together;
    if (!together->has_failed)
        together->why = *err;
    together->has_failed = true;
}

bool together_ask(struct store *store, struct question *question)
{
    struct together *together = store->together;
    if (together->has_failed)
        return error_set(question->err, ERROR_BUSY, "database: the transaction has ended");
    together->asked[fiber_current(together->fibers)] = question;
    fiber_wait(together->fibers);
    return question->is_good;
}

/* ------------------------------------------------------------------------------------ a journey */

static bool send(struct store *store, const struct question *question)
{
    const struct params *params = question->params;
    return PQsendQueryPrepared(store->connection, question->name, params->count, params->values,
                               params->lengths, question->formats, 1) != 0;
}

/* All or nothing: what cannot be sent is a lost connection. */
static bool send_all(struct store *store)
{
    struct together *together = store->together;
    if (PQenterPipelineMode(store->connection) == 0)
        return false;
    for (size_t i = 0; i < together->count; i++)
        if (together->asked[i] != NULL && !send(store, together->asked[i]))
            return false;
    return PQpipelineSync(store->connection) != 0;
}

static bool is_few(struct together *together, size_t which, struct error *err)
{
    return ++together->rows[which] <= TOGETHER_ROWS_MAX ||
           error_set(err, ERROR_BUSY, "database: too many rows to be read beside others");
}

/* One result of its statement: a row for the visitor, or the whole. */
static void take_result(struct store *store, size_t which, PGresult *result)
{
    struct together *together = store->together;
    struct question *question = together->asked[which];
    char meaning[100];
    switch ((int)PQresultStatus(result)) {
    case PGRES_SINGLE_TUPLE:
        if (question->is_good) {
            question->is_good = is_few(together, which, question->err) &&
                                question->visit(question->visitor, result, question->err);
            if (!question->is_good)
                together_fail(store, question->err);
        }
        break;
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
        if (question->visit == NULL) {
            question->result = result;
            return;
        }
        assert(PQntuples(result) == 0); /* the visitor has seen all */
        break;
    default:
        if (question->is_good)
            question->is_good =
                store_failed(store, result, store_meaning(question->sql, meaning, sizeof meaning),
                             question->err);
    }
    PQclear(result);
}

static void take_answer(struct store *store, size_t which)
{
    struct question *question = store->together->asked[which];
    PGresult *result;
    bool was_answered = false;
    question->is_good = true;
    if (question->visit != NULL)
        PQsetSingleRowMode(store->connection);
    while ((result = PQgetResult(store->connection)) != NULL) {
        was_answered = true;
        take_result(store, which, result);
    }
    if (!was_answered)
        question->is_good = store_failed(store, NULL, "no answer", question->err);
}

/* The answer to the end of the journey; without it the connection is of no use any more. */
static bool is_over(struct store *store)
{
    PGresult *result = PQgetResult(store->connection);
    bool is_sync = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
    PQclear(result);
    return is_sync && PQexitPipelineMode(store->connection) != 0;
}

static void lose(struct store *store)
{
    struct together *together = store->together;
    struct error err;
    store->is_lost = true;
    store_failed(store, NULL, "statements could not be sent together", &err);
    for (size_t i = 0; i < together->count; i++) {
        struct question *question = together->asked[i];
        if (question != NULL && question->is_good) {
            *question->err = err;
            question->is_good = false;
            PQclear(question->result);
            question->result = NULL;
        }
    }
}

static void travel(struct store *store)
{
    struct together *together = store->together;
    for (size_t i = 0; i < together->count; i++)
        if (together->asked[i] != NULL)
            together->asked[i]->is_good = true;
    bool is_sent = send_all(store);
    for (size_t i = 0; is_sent && i < together->count; i++)
        if (together->asked[i] != NULL)
            take_answer(store, i);
    if (!is_sent || !is_over(store))
        lose(store);
    for (size_t i = 0; i < together->count; i++)
        together->asked[i] = NULL;
}

/* -------------------------------------------------------------------------------------- the work
 */

static struct together *open_together(struct store *store)
{
    if (store->together == NULL) {
        store->together = memory_alloc(sizeof(*store->together));
        store->together->fibers = fibers_open(TOGETHER_MAX);
    }
    return store->together;
}

bool store_together(struct store *store, size_t count, fiber_work *work, void *context,
                    struct error *err)
{
    struct together *together = open_together(store);
    bool is_on_its_way[TOGETHER_MAX] = {false};
    assert(store->in_transaction && together->count == 0 && count <= TOGETHER_MAX);
    together->has_failed = false;
    together->count = count;
    for (size_t i = 0; i < count; i++) {
        fiber_start(together->fibers, i, work, context);
        is_on_its_way[i] = true;
        together->rows[i] = 0;
    }
    for (size_t left = count; left > 0;) {
        left = 0;
        for (size_t i = 0; i < count; i++) {
            is_on_its_way[i] = is_on_its_way[i] && fiber_resume(together->fibers, i);
            left += is_on_its_way[i];
        }
        if (left > 0)
            travel(store);
    }
    together->count = 0;
    if (together->has_failed)
        *err = together->why;
    return !together->has_failed;
}
