#include "ledger/catalog.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/canonical.h"
#include "core/incarnation.h"
#include "core/replacement.h"
#include "ledger/control.h"
#include "meter/catalog.h"

#define CATALOG_SUBJECT "catalog"

struct catalog_change {
    const char *path;
    json_t *content;
    struct digest hash;
    struct catalog *compiled;
    uint32_t version; /* the newest one; after the decision its own */
};

static void catalog_change_release(struct catalog_change *change)
{
    json_decref(change->content);
    catalog_release(change->compiled);
}

/* Also against versions before the newest: what was dropped may not come back as something else. */
static bool check_successor(void *context, const struct content *content, struct error *err)
{
    struct catalog_change *change = context;
    struct catalog *CLEANUP(catalog_cleanup) previous = NULL;
    char what[40];
    if (incarnation_is_subject(content->subject_id) || replacement_is_subject(content->subject_id))
        return true; /* of the same kind, and no catalog */
    snprintf(what, sizeof(what), "catalog version %" PRIu32, content->version);
    if (!catalog_parse(content->bytes, content->size, what, &previous, err))
        return false;
    return catalog_check_successor(previous, change->compiled, err) ||
           error_prefix(err, "'%s' cannot follow %s: ", change->path, what);
}

static bool make_catalog(void *context, struct control *control, struct head *head,
                         struct decision *out, struct error *err)
{
    (void)head;
    struct catalog_change *change = context;
    struct content newest = {0};
    if (!content_latest(control->store, control->log.log, ENTRY_CATALOG, 0, CATALOG_SUBJECT,
                        CONTENT_LAST, &control->arena, &newest, err) &&
        err->code != ERROR_NOT_FOUND)
        return false;
    change->version = newest.version;
    if (newest.version > 0 && digest_equals(&newest.hash, &change->hash))
        return true;
    if (!contents_each(control->store, control->log.log, CONTENT_KIND(ENTRY_CATALOG), CONTENT_FIRST,
                       CONTENT_LAST, check_successor, change, err))
        return false;
    change->version = newest.version + 1;
    *out = (struct decision){
        .kind = ENTRY_CATALOG,
        .subject_id = CATALOG_SUBJECT,
        .version = change->version,
        .content = json_incref(change->content),
    };
    return true;
}

bool catalog_apply_command(const struct cli *cli, struct error *err)
{
    struct catalog_change CLEANUP(catalog_change_release) change = {.path = cli_argument(cli, 0)};
    struct control CLEANUP(control_close) control = {0};
    uint64_t index;
    bool decided;
    if (!control_read_json(change.path, &change.content, err) ||
        !canonical_digest(change.content, &change.hash, err) ||
        !catalog_compile(change.content, change.path, &change.compiled, err))
        return false;
    if (!control_open(cli, ROLE_CONTROL, &control, err) ||
        !control_decide(&control, make_catalog, &change, &decided, &index, err))
        return false;
    if (decided)
        printf("catalog version %" PRIu32 " (entry %" PRIu64 ")\n", change.version, index);
    else
        printf("the catalog is this already: version %" PRIu32 "; nothing was changed\n",
               change.version);
    return true;
}

bool catalog_show_command(const struct cli *cli, struct error *err)
{
    struct store *CLEANUP(control_leave) store = NULL;
    struct arena CLEANUP(arena_release) arena;
    struct log_row log;
    struct content newest;
    arena_init(&arena);
    if (!control_look(cli, &store, &log, err))
        return false;
    if (!content_latest(store, log.log, ENTRY_CATALOG, 0, CATALOG_SUBJECT, CONTENT_LAST, &arena,
                        &newest, err)) {
        if (err->code != ERROR_NOT_FOUND)
            return false;
        return error_set(err, ERROR_NOT_FOUND, "there is no catalog yet: `catalog apply FILE`");
    }
    fprintf(stderr, "version %" PRIu32 ", entry %" PRIu64 "\n", newest.version, newest.index);
    printf("%s\n", newest.bytes);
    return true;
}
