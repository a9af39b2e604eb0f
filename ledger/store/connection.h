/*
 * Inside of a store: for the files of this folder that speak libpq, and nobody else.
 */
#ifndef STORE_CONNECTION_H
#define STORE_CONNECTION_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "store/row.h"
#include "store/store.h"

/* A statement that this connection has prepared: its text by address (texts are constants), with
 * the types of its parameters, because an untyped null may stand where a typed value stood. */
struct statement {
    const char *sql;
    int count;
    unsigned types[PARAMS_MAX];
    char name[16];
};

struct store {
    PGconn *connection;
    char *conninfo;
    char *application;
    bool is_lost; /* although libpq may not have noticed yet */
    bool in_transaction;
    bool sorts_in_memory;
    struct statement *statements;
    size_t statement_count;
    size_t statement_capacity;
    struct together *together; /* NULL until it is needed */
};

/* What a piece of work asks while others do (together.h). A visitor is given each row's
 * result; without one the whole is kept. */
struct question {
    const char *sql;
    const char *name; /* under which it is prepared */
    const struct params *params;
    const int *formats;
    bool (*visit)(void *visitor, PGresult *row, struct error *err);
    void *visitor;
    bool is_good;
    PGresult *result;
    struct error *err;
};
bool together_is_open(const struct store *store);
/* A statement failed while work is done together: it ends for all. */
void together_fail(struct store *store, const struct error *err);
/* Waits until it is answered: question->is_good, and then its result, which is the caller's. */
MUST_CHECK bool together_ask(struct store *store, struct question *question);
void together_release(struct together *together);

/* What went wrong, from a result (which may be NULL) or the connection: the code by SQLSTATE, the
 * server's words, and `what` was tried. Without the server's words the connection is lost, and with
 * its last ones (FATAL). Always false. */
bool store_failed(struct store *store, const PGresult *result, const char *what, struct error *err);
/* A text without parameters by the simple protocol; its result is thrown away. */
MUST_CHECK bool store_command(struct store *store, const char *sql, struct error *err);
/* The name under which the statement is prepared here; prepares it. NULL on failure. */
const char *store_prepare(struct store *store, const char *sql, const struct params *params,
                          struct error *err);
/* The first line of a query file is its meaning: "-- the head of a log" → "the head of a log". */
const char *store_meaning(const char *sql, char *out, size_t out_size);

#endif
