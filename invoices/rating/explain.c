#include "rating/explain.h"

#include <gmp.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "rating/explain_part.h"
#include "rating/ratio.h"

static const char *member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

/* ------------------------------------------------------------------------------ hours of capacity
 */

static const json_t *find_by_id(const json_t *list, const char *id)
{
    const json_t *item;
    size_t i;
    json_array_foreach (list, i, item)
        if (strcmp(member(item, "id"), id) == 0)
            return item;
    return NULL;
}

/* What a reservation or spend plan held, covered and left unused, cell by cell. */
static void explain_cells(const json_t *document, const json_t *line, struct text *out)
{
    bool is_money = strcmp(member(line, "kind"), "spend_plan") == 0;
    const json_t *held =
        find_by_id(json_object_get(document, is_money ? "spend_plans" : "reservations"),
                   member(line, "charge"));
    const json_t *cell;
    size_t i;
    if (held == NULL)
        return;
    text_printf(out, "  Cells, in %s: capacity = covered + unused; beyond is charged elsewhere\n",
                member(held, "unit"));
    json_array_foreach (json_object_get(held, "coverage"), i, cell)
        text_printf(out, "    %s to %s  %s = %s + %s, beyond %s\n", member(cell, "from"),
                    member(cell, "to"), member(cell, "capacity"), member(cell, "covered"),
                    member(cell, "unused"), member(cell, "overage"));
}

/* --------------------------------------------------------------------------------------- a line */

static void explain_head(const json_t *document, const json_t *line, const char *number,
                         struct text *out)
{
    const char *name;
    json_t *value;
    text_printf(out, "%s, line %s: %s", member(document, "number"), number,
                member(line, "description"));
    json_object_foreach ((json_t *)json_object_get(line, "line_by"), name, value)
        text_printf(out, " [%s=%s]", name,
                    json_is_string(value) ? json_string_value(value) : "(none)");
    text_printf(out, "\n  %s %s", member(line, "amount"), member(document, "currency"));
    if (json_object_get(line, "quantity") != NULL)
        text_printf(out, " for %s %s", member(line, "quantity"), member(line, "unit"));
    if (json_object_get(line, "base_quantity") != NULL)
        text_printf(out, " (%s base units)", member(line, "base_quantity"));
    text_printf(out, "; tax %s at %s %%, once on the sum of the document's lines of that rate\n",
                member(line, "tax_category"), member(line, "rate"));
}

/* The line is a rounded share of its charge: what that left over. */
static void explain_rounding(const json_t *line, mpq_ptr sum, struct text *out)
{
    struct ratio_pool CLEANUP(ratio_pool_release) pool;
    ratio_pool_init(&pool);
    mpq_ptr amount = ratio_new(&pool);
    text_append(out, "  Exact sum of the parts: ");
    explain_exact(sum, out);
    text_printf(out, "\n  The line: %s", member(line, "amount"));
    if (explain_number(member(line, "amount"), amount) && !mpq_equal(amount, sum)) {
        mpq_sub(amount, amount, sum);
        text_append(out, ", which the one rounding of the charge makes of it: ");
        text_append(out, mpq_sgn(amount) > 0 ? "+" : "");
        explain_exact(amount, out);
    }
    text_append(out, "\n");
}

static bool explain_parts(const json_t *line, struct text *out, struct error *err)
{
    struct ratio_pool CLEANUP(ratio_pool_release) pool;
    const json_t *parts = json_object_get(line, "parts"), *part;
    size_t i;
    ratio_pool_init(&pool);
    mpq_ptr sum = ratio_new(&pool);
    json_array_foreach (parts, i, part)
        if (!explain_part(part, i + 1, sum, out, err))
            return false;
    if (json_array_size(parts) > 0)
        explain_rounding(line, sum, out);
    return true;
}

static bool explain_line(const json_t *document, const json_t *line, const char *number,
                         struct text *out, struct error *err)
{
    explain_head(document, line, number, out);
    if (!explain_parts(line, out, err))
        return error_prefix(err, "line %s: ", number);
    explain_cells(document, line, out);
    return true;
}

/* ------------------------------------------------------------------------------------- all lines
 */

/* Lines that are asked for: all where `wanted` is NULL. */
struct explaining {
    const json_t *document;
    const char *wanted;
    size_t explained;
    struct text *out;
};

static bool explain_list(struct explaining *explaining, const json_t *lines, const char *before,
                         struct error *err)
{
    const json_t *line;
    size_t i;
    json_array_foreach (lines, i, line) {
        struct text CLEANUP(text_release) number;
        text_init(&number);
        text_printf(&number, "%s%zu", before, i + 1);
        if (explaining->wanted != NULL && strcmp(explaining->wanted, number.data) != 0)
            continue;
        if (explaining->explained++ > 0)
            text_append(explaining->out, "\n");
        if (!explain_line(explaining->document, line, number.data, explaining->out, err))
            return false;
    }
    return true;
}

/* An adjustment's lines are differences of two ratings, and have no parts. */
static bool explain_adjustments(struct explaining *explaining, struct error *err)
{
    const json_t *adjustment;
    size_t i;
    json_array_foreach (json_object_get(explaining->document, "adjustments"), i, adjustment) {
        struct text CLEANUP(text_release) number;
        size_t before = explaining->explained;
        text_init(&number);
        text_printf(&number, "%zu.", i + 1);
        if (!explain_list(explaining, json_object_get(adjustment, "lines"), number.data, err))
            return false;
        if (explaining->explained > before)
            text_printf(explaining->out,
                        "  Late usage of %s: that period with all that is known now, less with "
                        "what was known at the last document; daybook-rerate makes both\n",
                        member(adjustment, "original"));
    }
    return true;
}

bool rating_explain(const json_t *document, const char *line, struct text *out, struct error *err)
{
    struct explaining explaining = {.document = document, .wanted = line, .out = out};
    const json_t *lines = json_object_get(document, "lines");
    if (!json_is_array(lines))
        return error_set(err, ERROR_INPUT, "it is no document: /lines is missing");
    if (!explain_list(&explaining, lines, "", err) || !explain_adjustments(&explaining, err))
        return false;
    return explaining.explained > 0 ||
           error_set(err, ERROR_NOT_FOUND,
                     "%s has no line '%s': its lines are 1 to %zu, those of the first adjustment "
                     "of late usage 1.1 and so on",
                     member(document, "number"), line != NULL ? line : "", json_array_size(lines));
}
