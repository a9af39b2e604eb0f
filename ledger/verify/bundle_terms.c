/* What a document was made under: tenant, plans, contract, period, cut. */
#include <inttypes.h>
#include <string.h>

#include "core/proof.h"
#include "verify/bundle_parts.h"

const struct bundle_entry *bundle_named(struct bundle *bundle, const json_t *named,
                                        enum entry_kind kind)
{
    uint64_t index = FINDING_NO_INDEX;
    const struct bundle_entry *entry = NULL;
    if (bundle_number(named, "index", &index))
        entry = bundle_find(bundle, index);
    if (entry != NULL && entry->is_decoded && entry->entry.kind == kind)
        return entry;
    findings_add(bundle->findings, FINDING_BUNDLE_ENTRIES, index,
                 "the document's '%s' entry is not there", entry_kind_word(kind));
    return NULL;
}

/* Both are there and equal. */
static bool same(const json_t *a, const char *a_name, const json_t *b, const char *b_name)
{
    const json_t *x = json_object_get(a, a_name);
    return x != NULL && json_equal(x, json_object_get(b, b_name)) == 1;
}

static void contradiction(struct bundle *bundle, const struct bundle_entry *entry, const char *what)
{
    findings_add(bundle->findings, FINDING_BUNDLE_DOCUMENT, entry->index,
                 "the document contradicts its %s: %s", entry_kind_word(entry->entry.kind), what);
}

/* Decided before what rests on it; hash and version as the document names them. */
static bool check_order(struct bundle *bundle, const struct bundle_entry *entry,
                        const json_t *named, uint64_t before)
{
    uint64_t version = 0;
    if (entry->index >= before)
        contradiction(bundle, entry, "it was decided afterwards");
    if (named != NULL &&
        (!bundle_number(named, "version", &version) || version != entry->entry.control.version ||
         !bundle_digest_is(named, "hash", &entry->entry.control.content)))
        contradiction(bundle, entry, "another version or hash");
    return entry->json != NULL;
}

/* ------------------------------------------------------------------------------------ tenant */

/* The one entry that binds the tenant's name to its number. */
static void check_tenant(struct bundle *bundle)
{
    const json_t *tenant = json_object_get(bundle->document, "tenant");
    size_t found = 0;
    for (size_t i = 0; i < bundle->count; i++) {
        const struct bundle_entry *entry = &bundle->entries[i];
        if (!entry->is_decoded || entry->entry.kind != ENTRY_TENANT)
            continue;
        found++;
        if (check_order(bundle, entry, NULL, bundle->document_index) &&
            (!same(tenant, "id", entry->json, "id") ||
             !same(tenant, "number", entry->json, "number")))
            contradiction(bundle, entry, "another id or number");
    }
    if (found != 1)
        findings_add(bundle->findings, FINDING_BUNDLE_ENTRIES, FINDING_NO_INDEX,
                     "%zu entries of tenants, not the document's one", found);
}

/* ------------------------------------------------------------------------ contract and plans */

/* Is there an item of `list` that names this plan in this version? */
static bool names_plan(const json_t *list, const json_t *plan)
{
    const json_t *item;
    size_t i;
    json_array_foreach (list, i, item)
        if (same(item, "plan", plan, "plan") && same(item, "version", plan, "version"))
            return true;
    return false;
}

/* Does a document of the bundle name the plan's entry? */
static bool is_named(const struct bundle *bundle, const struct bundle_entry *plan)
{
    for (size_t i = 0; i < bundle->count; i++) {
        const struct bundle_entry *entry = &bundle->entries[i];
        const json_t *named;
        size_t j;
        uint64_t index;
        if (!entry->is_decoded || entry->entry.kind != ENTRY_DOCUMENT)
            continue;
        const json_t *document =
            entry->index == bundle->document_index ? bundle->document : entry->json;
        json_array_foreach (json_object_get(document, "plans"), j, named)
            if (bundle_number(named, "index", &index) && index == plan->index)
                return true;
    }
    return false;
}

static void check_plans_named(struct bundle *bundle)
{
    for (size_t i = 0; i < bundle->count; i++) {
        const struct bundle_entry *entry = &bundle->entries[i];
        if (entry->is_decoded && entry->entry.kind == ENTRY_PLAN && !is_named(bundle, entry))
            findings_add(bundle->findings, FINDING_BUNDLE_ENTRIES, entry->index,
                         "no document of the bundle names this plan");
    }
}

static void check_plans(struct bundle *bundle, const struct bundle_entry *contract)
{
    const json_t *named = json_object_get(bundle->document, "plans"), *plan;
    const json_t *agreed = json_object_get(contract->json, "plans");
    size_t i;
    json_array_foreach (named, i, plan) {
        const struct bundle_entry *entry = bundle_named(bundle, plan, ENTRY_PLAN);
        if (entry == NULL || !check_order(bundle, entry, plan, contract->index))
            continue;
        if (!same(plan, "plan", entry->json, "plan") || !names_plan(agreed, plan))
            contradiction(bundle, entry, "the contract names another plan or version");
    }
    json_array_foreach (agreed, i, plan)
        if (!names_plan(named, plan))
            contradiction(bundle, contract, "it leaves out a plan");
    check_plans_named(bundle);
}

/* Witnesses that were agreed on are asked, whoever verifies; they are known by their policy's hash.
 */
static void check_quorum(struct bundle *bundle, const struct bundle_entry *contract)
{
    const struct policy *policy = bundle->keys->policy;
    const char *wanted = json_string_value(json_object_get(contract->json, "quorum_policy"));
    if (wanted != NULL &&
        (policy == NULL || !bundle_digest_is(contract->json, "quorum_policy", &policy->digest)))
        findings_add(bundle->findings, FINDING_WITNESS_QUORUM, contract->index,
                     "the contract asks for the witnesses of policy %s, which was not given",
                     wanted);
}

static void check_contract(struct bundle *bundle, const struct bundle_entry *period)
{
    const json_t *document = bundle->document;
    const json_t *named = json_object_get(document, "contract");
    const struct bundle_entry *entry = bundle_named(bundle, named, ENTRY_CONTRACT);
    if (entry == NULL || !check_order(bundle, entry, named, period->index))
        return;
    if (!same(named, "id", entry->json, "contract") || !bundle_is_party(entry->json, document))
        contradiction(bundle, entry, "another contract or tenant");
    if (!same(document, "currency", entry->json, "currency") ||
        !same(json_object_get(document, "seller"), "id",
              json_object_get(entry->json, "legal_entity"), "id"))
        contradiction(bundle, entry, "another currency or seller");
    if (period->json != NULL)
        bundle_check_pool(bundle, entry->json, period->json);
    check_quorum(bundle, entry);
    check_plans(bundle, entry);
}

/* ---------------------------------------------------------------------------- period and cut */

/* The cut is a tree of this log, and the one that the checkpoint's began with. */
static void check_cut(struct bundle *bundle, uint64_t period_index)
{
    const json_t *cuts = json_object_get(bundle->document, "cut");
    const json_t *cut = json_array_get(cuts, 0);
    const char *origin = json_string_value(json_object_get(cut, "origin"));
    const char *hex = json_string_value(json_object_get(cut, "root"));
    const struct checkpoint *checkpoint = &bundle->report->checkpoint;
    struct proof proof = {.count = bundle->cut_proof.count};
    struct digest root;
    struct error why;
    if (!bundle_number(cut, "size", &bundle->cut_size) || json_array_size(cuts) != 1 ||
        origin == NULL || bundle->cut_limit == 0 || bundle->cut_size > bundle->cut_limit ||
        hex == NULL || !digest_parse_hex(hex, "root", &root, &why) ||
        bundle->cut_size > period_index) {
        findings_add(bundle->findings, FINDING_BUNDLE_DOCUMENT, bundle->document_index,
                     "it states no cut of this log, or of what this one has of the log before it, "
                     "before its period's entry");
        return;
    }
    if (proof.count > PROOF_HASHES_MAX) {
        findings_add(bundle->findings, FINDING_PROOF_INVALID, FINDING_NO_INDEX,
                     "the cut's proof is too long");
        return;
    }
    memcpy(proof.hashes, bundle->cut_proof.hashes, proof.count * sizeof *proof.hashes);
    if (!proof_verify_consistency(bundle->cut_size, checkpoint->size, &proof, &root,
                                  &checkpoint->root, &why))
        findings_add(bundle->findings, FINDING_PROOF_INVALID, FINDING_NO_INDEX, "the cut: %s",
                     why.message);
}

static void check_period(struct bundle *bundle, const struct bundle_entry *entry)
{
    const json_t *document = bundle->document;
    const json_t *period = json_object_get(document, "period");
    const json_t *contract = json_object_get(document, "contract");
    if (!check_order(bundle, entry, NULL, bundle->document_index))
        return;
    if (!same(period, "label", entry->json, "label") ||
        !same(period, "from", entry->json, "from") || !same(period, "to", entry->json, "to"))
        contradiction(bundle, entry, "another label, from or to");
    if (!same(json_object_get(document, "tenant"), "id", entry->json, "tenant") ||
        !same(contract, "id", json_object_get(entry->json, "contract"), "id") ||
        !same(contract, "version", json_object_get(entry->json, "contract"), "version"))
        contradiction(bundle, entry, "another tenant or version of a contract");
    if (!same(document, "cut", entry->json, "cut"))
        contradiction(bundle, entry, "another cut");
}

void bundle_check_terms(struct bundle *bundle)
{
    const json_t *named = json_object_get(bundle->document, "period");
    const struct bundle_entry *period = bundle_named(bundle, named, ENTRY_PERIOD);
    check_tenant(bundle);
    if (period == NULL)
        return; /* said; without its index nothing has an order */
    check_contract(bundle, period);
    check_period(bundle, period);
    check_cut(bundle, period->index);
}
