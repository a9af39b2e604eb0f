/*
 * What a member's document says of its pool: as its contract, its period and its own usage do.
 *
 * Other members' usage is not in the bundle, so that a sum cannot be made again here; the totals
 * were signed at the cut, before any document, and stand alike in every member's period.
 */
#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "core/series.h"
#include "verify/bundle_parts.h"

static void refuse(struct bundle *bundle, const char *what)
{
    findings_add(bundle->findings, FINDING_DOCUMENT_POOL, bundle->document_index, "%s", what);
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

static bool quantity_of(const json_t *row, int128 *out)
{
    struct error why;
    const char *text = text_of(row, "quantity");
    return number_parse_int128(text, strlen(text), "quantity", out, &why);
}

/* Of a member item: a tenant, or an object that names it for a time. */
static bool is_member(const json_t *item, const char *tenant, int64_t from_us)
{
    int64_t at_us;
    if (json_is_string(item))
        return strcmp(json_string_value(item), tenant) == 0;
    return strcmp(text_of(item, "tenant"), tenant) == 0 &&
           (!bundle_instant(item, "from", &at_us) || at_us <= from_us) &&
           (!bundle_instant(item, "to", &at_us) || from_us < at_us);
}

/* Who takes part in the document's period by its contract: the payer, and whoever is listed then.
 */
static bool is_count(const json_t *agreed, const json_t *document, const json_t *stated)
{
    const json_t *members = json_object_get(agreed, "members"), *item;
    int64_t from_us;
    json_int_t count = 1;
    size_t i;
    if (!bundle_instant(json_object_get(document, "period"), "from", &from_us))
        return false;
    json_array_foreach (members, i, item) {
        const char *tenant =
            json_is_string(item) ? json_string_value(item) : text_of(item, "tenant");
        count += is_member(item, tenant, from_us);
    }
    return json_is_integer(stated) && json_integer_value(stated) == count;
}

bool bundle_is_party(const json_t *contract, const json_t *document)
{
    const char *tenant = text_of(json_object_get(document, "tenant"), "id");
    const json_t *members = json_object_get(json_object_get(contract, "pool"), "members"), *item;
    int64_t from_us;
    size_t i;
    if (strcmp(text_of(contract, "tenant"), tenant) == 0)
        return true;
    if (!bundle_instant(json_object_get(document, "period"), "from", &from_us))
        return false;
    json_array_foreach (members, i, item)
        if (is_member(item, tenant, from_us))
            return true;
    return false;
}

/* The descriptor of a row of the document's usage. */
static bool series_of(const json_t *document, const json_t *row, unsigned char *bytes,
                      struct series *out)
{
    const json_t *item;
    size_t i;
    struct error why;
    json_array_foreach (json_object_get(document, "series"), i, item) {
        const char *hex = text_of(item, "descriptor");
        size_t size = strlen(hex) / 2;
        if (strcmp(text_of(item, "series"), text_of(row, "series")) == 0 &&
            size <= SERIES_DESCRIPTOR_SIZE_MAX)
            return hex_decode(hex, strlen(hex), bytes, size) &&
                   series_decode(bytes, size, out, &why);
    }
    return false;
}

/* What the document's own rows of this period have of a meter. */
static bool own_of(const json_t *document, const json_t *total, int128 *out)
{
    unsigned char *bytes = memory_alloc(SERIES_DESCRIPTOR_SIZE_MAX);
    const char *label = text_of(json_object_get(document, "period"), "label");
    const json_t *row;
    size_t i;
    bool good = true;
    *out = 0;
    json_array_foreach (json_object_get(document, "usage"), i, row) {
        struct series series;
        int128 quantity;
        if (strcmp(text_of(row, "period"), label) != 0 || json_object_get(row, "unrated") != NULL)
            continue;
        good = good && series_of(document, row, bytes, &series) && quantity_of(row, &quantity);
        if (good && slice_equals(series.meter, text_of(total, "meter")) &&
            slice_equals(series.unit, text_of(total, "unit")))
            good = number_add(*out, quantity, out);
    }
    free(bytes);
    return good;
}

/* Sums of all members are not less than one's. */
static void check_totals(struct bundle *bundle, const json_t *pool)
{
    const json_t *total;
    size_t i;
    json_array_foreach (json_object_get(pool, "totals"), i, total) {
        int128 own, all;
        if (!quantity_of(total, &all) || !own_of(bundle->document, total, &own) || own > all)
            findings_add(bundle->findings, FINDING_DOCUMENT_POOL, bundle->document_index,
                         "its pool's total of %s is less than its own", text_of(total, "meter"));
    }
}

static bool has_total(const json_t *pool, const struct series *series)
{
    const json_t *total;
    size_t i;
    json_array_foreach (json_object_get(pool, "totals"), i, total)
        if (slice_equals(series->meter, text_of(total, "meter")) &&
            slice_equals(series->unit, text_of(total, "unit")))
            return true;
    return false;
}

static void check_meters(struct bundle *bundle, const json_t *pool)
{
    unsigned char *bytes = memory_alloc(SERIES_DESCRIPTOR_SIZE_MAX);
    const char *label = text_of(json_object_get(bundle->document, "period"), "label");
    const json_t *row;
    size_t i;
    json_array_foreach (json_object_get(bundle->document, "usage"), i, row) {
        struct series series;
        if (strcmp(text_of(row, "period"), label) == 0 && !json_object_get(row, "unrated") &&
            series_of(bundle->document, row, bytes, &series) && !has_total(pool, &series))
            refuse(bundle, "its pool has no total of a meter that it used");
    }
    free(bytes);
}

static bool same(const json_t *a, const json_t *b, const char *name)
{
    const json_t *x = json_object_get(a, name);
    return x != NULL && json_equal(x, json_object_get(b, name)) == 1;
}

/* ---------------------------------------------------------------------------- its settlement */

/* Σ of what was burnt before tax for the document's own period, or for all of them. */
static bool sum_burns(const struct bundle *bundle, const json_t *burns, const char *credit,
                      int128 *out)
{
    const json_t *burn;
    size_t i;
    *out = 0;
    json_array_foreach (burns, i, burn) {
        int128 amount;
        if (strcmp(text_of(burn, "stage"), "before_tax") != 0 ||
            json_object_get(burn, "original") != NULL ||
            strcmp(text_of(burn, "credit"), credit) != 0)
            continue;
        if (!bundle_amount(bundle, burn, "amount", &amount) || !number_add(*out, amount, out))
            return false;
    }
    return true;
}

static bool sum_lines(const struct bundle *bundle, const char *credit, int128 *out)
{
    const json_t *line;
    size_t i;
    *out = 0;
    json_array_foreach (json_object_get(bundle->document, "lines"), i, line) {
        int128 amount;
        if (strcmp(text_of(line, "kind"), "credit") != 0 ||
            strcmp(text_of(line, "charge"), credit) != 0)
            continue;
        if (!bundle_amount(bundle, line, "amount", &amount) || !number_add(*out, amount, out))
            return false;
    }
    return true;
}

/* A credit's lines are what was burnt for the document, and not more than of the pool where the
 * payer's says that. */
static void check_credit(struct bundle *bundle, const json_t *settlement, const char *credit,
                         bool is_payer)
{
    int128 own, all, lines;
    if (!sum_burns(bundle, json_object_get(settlement, "own_burns"), credit, &own) ||
        !sum_burns(bundle, json_object_get(settlement, "burns"), credit, &all) ||
        !sum_lines(bundle, credit, &lines) || lines != -own || own < 0 || (is_payer && own > all))
        findings_add(bundle->findings, FINDING_DOCUMENT_POOL, bundle->document_index,
                     "its lines of credit '%.40s' are not its share of the pool's burns", credit);
}

static void check_settlement(struct bundle *bundle, const json_t *pool)
{
    static const char *const accounts[] = {"commitments", "credits", "burns", "amounts",
                                           "transfers"};
    const json_t *settlement = json_object_get(bundle->document, "settlement"), *item;
    bool is_payer = strcmp(text_of(pool, "payer"),
                           text_of(json_object_get(bundle->document, "tenant"), "id")) == 0;
    size_t i;
    if (settlement == NULL)
        return;
    for (size_t n = 0; !is_payer && n < COUNT_OF(accounts); n++)
        if (json_array_size(json_object_get(settlement, accounts[n])) > 0)
            refuse(bundle, "its settlement states what is the payer's to state");
    if (json_object_get(settlement, "own_burns") == NULL ||
        (json_object_get(settlement, "amounts") != NULL) != is_payer)
        refuse(bundle, "its settlement does not say what is its own, or what is the pool's");
    json_array_foreach (json_object_get(bundle->document, "lines"), i, item)
        if (strcmp(text_of(item, "kind"), "credit") == 0)
            check_credit(bundle, settlement, text_of(item, "charge"), is_payer);
    json_array_foreach (json_object_get(settlement, "own_burns"), i, item)
        check_credit(bundle, settlement, text_of(item, "credit"), is_payer);
}

void bundle_check_pool(struct bundle *bundle, const json_t *contract, const json_t *period)
{
    const json_t *agreed = json_object_get(contract, "pool");
    const json_t *said = json_object_get(bundle->document, "pool");
    const json_t *signed_before = json_object_get(period, "pool");
    if (agreed == NULL && said == NULL && signed_before == NULL)
        return;
    if (agreed == NULL || said == NULL || signed_before == NULL) {
        refuse(bundle, "its contract, its period and the document do not all say that it is of a "
                       "pool");
        return;
    }
    if (!same(said, agreed, "payer"))
        refuse(bundle, "its pool has another payer than its contract's");
    if (!same(said, signed_before, "payer") || !same(said, signed_before, "members") ||
        !same(said, signed_before, "totals"))
        refuse(bundle, "its pool's totals are not those that were signed at the cut");
    if (!is_count(agreed, bundle->document, json_object_get(said, "members")))
        refuse(bundle, "its pool has not as many members as its contract names for the period");
    check_totals(bundle, said);
    check_meters(bundle, said);
    check_settlement(bundle, said);
}
