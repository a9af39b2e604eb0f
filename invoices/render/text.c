#include "invoices/render/text.h"

#include <string.h>

#define DESCRIPTION_COLUMNS 44

static const char *member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

static void render_party(const char *title, const json_t *party, struct text *out)
{
    const json_t *line;
    size_t i;
    text_printf(out, "%-10s %s\n", title, member(party, "name"));
    json_array_foreach (json_object_get(party, "address"), i, line)
        text_printf(out, "%-10s %s\n", "", json_string_value(line));
    if (json_object_get(party, "vat_id") != NULL)
        text_printf(out, "%-10s VAT %s\n", "", member(party, "vat_id"));
}

/* "H100, on demand [project=a]" */
static void render_line(const json_t *line, struct text *out)
{
    const char *name;
    json_t *value;
    struct text CLEANUP(text_release) words;
    text_init(&words);
    text_append(&words, member(line, "description"));
    json_object_foreach (json_object_get(line, "line_by"), name, value)
        if (json_is_string(value))
            text_printf(&words, " [%s=%s]", name, json_string_value(value));
    text_printf(out, "  %-*s %14s %-12s %14s\n", DESCRIPTION_COLUMNS, words.data,
                member(line, "quantity"), member(line, "unit"), member(line, "amount"));
}

static void render_lines(const json_t *lines, struct text *out)
{
    const json_t *line;
    size_t i;
    json_array_foreach (lines, i, line)
        render_line(line, out);
}

static void render_adjustments(const json_t *adjustments, struct text *out)
{
    const json_t *adjustment;
    size_t i;
    json_array_foreach (adjustments, i, adjustment) {
        text_printf(out, "\nLate usage of %s\n", member(adjustment, "original"));
        render_lines(json_object_get(adjustment, "lines"), out);
    }
}

static void render_amount(const char *words, const char *amount, const char *currency,
                          struct text *out)
{
    text_printf(out, "  %-*s %27s %14s %s\n", DESCRIPTION_COLUMNS, words, "", amount, currency);
}

/* Of several taxes on one base each stands below their sum. */
static void render_tax_parts(const json_t *tax, struct text *out)
{
    const json_t *part;
    size_t i;
    json_array_foreach (json_object_get(tax, "parts"), i, part)
        text_printf(out, "    %s %s %%: %s\n", member(part, "name"), member(part, "rate"),
                    member(part, "tax"));
}

/* What credits paid, and the sums in another currency. */
static void render_payment(const json_t *document, const char *currency, struct text *out)
{
    const json_t *settlement = json_object_get(document, "settlement");
    const json_t *fx = json_object_get(settlement, "fx");
    if (json_array_size(json_object_get(settlement, "credits")) > 0) {
        render_amount("Paid by credits", member(settlement, "paid"), currency, out);
        render_amount("Payable", member(settlement, "payable"), currency, out);
    }
    if (fx != NULL)
        render_amount("Payable", member(fx, "payable"), member(fx, "currency"), out);
}

static void render_totals(const json_t *document, struct text *out)
{
    const char *currency = member(document, "currency");
    const json_t *tax;
    size_t i;
    text_append(out, "\n");
    render_amount("Net", member(document, "net"), currency, out);
    json_array_foreach (json_object_get(document, "taxes"), i, tax) {
        struct text CLEANUP(text_release) words;
        text_init(&words);
        text_printf(&words, "Tax %s %s %% on %s", member(tax, "category"), member(tax, "rate"),
                    member(tax, "net"));
        render_amount(words.data, member(tax, "tax"), currency, out);
        render_tax_parts(tax, out);
    }
    render_amount("Total", member(document, "total"), currency, out);
    render_payment(document, currency, out);
}

void render_text(const json_t *document, struct text *out)
{
    const json_t *period = json_object_get(document, "period");
    const json_t *cut = json_array_get(json_object_get(document, "cut"), 0);
    const char *kind = member(document, "document");
    text_printf(out, "%s %s\n\n", strcmp(kind, "credit_note") == 0 ? "Credit note" : "Invoice",
                member(document, "number"));
    render_party("Seller", json_object_get(document, "seller"), out);
    render_party("Customer", json_object_get(document, "customer"), out);
    text_printf(out, "%-10s %s to %s (%s)\n", "Period", member(period, "from"),
                member(period, "to"), member(period, "zone"));
    text_printf(out, "%-10s %s, due %s\n\n", "Issued", member(document, "issue_date"),
                member(document, "due_date"));
    render_lines(json_object_get(document, "lines"), out);
    render_adjustments(json_object_get(document, "adjustments"), out);
    render_totals(document, out);
    text_printf(out, "\nMade with %s at size %lld, root %s\n", member(cut, "origin"),
                (long long)json_integer_value(json_object_get(cut, "size")), member(cut, "root"));
}
