/* Stored bundles: each is verified as an auditor would, and is the one of its row's document. */
#include <inttypes.h>
#include <string.h>

#include "ledger/audit_parts.h"
#include "store/audit.h"
#include "verify/bundle.h"

/* The log's own note of that size says the same root. */
static bool is_signed_root(const struct audit *audit, const struct checkpoint *checkpoint)
{
    for (size_t i = 0; i < audit->size_count; i++)
        if (audit->sizes[i].is_note && audit->sizes[i].size == checkpoint->size &&
            digest_equals(&audit->sizes[i].root, &checkpoint->root))
            return true;
    return false;
}

static void stored(struct audit *audit, uint64_t index, const char *what)
{
    findings_add(&audit->findings, FINDING_BUNDLE_STORED, index, "the stored bundle %s", what);
}

static bool check_bundle(void *context, const struct audit_bundle *bundle, struct error *err)
{
    (void)err;
    struct audit *audit = context;
    const struct key_log *log = keyring_log_at(&audit->keys, bundle->size);
    struct verify_keys keys = {.log = log != NULL ? log->key : audit->keys.log_key,
                               .root = audit->keys.root_key};
    struct verify_bundle_report report;
    if (bundle->size < audit->since)
        return true; /* the audit before has read it */
    verify_bundle_text(bundle->bundle.data, bundle->bundle.size, &keys, &report, &audit->findings);
    if (!bundle->has_document)
        stored(audit, bundle->index, "is of no document of its tenant");
    else if (report.document_index != bundle->index ||
             !digest_equals(&report.document, &bundle->hash))
        stored(audit, bundle->index, "proves another document");
    if (report.checkpoint.size != bundle->size)
        stored(audit, bundle->index, "is of another size than its row says");
    else if (!is_signed_root(audit, &report.checkpoint))
        stored(audit, bundle->index, "names a root that was not signed here");
    return true;
}

bool audit_bundles(struct audit *audit, struct error *err)
{
    return audit_bundles_each(audit->store, audit->log.log, check_bundle, audit, err);
}
