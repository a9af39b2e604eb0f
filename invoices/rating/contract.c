/*
 * Contracts: schema, then sense. What contracts are asked stands in contract_query.c.
 */
#include "rating/contract.h"

#include <string.h>

#include "base/instant.h"
#include "core/canonical.h"
#include "core/money.h"
#include "core/schema.h"
#include "rating/contract_capacity.h"
#include "rating/contract_check.h"
#include "rating/contract_terms.h"
#include "rating/field.h"
#include "rating_schemas.h"

#define GRACE_HOURS 72
#define PAYMENT_TERMS_DAYS 30
#define ZERO ((struct decimal){0, 0})

static struct party read_party(const struct reader *reader)
{
    struct party party = {
        .id = reader_text(reader, "id", NULL),
        .name = reader_text(reader, "name", ""),
        .vat_id = reader_text(reader, "vat_id", NULL),
        .country = reader_text(reader, "country", ""),
        .number_series = reader_text(reader, "number_series", NULL),
        .credit_note_series = reader_text(reader, "credit_note_series", NULL),
    };

    party.address = reader_texts(reader, "address", &party.address_count);
    return party;
}

static struct billing read_billing(const struct reader *reader)
{
    return (struct billing){.day = (int)reader_integer(reader, "day", 1),
                            .hour = (int)reader_integer(reader, "hour", 0),
                            .minute = (int)reader_integer(reader, "minute", 0)};
}

static bool read_plan(const struct reader *reader, struct contract_plan *out, struct error *err)
{
    out->plan = reader_text(reader, "plan", "");
    out->version = (uint32_t)reader_integer(reader, "version", 0);
    return reader_instant(reader, "from", INSTANT_MIN, &out->from_us, err) &&
           reader_instant(reader, "to", INSTANT_MAX, &out->to_us, err);
}

static bool read_plans(const struct reader *reader, struct contract *contract, struct error *err)
{
    size_t count = reader_count(reader, "plans");

    contract->plans = arena_array(reader->arena, count, sizeof *contract->plans);
    contract->plan_count = count;
    for (size_t i = 0; i < count; i++) {
        struct reader item = reader_item(reader, "plans", i);

        if (!read_plan(&item, &contract->plans[i], err))
            return false;
    }
    return true;
}

static bool read_tax_rate(const struct reader *reader, struct tax_rate *out, struct error *err)
{
    out->category = reader_text(reader, "category", "");
    out->name = reader_text(reader, "name", NULL);
    return reader_amount(reader, "rate", ZERO, &out->rate, err) &&
           reader_instant(reader, "from", INSTANT_MIN, &out->from_us, err);
}

static bool read_taxes(const struct reader *reader, struct contract *contract, struct error *err)
{
    struct reader tax = reader_member(reader, "tax");
    size_t count = reader_count(&tax, "profile");

    contract->taxes = arena_array(reader->arena, count, sizeof *contract->taxes);
    contract->tax_count = count;
    for (size_t i = 0; i < count; i++) {
        struct reader item = reader_item(&tax, "profile", i);

        if (!read_tax_rate(&item, &contract->taxes[i], err))
            return false;
    }
    return canonical_digest(tax.object, &contract->tax_hash, err);
}

static bool read_contract(const struct reader *reader, struct contract *contract, struct error *err)
{
    struct reader seller = reader_member(reader, "legal_entity");
    struct reader customer = reader_member(reader, "customer");
    struct reader billing = reader_member(reader, "billing");

    contract->id = reader_text(reader, "contract", "");
    contract->tenant = reader_text(reader, "tenant", "");
    contract->seller = read_party(&seller);
    contract->customer = read_party(&customer);
    contract->currency = reader_text(reader, "currency", "");
    contract->billing = read_billing(&billing);
    contract->grace_hours = (uint32_t)reader_integer(reader, "grace_hours", GRACE_HOURS);
    contract->payment_terms_days =
        (uint32_t)reader_integer(reader, "payment_terms_days", PAYMENT_TERMS_DAYS);
    contract->quarantine_threshold = (uint64_t)reader_integer(reader, "quarantine_threshold", 0);
    return reader_instant(reader, "from", INSTANT_MIN, &contract->from_us, err) &&
           reader_instant(reader, "to", INSTANT_MAX, &contract->to_us, err) &&
           read_plans(reader, contract, err) && contract_read_capacity(reader, contract, err) &&
           contract_read_terms(reader, contract, err) && read_taxes(reader, contract, err) &&
           contract_money_read(reader, contract, err);
}

static bool open_zone(const struct reader *reader, struct contract *contract, struct error *err)
{
    const char *zone = reader_text(reader, "zone", "");

    return zone_open(zone, &contract->zone, err) || error_prefix(err, "%s: /zone: ", reader->what);
}

bool contract_compile(const json_t *json, const char *what, uint32_t grid_seconds,
                      struct arena *arena, struct contract *out, struct error *err)
{
    struct reader reader = {.what = what, .path = "", .object = json, .arena = arena};
    struct contract contract = {0};

    if (!schema_check_kept(schema_contract, json, what, err) ||
        !canonical_digest(json, &contract.hash, err) || !read_contract(&reader, &contract, err))
        return false;
    if (!money_exponent(contract.currency, &contract.exponent, err))
        return error_prefix(err, "%s: /currency: ", what);
    if (!open_zone(&reader, &contract, err))
        return false;
    contract.grid_seconds = grid_seconds ? grid_seconds : zone_grid_seconds(contract.zone);
    if (!contract_check(&reader, &contract, contract.grid_seconds, err) ||
        !contract_check_terms(&reader, &contract, err) ||
        !contract_money_check(&reader, &contract, contract.grid_seconds, err)) {
        contract_release(&contract);
        return false;
    }
    *out = contract;
    return true;
}

bool contract_parse(const char *bytes, size_t size, const char *what, uint32_t grid_seconds,
                    struct arena *arena, struct contract *out, struct error *err)
{
    CLEANUP(json_release) json_t *json = NULL;

    return canonical_parse(bytes, size, what, &json, err) &&
           contract_compile(json, what, grid_seconds, arena, out, err);
}

void contract_release(struct contract *contract)
{
    zone_close(contract->zone);
    contract->zone = NULL;
}
