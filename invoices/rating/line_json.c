/*
 * Lines, parts and taxes as JSON for documents. Money and quantities are strings.
 */
#include "base/instant.h"
#include "core/canonical.h"
#include "core/money.h"
#include "rating/line.h"

const char *part_kind_word(enum part_kind kind)
{
    static const char *const words[] = {
        [PART_TIER] = "tier",
        [PART_FLAT] = "flat",
        [PART_FREE] = "free",
        [PART_ROUNDED] = "rounded",
        [PART_COVERED] = "covered",
        [PART_CAPACITY] = "capacity",
        [PART_USAGE] = "usage",
        [PART_UPFRONT] = "upfront",
        [PART_FEE] = "fee",
        [PART_DISCOUNT] = "discount",
        [PART_MINIMUM] = "minimum",
        [PART_MAXIMUM] = "maximum",
        [PART_TRUE_UP] = "true_up",
        [PART_SURCHARGE] = "surcharge",
        [PART_ROLLED_OVER] = "rolled_over",
        [PART_SLA] = "sla",
        [PART_CREDIT] = "credit",
    };

    return words[kind];
}

const char *line_kind_word(enum line_kind kind)
{
    static const char *const words[] = {
        [LINE_CHARGE] = "charge",
        [LINE_RESERVATION] = "reservation",
        [LINE_SPEND_PLAN] = "spend_plan",
        [LINE_COMMITMENT] = "commitment",
        [LINE_SLA] = "sla",
        [LINE_CREDIT] = "credit",
    };

    return words[kind];
}

const char *why_decimal(struct decimal decimal, struct arena *arena)
{
    char text[DECIMAL_TEXT_SIZE];

    return arena_text(arena, decimal_format_short(decimal, text));
}

static json_t *text_json(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *decimal_json(struct decimal decimal)
{
    char text[DECIMAL_TEXT_SIZE];

    return json_string(decimal_format_short(decimal, text));
}

static json_t *money_json(int128 minor, unsigned exponent)
{
    char text[DECIMAL_TEXT_SIZE];

    return json_string(money_format(minor, exponent, text));
}

static json_t *pairs_json(size_t count, const char **names, const char **values)
{
    json_t *object = json_object();

    for (size_t i = 0; i < count; i++)
        json_object_set_new(object, names[i], text_json(values[i]));
    return object;
}

static void set_span(json_t *object, int64_t from_us, int64_t to_us)
{
    char text[INSTANT_TEXT_SIZE];

    json_object_set_new(object, "from", json_string(instant_format(from_us, text)));
    json_object_set_new(object, "to", json_string(instant_format(to_us, text)));
}

static bool has_price(enum part_kind kind)
{
    return kind != PART_FREE && kind != PART_COVERED && kind != PART_ROUNDED &&
           kind != PART_ROLLED_OVER && kind != PART_CREDIT;
}

/* A price in hundredths is said as it was stated: in percent. */
static void set_price(json_t *object, const struct rating_part *part)
{
    struct decimal price = part->why.price;

    if (part->why.is_percent && part->kind == PART_TIER)
        price.scale -= 2;
    json_object_set_new(object, part->why.is_percent ? "percent" : "price", decimal_json(price));
}

json_t *rating_why_json(const struct rating_part *part)
{
    const struct why *why = &part->why;
    json_t *object = json_object();

    set_span(object, why->from_us, why->to_us);
    json_set_text(object, "plan", why->plan);
    if (why->plan)
        json_object_set_new(object, "version", json_integer(why->version));
    if (why->is_override)
        json_object_set_new(object, "override", json_true());
    if (has_price(part->kind))
        set_price(object, part);
    json_set_text(object, "unit", why->unit);
    json_set_text(object, "rule", why->rule);
    json_set_text(object, "name", why->name);
    json_set_text(object, "prorated", why->prorated);
    json_set_text(object, "of", why->of);
    json_set_text(object, "window", why->window);
    json_set_text(object, "block", why->block);
    if (why->tier > 0) {
        json_object_set_new(object, "tier", json_integer(why->tier));
        json_set_text(object, "above", why->tier_from);
        json_object_set_new(object, "up_to", text_json(why->tier_up_to));
    }
    if (why->key_count > 0)
        json_object_set_new(object, "key",
                            pairs_json(why->key_count, why->key_names, why->key_values));
    json_set_text(object, "share", why->share);
    json_set_text(object, "reservation", why->reservation);
    json_set_text(object, "spend_plan", why->spend_plan);
    json_set_text(object, "price", why->plan_price);
    json_set_text(object, "on_demand", why->on_demand);
    json_set_text(object, "units", why->units);
    json_set_text(object, "exact", why->exact);
    return object;
}

json_t *rating_part_json(const struct rating_part *part)
{
    json_t *object = json_object();

    json_object_set_new(object, "kind", json_string(part_kind_word(part->kind)));
    json_set_text(object, "quantity", part->quantity);
    json_object_set_new(object, "amount", money_json(part->amount, PART_DECIMALS));
    json_object_set_new(object, "why", rating_why_json(part));
    return object;
}

static json_t *parts_json(const struct rating_line *line)
{
    json_t *array = json_array();

    for (size_t i = 0; i < line->part_count; i++)
        json_array_append_new(array, rating_part_json(&line->parts[i]));
    return array;
}

json_t *rating_line_json(const struct rating_line *line, unsigned exponent)
{
    char number[INT128_TEXT_SIZE];
    json_t *object = json_object();

    json_object_set_new(object, "kind", json_string(line_kind_word(line->kind)));
    json_set_text(object, "tenant", line->member);
    json_set_text(object, "plan", line->plan);
    json_set_text(object, "charge", line->charge);
    json_set_text(object, "description", line->description);
    json_object_set_new(object, "line_by",
                        pairs_json(line->by_count, line->by_names, line->by_values));
    json_set_text(object, "tax_category", line->tax_category);
    json_object_set_new(object, "rate", decimal_json(line->tax_rate));
    json_set_text(object, "quantity", line->quantity);
    json_set_text(object, "unit", line->unit);
    if (line->kind == LINE_CHARGE)
        json_set_text(object, "base_quantity", number_format(line->base_quantity, number));
    json_object_set_new(object, "amount", money_json(line->amount_minor, exponent));
    if (line->part_count > 0)
        json_object_set_new(object, "parts", parts_json(line));
    return object;
}

static json_t *tax_parts_json(const struct rating_tax *tax, unsigned exponent)
{
    json_t *array = json_array();

    for (size_t i = 0; i < tax->parts->count; i++) {
        json_t *object = json_object();

        json_set_text(object, "name", tax->parts->items[i].name);
        json_object_set_new(object, "rate", decimal_json(tax->parts->items[i].rate));
        json_object_set_new(object, "tax", money_json(tax->parts_minor[i], exponent));
        json_array_append_new(array, object);
    }
    return array;
}

json_t *rating_taxes_json(const struct rating_tax *taxes, size_t count, unsigned exponent)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++) {
        json_t *object = json_object();

        json_set_text(object, "category", taxes[i].category);
        if (taxes[i].parts)
            json_object_set_new(object, "parts", tax_parts_json(&taxes[i], exponent));
        json_object_set_new(object, "rate", decimal_json(taxes[i].rate));
        json_object_set_new(object, "net", money_json(taxes[i].net_minor, exponent));
        json_object_set_new(object, "tax", money_json(taxes[i].tax_minor, exponent));
        json_array_append_new(array, object);
    }
    return array;
}
