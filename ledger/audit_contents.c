/* Contents: what control entries and documents hash, and that it says what it must. */
#include <inttypes.h>
#include <string.h>

#include "core/canonical.h"
#include "core/incarnation.h"
#include "core/replacement.h"
#include "core/signoff.h"
#include "ledger/audit_parts.h"
#include "ledger/tenants.h"
#include "meter/catalog.h"
#include "store/contents.h"

#define KEY_KINDS (CONTENT_KIND(ENTRY_KEY) | CONTENT_KIND(ENTRY_LOG))

static bool apply_key(void *context, const struct content *content, struct error *err)
{
    (void)err;
    struct audit *audit = context;
    CLEANUP(json_release) json_t *json = NULL;
    struct error why;
    if (!canonical_parse(content->bytes, content->size, "content", &json, &why))
        return true; /* reported with the other contents */
    if (!keyring_apply(&audit->keys, content->index, content->kind, json, &why))
        findings_add(&audit->findings, FINDING_KEY_REFUSED, content->index, "%s", why.message);
    return true;
}

bool audit_read_keys(struct audit *audit, struct error *err)
{
    if (!contents_each(audit->store, audit->log.log, KEY_KINDS, CONTENT_FIRST, CONTENT_LAST,
                       apply_key, audit, err))
        return false;
    if (strcmp(audit->keys.origin, audit->log.origin) != 0)
        findings_add(&audit->findings, FINDING_KEY_CHAIN, 0, "the first entry opens '%s', not '%s'",
                     audit->keys.origin, audit->log.origin);
    return true;
}

/* NULL when the pass has not found a control entry there. */
static const struct audit_content *entry_of(const struct audit *audit, uint64_t index)
{
    for (size_t low = 0, high = audit->content_count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (audit->contents[middle].index == index)
            return &audit->contents[middle];
        if (audit->contents[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static void check_hash(struct audit *audit, const struct content *content)
{
    const struct audit_content *entry = entry_of(audit, content->index);
    struct digest hash = digest_of(content->bytes, content->size);
    if (entry == NULL)
        return; /* a stray content: asked of the database */
    struct digest subject = digest_subject(entry_kind_word(entry->kind), content->subject_id);
    if (!digest_equals(&hash, &entry->control.content))
        findings_add(&audit->findings, FINDING_CONTENT_MISMATCH, content->index,
                     "the content of %s '%s' version %" PRIu32 " is not what the entry hashes",
                     entry_kind_word(entry->kind), content->subject_id, content->version);
    else if (!digest_equals(&subject, &entry->control.subject) || content->kind != entry->kind ||
             content->version != entry->control.version || content->tenant != entry->tenant)
        findings_add(&audit->findings, FINDING_CONTENT_MISMATCH, content->index,
                     "the content of '%s' is not of its entry's subject, kind, version or tenant",
                     content->subject_id);
}

static bool check_incarnations(const struct content *content, const json_t *json, struct error *err)
{
    struct arena CLEANUP(arena_release) arena;
    struct incarnations said;
    arena_init(&arena);
    return incarnations_parse(json, content->subject_id, &arena, &said, err);
}

static bool check_replacement(const json_t *json, struct error *err)
{
    json_int_t count = 0;
    const char *first, *from, *to, *reason, *tenant;
    return json_unpack((json_t *)(uintptr_t)json, "{s:{s:I, s:s}, s:s, s:s, s:s, s:s}",
                       "corrections", "count", &count, "first", &first, "from", &from, "to", &to,
                       "reason", &reason, "tenant", &tenant) == 0 ||
           error_set(err, ERROR_INPUT, "it is no replacement");
}

static bool check_catalog(const struct content *content, const json_t *json, int log,
                          struct error *err)
{
    (void)log;
    struct catalog *CLEANUP(catalog_cleanup) catalog = NULL;
    if (incarnation_is_subject(content->subject_id))
        return check_incarnations(content, json, err);
    if (replacement_is_subject(content->subject_id))
        return check_replacement(json, err);
    return catalog_compile(json, "the catalog", &catalog, err);
}

static bool check_tenant(const struct content *content, const json_t *json, int log,
                         struct error *err)
{
    struct tenant tenant;
    return tenant_of_content(json, log, &tenant, err) &&
           (strcmp(tenant.id, content->subject_id) == 0 ||
            error_set(err, ERROR_INPUT, "it names the tenant '%s'", tenant.id));
}

static void check_document(struct audit *audit, uint64_t index, const json_t *json)
{
    const struct audit_content *entry = entry_of(audit, index);
    if (entry != NULL)
        signoffs_check(&audit->keys, index, &entry->control.operator_key, json, &audit->findings);
}

typedef bool content_check(const struct content *content, const json_t *json, int log,
                           struct error *err);
static content_check *const checks[ENTRY_KIND_LAST + 1] = {
    [ENTRY_CATALOG] = check_catalog,
    [ENTRY_TENANT] = check_tenant,
};

static bool check_content(void *context, const struct content *content, struct error *err)
{
    (void)err;
    struct audit *audit = context;
    CLEANUP(json_release) json_t *json = NULL;
    struct error why;
    check_hash(audit, content);
    bool good = canonical_read(content->bytes, content->size, "content", &json, &why);
    content_check *check = checks[content->kind];
    if (good && content->kind == ENTRY_DOCUMENT)
        check_document(audit, content->index, json);
    if (good && check != NULL)
        good = check(content, json, audit->log.log, &why);
    if (!good)
        findings_add(&audit->findings, FINDING_CONTENT_MALFORMED, content->index,
                     "the content of %s '%s': %s", entry_kind_word(content->kind),
                     content->subject_id, why.message);
    return true;
}

bool audit_contents(struct audit *audit, struct error *err)
{
    return contents_each(audit->store, audit->log.log, ~0u, CONTENT_FIRST, CONTENT_LAST,
                         check_content, audit, err);
}
