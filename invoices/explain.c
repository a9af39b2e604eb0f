#include "invoices/explain.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "core/canonical.h"
#include "invoices/document.h"
#include "invoices/session.h"
#include "rating/explain.h"

#define FILE_SIZE_MAX ((size_t)1 << 30)

/* A bundle holds its document as text. */
static bool take_bundle(const char *path, json_t **json, struct error *err)
{
    const json_t *text = json_object_get(*json, "document");
    json_t *document = NULL;
    if (json_object_get(*json, "document_index") == NULL || !json_is_string(text))
        return true;
    if (!canonical_parse(json_string_value(text), json_string_length(text), path, &document, err))
        return false;
    json_decref(*json);
    *json = document;
    return true;
}

static bool read_file(const char *path, json_t **out, struct error *err)
{
    struct text CLEANUP(text_release) bytes;
    text_init(&bytes);
    return file_read(path, FILE_SIZE_MAX, &bytes, err) &&
           canonical_parse(bytes.data, bytes.size, path, out, err) && take_bundle(path, out, err);
}

static bool read_book(const struct cli *cli, json_t **out, struct error *err)
{
    struct session CLEANUP(session_close) session = {0};
    struct document_row row;
    return session_look(cli, &session, err) &&
           document_find(session.store, session.log.log, cli_argument(cli, 0), &session.arena, &row,
                         err) &&
           document_content(&session, row.index, out, err);
}

/* Somebody else's numbers are not explained. */
static bool check_number(const struct cli *cli, const char *path, const json_t *document,
                         struct error *err)
{
    const char *number = json_string_value(json_object_get(document, "number"));
    if (number != NULL && strcmp(number, cli_argument(cli, 0)) == 0)
        return true;
    return error_set(err, ERROR_INPUT, "%s is document '%s'", path, number != NULL ? number : "");
}

bool explain_command(const struct cli *cli, struct error *err)
{
    struct text CLEANUP(text_release) text;
    CLEANUP(json_release) json_t *document = NULL;
    const char *path = cli_text(cli, "file");
    text_init(&text);
    if (path != NULL ? !read_file(path, &document, err) || !check_number(cli, path, document, err)
                     : !read_book(cli, &document, err))
        return false;
    if (!rating_explain(document, cli_argument(cli, 1), &text, err))
        return false;
    fputs(text.data, stdout);
    return true;
}
