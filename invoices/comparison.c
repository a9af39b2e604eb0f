#include "invoices/comparison.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/money.h"

void comparison_init(struct comparison *comparison)
{
    memset(comparison, 0, sizeof(*comparison));
    arena_init(&comparison->arena);
}

void comparison_release(struct comparison *comparison)
{
    free(comparison->rows);
    free(comparison->misses);
    arena_release(&comparison->arena);
}

void comparison_tenant(struct comparison *comparison)
{
    comparison->tenant_count++;
    comparison->first_of_tenant = comparison->row_count;
}

/* ----------------------------------------------------------------------------------------- rows */

static bool is_same(const struct comparison_row *row, const char *kind, const char *charge,
                    const char *currency)
{
    return strcmp(row->kind, kind) == 0 && strcmp(row->charge, charge) == 0 &&
           strcmp(row->currency, currency) == 0;
}

static struct comparison_row *find_row(struct comparison *comparison, const char *tenant,
                                       const char *kind, const char *charge, const char *currency,
                                       unsigned exponent)
{
    for (size_t i = comparison->first_of_tenant; i < comparison->row_count; i++)
        if (is_same(&comparison->rows[i], kind, charge, currency))
            return &comparison->rows[i];
    comparison->rows = memory_grow(comparison->rows, &comparison->row_capacity,
                                   comparison->row_count + 1, sizeof(*comparison->rows));
    struct comparison_row *row = &comparison->rows[comparison->row_count++];
    *row = (struct comparison_row){
        .tenant = arena_text(&comparison->arena, tenant),
        .kind = arena_text(&comparison->arena, kind),
        .charge = arena_text(&comparison->arena, charge),
        .currency = arena_text(&comparison->arena, currency),
        .exponent = exponent,
    };
    return row;
}

void comparison_add(struct comparison *comparison, const char *tenant, enum comparison_side side,
                    const struct rating *rating)
{
    for (size_t i = 0; i < rating->charge_count; i++) {
        const struct rating_charge *charge = &rating->charges[i];
        struct comparison_row *row = find_row(comparison, tenant, line_kind_word(charge->kind),
                                              charge->charge, rating->currency, rating->exponent);
        *(side == SIDE_BEFORE ? &row->before : &row->after) += charge->amount_minor;
    }
}

/* ------------------------------------------------------------------------ from another process */

json_t *comparison_rows(const struct comparison *comparison)
{
    json_t *rows = json_array();
    for (size_t i = comparison->first_of_tenant; i < comparison->row_count; i++) {
        const struct comparison_row *row = &comparison->rows[i];
        char before[INT128_TEXT_SIZE], after[INT128_TEXT_SIZE];
        json_array_append_new(rows,
                              json_pack("[s,s,s,i,s,s]", row->kind, row->charge, row->currency,
                                        (int)row->exponent, number_format(row->before, before),
                                        number_format(row->after, after)));
    }
    return rows;
}

static int128 minor_at(const json_t *row, size_t at)
{
    struct error never;
    int128 minor = 0;
    const json_t *text = json_array_get(row, at);
    bool good = number_parse_int128(json_string_value(text), json_string_length(text), "amount",
                                    &minor, &never);
    assert(good); /* comparison_rows() wrote it */
    return minor;
}

void comparison_take(struct comparison *comparison, const char *tenant, const json_t *rows)
{
    const json_t *json;
    size_t i;
    comparison_tenant(comparison);
    json_array_foreach (rows, i, json) {
        struct comparison_row *row = find_row(
            comparison, tenant, json_string_value(json_array_get(json, 0)),
            json_string_value(json_array_get(json, 1)), json_string_value(json_array_get(json, 2)),
            (unsigned)json_integer_value(json_array_get(json, 3)));
        row->before = minor_at(json, 4);
        row->after = minor_at(json, 5);
    }
}

void comparison_miss(struct comparison *comparison, const char *tenant, const char *why)
{
    comparison->row_count = comparison->first_of_tenant;
    comparison->misses = memory_grow(comparison->misses, &comparison->miss_capacity,
                                     comparison->miss_count + 1, sizeof(*comparison->misses));
    comparison->misses[comparison->miss_count++] = (struct comparison_miss){
        .tenant = arena_text(&comparison->arena, tenant),
        .why = arena_text(&comparison->arena, why),
    };
}

/* ----------------------------------------------------------------------------------------- sums */

/* Sums up the rows of the currency that the row `at` is the first of; false when it is not. */
static bool sum_currency(const struct comparison *comparison, size_t at, struct comparison_row *out)
{
    const char *currency = comparison->rows[at].currency;
    *out = (struct comparison_row){
        .currency = currency, .exponent = comparison->rows[at].exponent, .tenant = "", .kind = ""};
    for (size_t i = 0; i < comparison->row_count; i++) {
        const struct comparison_row *row = &comparison->rows[i];
        if (strcmp(row->currency, currency) != 0)
            continue;
        if (i < at)
            return false;
        out->before += row->before;
        out->after += row->after;
    }
    return true;
}

/* ---------------------------------------------------------------------------------------- forms */

struct row_texts {
    char before[DECIMAL_TEXT_SIZE];
    char after[DECIMAL_TEXT_SIZE];
    char difference[DECIMAL_TEXT_SIZE];
};

static void write_row(const struct comparison_row *row, struct row_texts *out)
{
    money_format(row->before, row->exponent, out->before);
    money_format(row->after, row->exponent, out->after);
    money_format(row->after - row->before, row->exponent, out->difference);
}

static void print_row(const struct comparison_row *row, const char *tenant, const char *charge,
                      FILE *out)
{
    struct row_texts texts;
    write_row(row, &texts);
    fprintf(out, "%-20s %-28s %16s %16s %16s %s\n", tenant, charge, texts.before, texts.after,
            texts.difference, row->currency);
}

void comparison_print_text(const struct comparison *comparison, FILE *out)
{
    struct comparison_row sum;
    fprintf(out, "%-20s %-28s %16s %16s %16s\n", "tenant", "charge", "before", "after",
            "difference");
    for (size_t i = 0; i < comparison->row_count; i++)
        print_row(&comparison->rows[i], comparison->rows[i].tenant, comparison->rows[i].charge,
                  out);
    for (size_t i = 0; i < comparison->row_count; i++)
        if (sum_currency(comparison, i, &sum))
            print_row(&sum, "total", "", out);
    for (size_t i = 0; i < comparison->miss_count; i++)
        fprintf(out, "NOT RATED %s: %s\n", comparison->misses[i].tenant, comparison->misses[i].why);
}

/* Ids have no character that CSV would quote. */
void comparison_print_csv(const struct comparison *comparison, FILE *out)
{
    fprintf(out, "tenant,kind,charge,currency,before,after,difference\n");
    for (size_t i = 0; i < comparison->row_count; i++) {
        const struct comparison_row *row = &comparison->rows[i];
        struct row_texts texts;
        write_row(row, &texts);
        fprintf(out, "%s,%s,%s,%s,%s,%s,%s\n", row->tenant, row->kind, row->charge, row->currency,
                texts.before, texts.after, texts.difference);
    }
}

static json_t *sums_json(const struct comparison_row *row)
{
    struct row_texts texts;
    write_row(row, &texts);
    return json_pack("{s:s,s:s,s:s,s:s}", "currency", row->currency, "before", texts.before,
                     "after", texts.after, "difference", texts.difference);
}

static json_t *row_json(const struct comparison_row *row)
{
    json_t *json = sums_json(row);
    json_object_set_new(json, "tenant", json_string(row->tenant));
    json_object_set_new(json, "kind", json_string(row->kind));
    json_object_set_new(json, "charge", json_string(row->charge));
    return json;
}

json_t *comparison_json(const struct comparison *comparison)
{
    json_t *rows = json_array(), *totals = json_array(), *misses = json_array();
    struct comparison_row sum;
    for (size_t i = 0; i < comparison->row_count; i++) {
        json_array_append_new(rows, row_json(&comparison->rows[i]));
        if (sum_currency(comparison, i, &sum))
            json_array_append_new(totals, sums_json(&sum));
    }
    for (size_t i = 0; i < comparison->miss_count; i++)
        json_array_append_new(misses, json_pack("{s:s,s:s}", "tenant", comparison->misses[i].tenant,
                                                "why", comparison->misses[i].why));
    return json_pack("{s:I,s:o,s:o,s:o}", "tenants", (json_int_t)comparison->tenant_count, "rows",
                     rows, "totals", totals, "not_rated", misses);
}
