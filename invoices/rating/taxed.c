#include "rating/taxed.h"

#include <string.h>

#include "rating/fragment.h"

static struct rating_taxed *taxed_slot(struct taxed_list *list, const char *category,
                                       struct decimal rate)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].category, category) == 0 &&
            list->items[i].rate.coefficient == rate.coefficient &&
            list->items[i].rate.scale == rate.scale)
            return &list->items[i];
    list->items =
        arena_grow(list->arena, list->items, list->count, &list->capacity, sizeof(*list->items));
    list->items[list->count] =
        (struct rating_taxed){.category = arena_text(list->arena, category), .rate = rate};
    return &list->items[list->count++];
}

/* Adds sign × the taxes of a document's or an adjustment's "taxes". */
static bool add_taxes(struct taxed_list *list, const json_t *taxes, int sign, struct error *err)
{
    const json_t *tax;
    size_t i;
    json_array_foreach (taxes, i, tax) {
        const char *category = json_string_value(json_object_get(tax, "category"));
        const char *rate = json_string_value(json_object_get(tax, "rate"));
        const char *amount = json_string_value(json_object_get(tax, "tax"));
        const char *charged = json_string_value(json_object_get(tax, "net"));
        struct decimal percent, minor, net;
        if (category == NULL || rate == NULL || amount == NULL || charged == NULL)
            return error_set(err, ERROR_CONFLICT,
                             "a document's tax has no category, rate, net or tax");
        if (!decimal_parse(rate, strlen(rate), "rate", &percent, err) ||
            !decimal_parse(amount, strlen(amount), "tax", &minor, err) ||
            !decimal_parse(charged, strlen(charged), "net", &net, err))
            return false;
        struct rating_taxed *slot = taxed_slot(list, category, percent);
        if (!number_multiply(minor.coefficient, sign, &minor.coefficient) ||
            !number_add(slot->tax_minor, minor.coefficient, &slot->tax_minor) ||
            !number_multiply(net.coefficient, sign, &net.coefficient) ||
            !number_add(slot->net_minor, net.coefficient, &slot->net_minor))
            return error_set(err, ERROR_CONFLICT, "a document's tax does not fit 128 bits");
    }
    return true;
}

bool taxed_add(struct taxed_list *list, const json_t *document, const char *original,
               bool is_original, struct error *err)
{
    const json_t *adjustment;
    size_t i;
    if (is_original && !add_taxes(list, json_object_get(document, "taxes"), 1, err))
        return false;
    json_array_foreach (json_object_get(document, "adjustments"), i, adjustment) {
        const char *of = json_string_value(json_object_get(adjustment, "original"));
        const json_t *taxes = json_object_get(adjustment, "taxes");
        if (is_original && !add_taxes(list, taxes, -1, err))
            return false;
        if (of != NULL && strcmp(of, original) == 0 && !add_taxes(list, taxes, 1, err))
            return false;
    }
    return true;
}

void taxed_find_emptied(const struct taxed_list *taxed, struct rating_difference *difference)
{
    for (size_t i = 0; i < difference->tax_count; i++) {
        struct difference_tax *tax = &difference->taxes[i];
        for (size_t k = 0; k < taxed->count; k++)
            if (strcmp(taxed->items[k].category, tax->category) == 0 &&
                decimal_compare(taxed->items[k].rate, tax->rate) == 0)
                tax->emptied = taxed->items[k].net_minor != 0 &&
                               taxed->items[k].net_minor + tax->net_minor == 0;
    }
}
