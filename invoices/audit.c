#include "invoices/audit.h"

#include <stdio.h>

#include "core/canonical.h"
#include "invoices/contracts.h"
#include "invoices/document.h"
#include "invoices/period.h"
#include "rating/statement.h"

#define STATUS_DRIFT 1

struct audit {
    const char *number; /* of the document at hand */
    size_t documents;
    size_t drifted;
    json_t *findings; /* --json: as a list, else NULL: as lines */
};

/* -------------------------------------------------------------------------------------- findings
 */

static void report(struct audit *audit, const char *path, const char *stated, const char *made)
{
    if (audit->findings == NULL)
        printf("DRIFT %s %s document=%s recomputed=%s\n", audit->number, path,
               stated != NULL ? stated : "absent", made != NULL ? made : "absent");
    else
        json_array_append_new(audit->findings,
                              json_pack("{s:s,s:s,s:s?,s:s?}", "number", audit->number, "path",
                                        path, "document", stated, "recomputed", made));
}

static void visit_difference(void *context, const char *path, const char *stated, const char *made)
{
    report(context, path, stated, made);
}

static void cannot(struct audit *audit, const char *why)
{
    audit->drifted++;
    if (audit->findings == NULL)
        printf("DRIFT %s cannot be made again: %s\n", audit->number, why);
    else
        json_array_append_new(audit->findings, json_pack("{s:s,s:s}", "number", audit->number,
                                                         "cannot_be_made_again", why));
}

/* ------------------------------------------------------------------------------------ making again
 */

/* The document as it would be issued today, with its number. */
static bool make_again(struct session *session, const struct document_row *row,
                       const json_t *stated, struct draft *out, struct error *err)
{
    struct agreement CLEANUP(agreement_release) agreement = {0};
    struct closed_period closed;
    struct tenant tenant;
    const char *id = json_string_value(json_object_get(json_object_get(stated, "tenant"), "id"));
    const char *label =
        json_string_value(json_object_get(json_object_get(stated, "period"), "label"));
    if (id == NULL || label == NULL)
        return error_set(err, ERROR_CONFLICT, "it names no tenant or period");
    if (!tenant_find(session->store, session->log.log, id, &session->arena, &tenant, err) ||
        !period_find(session, &tenant, label, &closed, err) ||
        !contracts_version(session, &tenant, closed.contract, closed.contract_version, &agreement,
                           err) ||
        !document_draft(session, &tenant, &agreement, &closed, row->issue_days,
                        document_next(stated, "money"), out, err))
        return false;
    json_object_set_new(out->json, "number", json_string(row->document_id));
    return true;
}

/* The time zones' version is a fact of the day of issue, and no drift. */
static void take_zones(const json_t *stated, json_t *made)
{
    json_t *version = json_object_get(json_object_get(stated, "period"), "tz_version");
    if (version != NULL)
        json_object_set(json_object_get(made, "period"), "tz_version", version);
}

static bool compare(struct audit *audit, const struct document_row *row, const json_t *stated,
                    json_t *made, struct error *err)
{
    struct digest hash;
    json_t *signoffs = json_object_get(stated, "signoffs");
    take_zones(stated, made);
    if (signoffs != NULL) /* people's, and `daybook-ledger audit`'s to check */
        json_object_set(made, "signoffs", signoffs);
    if (!canonical_digest(made, &hash, err))
        return false;
    if (digest_equals(&hash, &row->hash))
        return true;
    audit->drifted++;
    if (statement_compare(stated, made, visit_difference, audit) == 0)
        report(audit, "", "other members, or not what its entry hashes", NULL);
    return true;
}

/* What is wrong with the document is said; what is wrong with the database ends the audit. */
static bool audit_document(struct audit *audit, struct session *session,
                           const struct document_row *row, struct error *err)
{
    struct draft CLEANUP(draft_release) draft = {0};
    CLEANUP(json_release) json_t *stated = NULL;
    audit->number = row->document_id;
    audit->documents++;
    if (document_content(session, row->index, &stated, err) &&
        make_again(session, row, stated, &draft, err))
        return compare(audit, row, stated, draft.json, err);
    if (err->code == ERROR_SYSTEM || err->code == ERROR_BUSY || err->code == ERROR_UNKNOWN)
        return false;
    cannot(audit, err->message);
    return true;
}

/* Each in an arena of its own, so that memory is one document's. */
static bool audit_documents(struct audit *audit, struct session *session, uint64_t tenant,
                            struct error *err)
{
    struct document_row *rows;
    size_t count = 0;
    bool good = documents_list(session->store, session->log.log, tenant, &session->arena, &rows,
                               &count, err);
    for (size_t i = 0; i < count && good; i++) {
        struct arena whole = session->arena;
        arena_init(&session->arena);
        session->pools = NULL;
        good = audit_document(audit, session, &rows[i], err) ||
               error_prefix(err, "%s: ", rows[i].document_id);
        arena_release(&session->arena);
        session->arena = whole;
        session->pools = NULL;
    }
    return good;
}

static void print_report(const struct audit *audit)
{
    if (audit->findings == NULL) {
        printf("%s: %zu documents made again from the book as of their cuts, %zu differ\n",
               audit->drifted == 0 ? "equal" : "DRIFT", audit->documents, audit->drifted);
        return;
    }
    json_t *json = json_pack("{s:b,s:I,s:I,s:O}", "equal", audit->drifted == 0, "documents",
                             (json_int_t)audit->documents, "drifted", (json_int_t)audit->drifted,
                             "findings", audit->findings);
    json_dumpf(json, stdout, JSON_COMPACT | JSON_SORT_KEYS);
    putchar('\n');
    json_decref(json);
}

bool audit_command(const struct cli *cli, struct error *err)
{
    struct session CLEANUP(session_close) session = {0};
    CLEANUP(json_release) json_t *findings = cli_switch(cli, "json") ? json_array() : NULL;
    struct audit audit = {.findings = findings};
    struct tenant tenant = {0};
    const char *id = cli_text(cli, "tenant");
    if (!session_look(cli, &session, err) ||
        (id != NULL &&
         !tenant_find(session.store, session.log.log, id, &session.arena, &tenant, err)) ||
        !audit_documents(&audit, &session, tenant.number, err))
        return false;
    print_report(&audit);
    if (audit.drifted > 0)
        cli_exit_status(cli, STATUS_DRIFT);
    return true;
}
