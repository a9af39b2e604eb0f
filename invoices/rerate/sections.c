#include "rerate/sections.h"

#include <string.h>

#include "core/canonical.h"
#include "core/money.h"
#include "rating/history.h"
#include "rating/settle.h"

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static bool is_text(const json_t *object, const char *name, const char *text)
{
    const char *found = text_of(object, name);
    return found == text || (found != NULL && text != NULL && strcmp(found, text) == 0);
}

const json_t *section_of(const json_t *document, const char *original)
{
    const json_t *section;
    size_t i;
    json_array_foreach (json_object_get(document, "adjustments"), i, section)
        if (is_text(section, "original", original))
            return section;
    return NULL;
}

bool section_burnt(const json_t *document, const char *original, const json_t *line,
                   unsigned exponent, int128 *out, struct error *err)
{
    const json_t *burns = json_object_get(json_object_get(document, "settlement"), "own_burns"),
                 *burn;
    size_t i;
    *out = 0;
    json_array_foreach (burns, i, burn) {
        int128 amount;
        if (!is_text(burn, "stage", "before_tax") || !is_text(burn, "original", original) ||
            !is_text(burn, "credit", text_of(line, "charge")) ||
            !is_text(burn, "tax_category", text_of(line, "tax_category")) ||
            !is_text(burn, "rate", text_of(line, "rate")))
            continue;
        if (!history_amount(burn, "amount", exponent, &amount, err))
            return false;
        *out -= amount;
    }
    return true;
}

static bool take_line(const json_t *document, const json_t *section, const json_t *json,
                      const struct contract *contract, int64_t from_us, struct arena *arena,
                      struct rating_line *out, struct error *err)
{
    const char *rate = text_of(json, "rate");
    const char *category = text_of(json, "tax_category");
    if (rate == NULL || category == NULL)
        return error_set(err, ERROR_INPUT, "a late line has no tax category or rate");
    *out = (struct rating_line){
        .tax_category = category,
        .tax_parts = contract_tax_parts(contract, category, from_us, arena),
    };
    return decimal_parse(rate, strlen(rate), "rate", &out->tax_rate, err) &&
           (is_text(json, "kind", "credit")
                ? section_burnt(document, text_of(section, "original"), json, contract->exponent,
                                &out->amount_minor, err)
                : history_amount(json, "amount", contract->exponent, &out->amount_minor, err));
}

bool section_take(const json_t *document, const json_t *section, const struct contract *contract,
                  int64_t from_us, const struct taxed_list *taxed, struct arena *arena,
                  struct rating_difference *out, struct error *err)
{
    const json_t *json;
    size_t i;
    *out = (struct rating_difference){0};
    json_array_foreach (json_object_get(section, "lines"), i, json) {
        struct rating_line line;
        if (!take_line(document, section, json, contract, from_us, arena, &line, err))
            return false;
        settle_append_section(out, &line, arena);
    }
    taxed_find_emptied(taxed, out);
    return true;
}

json_t *section_json(const json_t *section, const struct rating_adjustment *adjustment,
                     unsigned exponent)
{
    const struct rating_difference *difference = adjustment->difference;
    json_t *made = json_deep_copy(section), *line;
    json_t *sums = rating_difference_json(difference, exponent);
    char text[DECIMAL_TEXT_SIZE];
    size_t i;
    json_object_del(sums, "lines");
    json_object_update(made, sums);
    json_decref(sums);
    json_array_foreach (json_object_get(made, "lines"), i, line)
        json_set_text(line, "amount",
                      money_format(difference->lines[i].amount_minor, exponent, text));
    json_set_hash(made, "original_hash", &adjustment->original_hash);
    return made;
}
