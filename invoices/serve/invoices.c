#include "serve/invoices.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LIMIT_DEFAULT 50
#define LIMIT_MAX 1000

static bool read_page(struct call *call, uint64_t *out_before, unsigned *out_limit,
                      struct error *err)
{
    const char *cursor = call_parameter(call, "cursor");
    const char *limit = call_parameter(call, "limit");
    uint64_t before = INT64_MAX, most = LIMIT_DEFAULT;
    if (cursor != NULL &&
        (!number_parse_u64(cursor, strlen(cursor), "cursor", &before, err) || before > INT64_MAX))
        return call_refuse(call, 400, "invalid_parameter", "cursor",
                           "cursor is not one that this server gave");
    if (limit != NULL && (!number_parse_u64(limit, strlen(limit), "limit", &most, err) ||
                          most < 1 || most > LIMIT_MAX))
        return call_refuse(call, 400, "invalid_parameter", "limit",
                           "limit is a number from 1 to %d", LIMIT_MAX);
    *out_before = before;
    *out_limit = (unsigned)most;
    return true;
}

static json_t *invoice_json(const struct call *call, const struct read_invoice *invoice)
{
    char from[INSTANT_TEXT_SIZE], to[INSTANT_TEXT_SIZE], total[DECIMAL_TEXT_SIZE];
    char hash[DIGEST_HEX_SIZE], issued[32];
    struct civil day = civil_of_days(invoice->issue_days);
    const struct read_tenant *tenant = call_tenant(call, invoice->tenant);
    snprintf(issued, sizeof issued, "%04d-%02d-%02d", day.year, day.month, day.day);
    return json_pack(
        "{s:s, s:s, s:s, s:{s:s, s:s}, s:s, s:s, s:s, s:s, s:b}", "number", invoice->number, "kind",
        invoice->kind, "tenant", tenant != NULL ? tenant->id : "", "period", "from",
        instant_format(invoice->from_us, from), "to", instant_format(invoice->to_us, to),
        "issue_date", issued, "currency", invoice->currency, "total",
        decimal_format(invoice->total, invoice->exponent, total), "sha256",
        digest_hex(&invoice->hash, hash), "bundle", (int)invoice->has_bundle);
}

bool invoices_answer(struct call *call, struct error *err)
{
    uint64_t before = 0;
    unsigned limit = 0;
    struct read_invoice *invoices;
    size_t count;
    /* One more than asked for tells whether there is more. */
    if (!read_page(call, &before, &limit, err) ||
        !read_invoices(call->store, call->serve->log, call_tenant_numbers(call), call->tenant_count,
                       before, limit + 1, &call->arena, &invoices, &count, err))
        return false;
    bool has_more = count > limit;
    json_t *list = json_array();
    for (size_t i = 0; i < (has_more ? limit : count); i++)
        json_array_append_new(list, invoice_json(call, &invoices[i]));
    json_t *answer = json_pack("{s:o, s:b}", "invoices", list, "has_more", (int)has_more);
    if (has_more)
        json_object_set_new(
            answer, "next_cursor",
            json_string(arena_printf(&call->arena, "%" PRIu64, invoices[limit - 1].index)));
    return call_answer_json(call, answer, err);
}

bool invoice_answer(struct call *call, struct error *err)
{
    struct slice content;
    struct digest hash;
    return read_invoice(call->store, call->serve->log, call->number, &call->arena, &content, &hash,
                        err) &&
           call_answer_immutable(call, content, &hash);
}

bool bundle_answer(struct call *call, struct error *err)
{
    struct slice bundle;
    if (!read_bundle(call->store, call->serve->log, call->number, &call->arena, &bundle, err))
        return false;
    if (bundle.data == NULL)
        return call_refuse(call, 404, "pending", NULL,
                           "the bundle is made once the document is sealed; ask again later");
    struct digest hash = digest_of(bundle.data, bundle.size);
    return call_answer_immutable(call, bundle, &hash);
}
