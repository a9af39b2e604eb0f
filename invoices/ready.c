#include "invoices/ready.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "core/canonical.h"
#include "invoices/chain.h"
#include "invoices/document.h"
#include "invoices/usage.h"
#include "store/contents.h"
#include "store/documents.h"
#include "store/usage.h"

#define SEAL_WAIT_STEP_MS 200
#define SEAL_WAIT_STEPS 50 /* ten beats of the sealer */

static bool has_ended(const struct period *period, struct error *err)
{
    char to[INSTANT_TEXT_SIZE];
    if (period->to_us <= instant_now())
        return true;
    return error_set(err, ERROR_REFUSED, "period %s has not ended: it ends at %s", period->label,
                     instant_format(period->to_us, to));
}

/* ------------------------------------------------------------------------------- completeness */

static bool feed_is_complete(struct session *session, const char *name, int64_t needed_us,
                             struct error *err)
{
    char needed[INSTANT_TEXT_SIZE], through[INSTANT_TEXT_SIZE];
    struct digest feed = digest_subject("topic", name);
    int partition;
    int64_t complete_us;
    if (!usage_complete_through(session->store, session->log.log, &feed, &partition, &complete_us,
                                err))
        return err->code != ERROR_NOT_FOUND
                   ? false
                   : error_set(err, ERROR_REFUSED,
                               "topic '%s' was never read: nothing says that usage through %s is "
                               "complete",
                               name, instant_format(needed_us, needed));
    if (complete_us >= needed_us)
        return true;
    return error_set(err, ERROR_REFUSED,
                     "usage is complete through %s in partition %d of topic '%s', and must be "
                     "through %s (period's end and grace)",
                     complete_us == PARTITION_INCOMPLETE ? "no instant"
                                                         : instant_format(complete_us, through),
                     partition, name, instant_format(needed_us, needed));
}

/* Of every topic that the catalog names. */
static bool usage_is_complete(struct session *session, int64_t needed_us, struct error *err)
{
    struct content content;
    CLEANUP(json_release) json_t *catalog = NULL;
    if (!content_latest(session->store, session->log.log, ENTRY_CATALOG, 0, "catalog", CONTENT_LAST,
                        &session->arena, &content, err))
        return err->code == ERROR_NOT_FOUND;
    if (!canonical_parse(content.bytes, content.size, "catalog", &catalog, err))
        return false;
    const json_t *feed;
    size_t i;
    json_array_foreach (json_object_get(catalog, "feeds"), i, feed) {
        const char *name = json_string_value(json_object_get(feed, "name"));
        const char *kind = json_string_value(json_object_get(feed, "kind"));
        if (name != NULL && kind != NULL && strcmp(kind, "topic") == 0 &&
            !feed_is_complete(session, name, needed_us, err))
            return false;
    }
    return true;
}

static bool nothing_undecided(struct session *session, const struct tenant *tenant,
                              const struct contract *contract, struct error *err)
{
    uint64_t count;
    if (!usage_undecided(session->store, session->log.log, tenant->id, &count, err))
        return false;
    if (count <= contract->quarantine_threshold)
        return true;
    return error_set(err, ERROR_REFUSED,
                     "%" PRIu64 " quarantined records of tenant '%s' are undecided, the contract "
                     "allows %" PRIu64 ": `daybook-ingest quarantine list`",
                     count, tenant->id, contract->quarantine_threshold);
}

static bool windows_fit(struct session *session, const struct tenant *tenant,
                        const struct period *period, uint64_t size, struct error *err)
{
    struct rating_usage CLEANUP(usage_release) usage = {0};
    return known_usage(session, tenant, size, period, &usage, err) &&
           known_fits_capacity(&usage, period, &session->arena, err);
}

static bool lies_in(const struct document_row *document, const int64_t *windows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (document->period_from_us <= windows[i] && windows[i] < document->period_to_us)
            return true;
    return false;
}

/* The same of the issued periods that got usage since. */
static bool late_windows_fit(struct session *session, const struct tenant *tenant,
                             const struct period *period, uint64_t size, struct error *err)
{
    CLEANUP(json_release) json_t *last = NULL;
    struct document_row *documents;
    int64_t *windows;
    size_t count, window_count;
    if (!documents_list(session->store, session->log.log, tenant->number, &session->arena,
                        &documents, &count, err))
        return false;
    if (count == 0)
        return true;
    if (!document_content(session, documents[count - 1].index, &last, err) ||
        !usage_late_windows(session->store, session->log.log, tenant->number,
                            document_next(last, "usage"), size, period->from_us, &session->arena,
                            &windows, &window_count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct period late = {.from_us = documents[i].period_from_us,
                              .to_us = documents[i].period_to_us};
        if (lies_in(&documents[i], windows, window_count) &&
            !windows_fit(session, tenant, &late, size, err))
            return error_prefix(err, "late usage of '%s': ", documents[i].document_id);
    }
    return true;
}

/* ------------------------------------------------------------------------------------- sealed */

/* The newest checkpoint once it covers `index`. */
static bool wait_sealed(struct session *session, uint64_t index, struct checkpoint_row *out,
                        struct error *err)
{
    uint64_t size = 0;
    for (int step = 0; step < SEAL_WAIT_STEPS; step++) {
        if (checkpoint_latest(session->store, session->log.log, &session->arena, out, err)) {
            size = out->size;
            if (index == UINT64_MAX || size > index)
                return true;
        } else if (err->code != ERROR_NOT_FOUND) {
            return false;
        }
        nanosleep(&(struct timespec){.tv_nsec = SEAL_WAIT_STEP_MS * 1000000L}, NULL);
    }
    return error_set(err, ERROR_BUSY,
                     "entry %" PRIu64 " is not sealed yet, the newest checkpoint has size %" PRIu64
                     ": is `daybook-ledger seal` running?",
                     index, size);
}

bool period_ready(struct session *session, const struct tenant *tenant,
                  const struct contract *contract, const struct period *period, struct error *err)
{
    int64_t needed_us = period->to_us + (int64_t)contract->grace_hours * HOUR_US;
    return has_ended(period, err) && chain_period_follows(session, tenant, contract, period, err) &&
           usage_is_complete(session, needed_us, err) &&
           nothing_undecided(session, tenant, contract, err);
}

bool period_sealed(struct session *session, const struct tenant *tenant,
                   struct checkpoint_row *out_cut, struct error *err)
{
    uint64_t newest;
    return usage_newest_index(session->store, session->log.log, tenant->number, &newest, err) &&
           wait_sealed(session, newest, out_cut, err);
}

bool period_fits(struct session *session, const struct tenant *tenant, const struct period *period,
                 uint64_t size, struct error *err)
{
    return windows_fit(session, tenant, period, size, err) &&
           late_windows_fit(session, tenant, period, size, err);
}
