/*
 * A migrated database of its own for the tests of one program, and a small log in it.
 *
 * Without DAYBOOK_TEST_DATABASE_ADMIN the tests are skipped.
 */
#ifndef TEST_DATABASE_H
#define TEST_DATABASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/digest.h"
#include "store/append.h"
#include "store/connection.h"
#include "store/logs.h"
#include "store/migrate.h"
#include "store/store.h"

#define TEST_ORIGIN "test.example/log"

static struct store *store;      /* the superuser's connection to the test's database */
static char test_conninfo[2048]; /* how others get there */
static struct error test_error;  /* of the last call */

#define TEST_SALT ((const unsigned char *)"a salt key that everybody may know") /* 32 bytes */

/* What succeeded; else the test fails with the error's words. */
#define must(call)                                                                                 \
    do {                                                                                           \
        test_error.message[0] = '\0';                                                              \
        if (!(call))                                                                               \
            fail_msg("%s: %s", #call, test_error.message);                                         \
    } while (0)
/* What failed with this code. */
#define must_fail(wanted, call)                                                                    \
    do {                                                                                           \
        if (call)                                                                                  \
            fail_msg("%s: succeeded", #call);                                                      \
        if (test_error.code != (wanted))                                                           \
            fail_msg("%s: %s instead of %s: %s", #call, error_code_word(test_error.code),          \
                     error_code_word(wanted), test_error.message);                                 \
    } while (0)

static inline void admin_command(const char *format)
{
    const char *admin = getenv("DAYBOOK_TEST_DATABASE_ADMIN");
    struct store *connection;
    char sql[256];

    snprintf(sql, sizeof sql, "%s test_store_%d", format, (int)getpid());
    must(store_open(admin, "test", &connection, &test_error));
    must(store_command(connection, sql, &test_error));
    store_close(connection);
}

/* For group set-up: an empty database. */
static inline int database_open_empty(void **state)
{
    const char *admin = getenv("DAYBOOK_TEST_DATABASE_ADMIN");

    (void)state;
    core_init();
    if (!admin) {
        printf("1..0 # SKIP DAYBOOK_TEST_DATABASE_ADMIN is not set\n");
        exit(0);
    }
    admin_command("create database");
    snprintf(test_conninfo, sizeof test_conninfo, "%s dbname=test_store_%d", admin, (int)getpid());
    must(store_open(test_conninfo, "test", &store, &test_error));
    return 0;
}

/* For group set-up: a migrated one. */
static inline int database_open(void **state)
{
    database_open_empty(state);
    must(migrate_run(store, NULL, NULL, &test_error));
    return 0;
}

static inline int database_close(void **state)
{
    (void)state;
    store_close(store);
    admin_command("drop database");
    return 0;
}

static inline void command(const char *sql)
{
    must(store_command(store, sql, &test_error));
}

static inline struct secret_key *test_key(const char *name)
{
    struct digest seed = digest_of(name, strlen(name));
    struct secret_key *key;
    must(key_from_seed(name, seed.bytes, &key, &test_error));
    return key;
}

/* Signs, appends and commits entries by a writer; the caller has numbered them. */
static inline uint64_t test_append(const struct writer *writer, struct signed_entry *entries,
                                   size_t count)
{
    struct head head;
    uint64_t first;

    must(store_begin(store, &test_error));
    for (size_t i = 0; i < count; i++)
        writer_sign(writer, &entries[i]);
    must(append_lock(store, writer, &head, &test_error));
    must(append_entries(store, &head, entries, count, &first, &test_error));
    must(append_unlock(store, &head, &test_error));
    must(store_commit(store, &test_error));
    return first;
}

#endif
