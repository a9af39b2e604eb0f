#include "store/migrate.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/digest.h"
#include "queries.h"
#include "store/connection.h"
#include "store/row.h"

#define FILES_MAX 64

/* Which files the database has: hashes[version - 1], for the versions 1 … count. */
struct applied {
    size_t count;
    struct digest hashes[FILES_MAX];
};

/* The version of "0003_triggers.sql". Numbers are 1, 2, 3 … without gaps. */
static int version_of(size_t i)
{
    const char *name = sql_schema_files[i].name;
    int version = 0;

    for (int digit = 0; digit < 4; digit++) {
        assert(name[digit] >= '0' && name[digit] <= '9');
        version = 10 * version + (name[digit] - '0');
    }
    assert(name[4] == '_' && version == (int)i + 1 && version <= FILES_MAX);
    return version;
}

static size_t file_count(void)
{
    size_t count = 0;
    while (sql_schema_files[count].name)
        count++;
    return count;
}

static struct digest hash_of(size_t i)
{
    return digest_of(sql_schema_files[i].text, strlen(sql_schema_files[i].text));
}

static bool read_applied(struct store *store, struct applied *out, struct error *err)
{
    CLEANUP(rows_cleanup) struct rows *exists = NULL;
    CLEANUP(rows_cleanup) struct rows *rows = NULL;

    out->count = 0;
    if (!store_query(store, sql_migrate_exists, NULL, &exists, err))
        return false;
    if (!row_bool(exists, 0, 0))
        return true;
    if (!store_query(store, sql_migrate_applied, NULL, &rows, err))
        return false;
    for (size_t i = 0; i < rows_count(rows) && i < FILES_MAX; i++, out->count++) {
        if (row_int(rows, i, 0) != (int64_t)i + 1)
            return error_set(err, ERROR_CONFLICT, "ledger.schema_version lacks version %zu", i + 1);
        if (!row_digest(rows, i, 1, &out->hashes[i], err))
            return false;
    }
    return true;
}

/* What is applied must be what this program has, as far as both go. */
static bool check_applied(const struct applied *applied, struct error *err)
{
    if (applied->count > file_count())
        return error_set(err, ERROR_REFUSED,
                         "the database has schema version %zu, this program knows %zu: use a newer "
                         "program",
                         applied->count, file_count());
    for (size_t i = 0; i < applied->count; i++) {
        struct digest hash = hash_of(i);
        if (!digest_equals(&hash, &applied->hashes[i]))
            return error_set(err, ERROR_CONFLICT,
                             "'%s' was changed after it was applied: an applied file stays as it "
                             "is, a change is a new file",
                             sql_schema_files[i].name);
    }
    return true;
}

/* Past a quoted text that begins at `at`: 'x', "x" or $$x$$; doubled quotes come out right too. */
static const char *skip_quoted(const char *at)
{
    char quote[3] = {at[0], at[0] == '$' ? '$' : '\0', '\0'};
    const char *end = strstr(at + strlen(quote), quote);
    return end ? end + strlen(quote) : at + strlen(at);
}

/* The end of the statement that begins at `at`: behind its semicolon, or the text's end. */
static const char *statement_end(const char *at)
{
    while (*at && *at != ';') {
        if (*at == '\'' || *at == '"' || (at[0] == '$' && at[1] == '$'))
            at = skip_quoted(at);
        else if (at[0] == '-' && at[1] == '-')
            at += strcspn(at, "\n");
        else
            at++;
    }
    return *at ? at + 1 : at;
}

static bool run_statements(struct store *store, const char *text, struct error *err)
{
    struct text statement;
    bool ok = true;

    text_init(&statement);
    for (const char *at = text; ok && *at;) {
        const char *end = statement_end(at);
        text_clear(&statement);
        text_append_n(&statement, at, (size_t)(end - at));
        ok = end[-1] != ';' || store_command(store, statement.data, err);
        at = end;
    }
    text_release(&statement);
    return ok;
}

static bool record(struct store *store, size_t i, struct error *err)
{
    struct digest hash = hash_of(i);
    CLEANUP(params_release) struct params params;
    params_init(&params);
    param_int32(&params, version_of(i));
    param_text(&params, sql_schema_files[i].name);
    param_digest(&params, &hash);
    return store_execute(store, sql_migrate_record, &params, NULL, err);
}

/* The version's row is the fence: of two migrations at once one fails as a whole. */
static bool apply(struct store *store, size_t i, struct error *err)
{
    if (!store_begin(store, err))
        return false;
    if (store_command(store, "set local role daybook_owner", err) &&
        run_statements(store, sql_schema_files[i].text, err) && record(store, i, err) &&
        store_commit(store, err))
        return true;
    store_rollback(store);
    return error_prefix(err, "%s: ", sql_schema_files[i].name);
}

bool migrate_run(struct store *store, migrate_report *report, void *context, struct error *err)
{
    struct applied applied;

    if (!read_applied(store, &applied, err) || !check_applied(&applied, err) ||
        !run_statements(store, sql_roles, err))
        return false;
    for (size_t i = applied.count; i < file_count(); i++) {
        if (!apply(store, i, err))
            return false;
        if (report)
            report(context, version_of(i), sql_schema_files[i].name);
    }
    return true;
}

bool migrate_check(struct store *store, struct error *err)
{
    struct applied applied;

    if (!read_applied(store, &applied, err) || !check_applied(&applied, err))
        return false;
    return applied.count == file_count() ||
           error_set(err, ERROR_REFUSED,
                     "the database has schema version %zu, this program needs %zu: run "
                     "daybook-ledger migrate",
                     applied.count, file_count());
}
