#include "rating/statement.h"

#include <stdio.h>

#include "base/instant.h"
#include "core/canonical.h"
#include "core/money.h"

static void set_money(json_t *object, const char *name, int128 minor, unsigned exponent)
{
    char text[DECIMAL_TEXT_SIZE];
    json_set_text(object, name, money_format(minor, exponent, text));
}

static void set_date(json_t *object, const char *name, int64_t days)
{
    char text[64];
    struct civil date = civil_of_days(days);
    snprintf(text, sizeof(text), "%04d-%02d-%02d", date.year, date.month, date.day);
    json_set_text(object, name, text);
}

static json_t *party_json(const struct party *party)
{
    json_t *object = json_object(), *address = json_array();
    for (size_t i = 0; i < party->address_count; i++)
        json_array_append_new(address, json_string(party->address[i]));
    json_set_text(object, "id", party->id);
    json_set_text(object, "name", party->name);
    json_set_text(object, "vat_id", party->vat_id);
    json_set_text(object, "country", party->country);
    json_set_text(object, "number_series", party->number_series);
    json_set_text(object, "credit_note_series", party->credit_note_series);
    json_object_set_new(object, "address", address);
    return object;
}

void statement_terms(const struct contract *contract, int64_t issue_days, json_t *document)
{
    json_object_set_new(document, "seller", party_json(&contract->seller));
    json_object_set_new(document, "customer", party_json(&contract->customer));
    json_set_hash(document, "tax_hash", &contract->tax_hash);
    set_date(document, "issue_date", issue_days);
    set_date(document, "due_date", issue_days + contract->payment_terms_days);
    json_set_text(document, "currency", contract->currency);
    json_object_set_new(document, "exponent", json_integer(contract->exponent));
}

static json_t *adjustments_json(const struct rating_adjustment *adjustments, size_t count,
                                unsigned exponent)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *item = rating_difference_json(adjustments[i].difference, exponent);
        json_set_text(item, "original", adjustments[i].original);
        json_set_hash(item, "original_hash", &adjustments[i].original_hash);
        json_array_append_new(list, item);
    }
    return list;
}

bool statement_money(const struct rating *own, struct rating_adjustment *adjustments, size_t count,
                     struct arena *arena, json_t *document, struct rating_totals *out,
                     struct error *err)
{
    struct rating_totals totals;
    unsigned exponent = own->exponent;
    if (!rating_totals(own, adjustments, count, arena, &totals, err))
        return false;
    json_set_text(document, "document", totals.total_minor < 0 ? "credit_note" : "invoice");
    json_object_set_new(document, "lines", rating_lines_json(own));
    json_object_set_new(document, "reservations", rating_reservations_json(own));
    if (own->spend_plan_count > 0)
        json_object_set_new(document, "spend_plans", rating_spend_plans_json(own));
    json_object_set_new(document, "unrated", rating_unrated_json(own));
    json_object_set_new(document, "adjustments", adjustments_json(adjustments, count, exponent));
    json_object_set_new(document, "taxes",
                        rating_taxes_json(totals.taxes, totals.tax_count, exponent));
    set_money(document, "net", totals.net_minor, exponent);
    set_money(document, "tax", totals.tax_minor, exponent);
    set_money(document, "total", totals.total_minor, exponent);
    *out = totals;
    return true;
}

/* What is paid after tax, and the settlement as a member. */
static bool add_settlement(struct settlement *settlement, json_t *document,
                           struct rating_totals *totals, struct error *err)
{
    json_t *json = NULL;
    if (!settle_payments(settlement, totals, err) ||
        !settlement_json(settlement, totals, &json, err))
        return false;
    json_object_set_new(document, "settlement", json);
    return true;
}

bool statement_pooled(struct settle_party *party, json_t *document, struct rating_totals *out,
                      struct error *err)
{
    return statement_money(party->own, party->adjustments, party->count, party->input.arena,
                           document, out, err) &&
           add_settlement(&party->settlement, document, out, err);
}

bool statement_settled(const struct settle_input *input, struct rating *own,
                       struct rating_adjustment *adjustments, size_t count, json_t *document,
                       struct rating_totals *out, struct error *err)
{
    struct settlement CLEANUP(settlement_release) settlement = {0};
    if (!contract_has_money(input->contract))
        return statement_money(own, adjustments, count, input->arena, document, out, err);
    return settle_lines(input, own, adjustments, &count, &settlement, err) &&
           statement_money(own, adjustments, count, input->arena, document, out, err) &&
           add_settlement(&settlement, document, out, err);
}
