#include "store/store.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/text.h"
#include "core/checkpoint.h"
#include "store/append.h"
#include "store/connection.h"
#include "store/logs.h"

#define TENANTS_MAX 4096
#define SQLSTATE_SIZE 5

/* Longer prefixes first. */
static const struct {
    const char *sqlstate;
    enum error_code code;
} meanings[] = {
    {"23505", ERROR_CONFLICT}, /* unique */
    {"23503", ERROR_CONFLICT}, /* foreign key */
    {"23514", ERROR_CONFLICT}, /* check */
    {"40001", ERROR_BUSY},     /* serialization */
    {"40P01", ERROR_BUSY},     /* deadlock */
    {"55P03", ERROR_BUSY},     /* lock time-out */
    {"57014", ERROR_BUSY},     /* cancelled, statement time-out */
    {"53300", ERROR_BUSY},     /* too many connections */
    {"57P01", ERROR_BUSY},     /* shut down */
    {"57P02", ERROR_BUSY},     /* crash elsewhere */
    {"57P03", ERROR_BUSY},     /* starting */
    {"25P03", ERROR_BUSY},     /* idle in transaction for too long: the connection ends */
    {"42501", ERROR_REFUSED},  /* privilege */
    {"08", ERROR_BUSY},        /* connection */
};

/*
 * For the session. Durable commits whatever the server's default is, since the sealer signs what a
 * commit has flushed; binary results do not depend on the rest, but people who look do.
 */
static const char session_settings[] = "set lock_timeout = '10s';"
                                       "set idle_in_transaction_session_timeout = '60s';"
                                       "set synchronous_commit = on;"
                                       "set timezone = 'UTC';"
                                       "set search_path = ''";

static const char sort_setting[] = "set work_mem = '64MB'";

static enum error_code code_of_sqlstate(const char *sqlstate)
{
    for (size_t i = 0; i < COUNT_OF(meanings); i++)
        if (strncmp(sqlstate, meanings[i].sqlstate, strlen(meanings[i].sqlstate)) == 0)
            return meanings[i].code;
    return ERROR_SYSTEM;
}

/* Where the server has no words of its own the client could not send or read; where they are its
 * last ones the end follows. libpq says CONNECTION_OK after both until it reads again: so it does
 * of a statement that could not be sent after a crash elsewhere, whose warning was still to be
 * read. */
static bool is_lost(const struct store *store, const PGresult *result)
{
    const char *severity =
        result ? PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED) : NULL;

    if (PQstatus(store->connection) != CONNECTION_OK)
        return true;
    if (PQresultStatus(result) != PGRES_FATAL_ERROR) /* as it is without a result */
        return false;
    return !severity || strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0;
}

bool store_failed(struct store *store, const PGresult *result, const char *what, struct error *err)
{
    const char *sqlstate = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *words = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    enum error_code code = sqlstate ? code_of_sqlstate(sqlstate) : ERROR_SYSTEM;

    if (is_lost(store, result)) {
        store->is_lost = true;
        code = ERROR_BUSY; /* whatever it was, a new connection may do it */
    }
    if (!words)
        words = PQerrorMessage(store->connection);
    int length = (int)strcspn(words, "\n");
    error_set(err, code, "database: %s: %.*s%s%s", what, length, words,
              sqlstate ? ", SQLSTATE " : "", sqlstate ? sqlstate : "");
    if (together_is_open(store))
        together_fail(store, err);
    return false;
}

const char *store_meaning(const char *sql, char *out, size_t out_size)
{
    const char *from = text_starts_with(sql, "-- ") ? sql + 3 : sql;
    size_t size = strcspn(from, "\n");

    if (size >= out_size)
        size = out_size - 1;
    memcpy(out, from, size);
    out[size] = '\0';
    return out;
}

bool store_command(struct store *store, const char *sql, struct error *err)
{
    char meaning[100];
    PGresult *result = PQexec(store->connection, sql);
    ExecStatusType status = PQresultStatus(result);
    bool ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;

    if (!ok)
        store_failed(store, result, store_meaning(sql, meaning, sizeof meaning), err);
    PQclear(result);
    return ok;
}

static void ignore_notice(void *context, const PGresult *result)
{
    (void)context;
    (void)result;
}

/* What stands before the conninfo is a default that it may change; what stands after is ours. */
static bool store_connect(struct store *store, struct error *err)
{
    static const char *const names[] = {
        "connect_timeout",     "tcp_user_timeout", "keepalives_idle",
        "keepalives_interval", "keepalives_count", "dbname",
        "application_name",    "client_encoding",  NULL,
    };
    const char *const values[] = {
        "10", "20000", "10", "5", "3", store->conninfo, store->application, "UTF8", NULL,
    };

    store->connection = PQconnectdbParams(names, values, 1);
    if (!store->connection)
        abort(); /* out of memory */
    PQsetNoticeReceiver(store->connection, ignore_notice, NULL);
    if (PQstatus(store->connection) != CONNECTION_OK)
        return store_failed(store, NULL, "cannot connect", err);
    return store_command(store, session_settings, err) &&
           (!store->sorts_in_memory || store_command(store, sort_setting, err));
}

/* Leaves an empty connection: store_is_alive() says no, and store_reopen() works. */
static void store_disconnect(struct store *store)
{
    PQfinish(store->connection);
    store->connection = NULL;
    store->is_lost = false;
    store->in_transaction = false;
    store->statement_count = 0;
}

static char *copy_of(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(memory_alloc(size), text, size);
}

bool store_open(const char *conninfo, const char *application, struct store **out,
                struct error *err)
{
    struct store *store = memory_alloc(sizeof *store);

    store->conninfo = copy_of(conninfo);
    store->application = copy_of(application);
    if (!store_connect(store, err)) {
        store_close(store);
        return false;
    }
    *out = store;
    return true;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    store_disconnect(store);
    together_release(store->together);
    free(store->statements);
    free(store->application);
    free(store->conninfo);
    free(store);
}

bool store_reopen(struct store *store, struct error *err)
{
    store_disconnect(store);
    if (store_connect(store, err))
        return true;
    store_disconnect(store); /* it may be there, but without its limits */
    return false;
}

bool store_sort_in_memory(struct store *store, struct error *err)
{
    store->sorts_in_memory = true;
    return store_command(store, sort_setting, err);
}

bool store_is_alive(const struct store *store)
{
    return !store->is_lost && PQstatus(store->connection) == CONNECTION_OK;
}

static bool begin_with(struct store *store, const char *sql, struct error *err)
{
    assert(!store->in_transaction);
    store->in_transaction = store_command(store, sql, err);
    return store->in_transaction;
}

bool store_begin(struct store *store, struct error *err)
{
    return begin_with(store, "begin isolation level read committed", err);
}

bool store_begin_snapshot(struct store *store, struct error *err)
{
    return begin_with(store, "begin isolation level repeatable read, read only", err);
}

bool store_commit(struct store *store, struct error *err)
{
    assert(store->in_transaction);
    PGresult *result = PQexec(store->connection, "commit");
    /* A transaction that had failed answers COMMIT with success and the words ROLLBACK. */
    bool ok =
        PQresultStatus(result) == PGRES_COMMAND_OK && strcmp(PQcmdStatus(result), "COMMIT") == 0;

    store->in_transaction = false;
    if (!ok) {
        store_failed(store, result, "commit was not confirmed", err);
        err->code = ERROR_UNKNOWN;
    }
    PQclear(result);
    return ok;
}

void store_rollback(struct store *store)
{
    struct error ignored;

    store->in_transaction = false;
    if (PQtransactionStatus(store->connection) == PQTRANS_IDLE)
        return;
    if (store_is_alive(store) && store_command(store, "rollback", &ignored))
        return;
    store_disconnect(store);
}

bool store_set_tenants(struct store *store, const uint64_t *tenants, size_t count,
                       struct error *err)
{
    assert(store->in_transaction);
    if (count > TENANTS_MAX)
        return error_set(err, ERROR_INPUT, "%zu tenants at once; at most %d", count, TENANTS_MAX);

    struct text sql;
    text_init(&sql);
    text_append(&sql, "set local daybook.tenants = '{");
    for (size_t i = 0; i < count; i++)
        text_printf(&sql, "%s%lld", i ? "," : "", (long long)tenants[i]);
    text_append(&sql, "}'");
    bool ok = store_command(store, sql.data, err);
    text_release(&sql);
    return ok;
}

static bool read_published(const char *path, struct checkpoint *out, struct error *err)
{
    struct text note;
    text_init(&note);
    bool ok = file_read(path, CHECKPOINT_NOTE_SIZE_MAX, &note, err) &&
              checkpoint_read_unverified(note.data, note.size, out, err);
    text_release(&note);
    if (!ok) {
        error_prefix(err, "nothing may be appended without the published checkpoint '%s': ", path);
        err->code = ERROR_HALT;
    }
    return ok;
}

static bool guard(struct store *store, int log, const char *published_path, struct error *err)
{
    struct checkpoint published;
    struct log_row row;
    struct head head;

    if (!read_published(published_path, &published, err))
        return false;
    if (!head_read(store, log, &head, err) || !log_find(store, log, &row, err)) {
        if (err->code == ERROR_NOT_FOUND)
            err->code = ERROR_HALT;
        return false;
    }
    if (strcmp(row.origin, published.origin) != 0)
        return error_set(err, ERROR_HALT,
                         "log %d of the database is '%s', the published checkpoint '%s' is of '%s':"
                         " check --database and --published",
                         log, row.origin, published_path, published.origin);
    if (head.size < published.size)
        return error_set(err, ERROR_HALT,
                         "log %d: the database holds %llu entries, the published checkpoint '%s' "
                         "has %llu: it was restored from an older copy; nothing may be appended "
                         "before the missing entries are recovered (daybook-ingest recover)",
                         log, (unsigned long long)head.size, published_path,
                         (unsigned long long)published.size);
    return true;
}

bool store_guard(struct store *store, int log, const char *published_path, struct error *err)
{
    if (guard(store, log, published_path, err))
        return true;
    store_disconnect(store);
    return false;
}
