#include "invoices/idle_print.h"

#include <jansson.h>
#include <string.h>

#include "base/instant.h"
#include "core/canonical.h"

static json_t *cell_json(const struct idle_table *table, const struct idle_type *type,
                         const struct idle_cell *cell, int64_t from_us, int64_t to_us)
{
    const struct declared *declared = table->declared;
    char from[INSTANT_TEXT_SIZE], to[INSTANT_TEXT_SIZE];
    json_t *object = json_pack("{s:s,s:s}", "from", instant_format(from_us, from), "to",
                               instant_format(to_us, to));
    json_t *values = json_object();
    for (size_t i = 0; i < declared->by_count; i++)
        json_object_set_new(values, declared->by[i],
                            type->values[i] != NULL ? json_string(type->values[i]) : json_null());
    json_object_set_new(object, "type", values);
    for (int c = 0; c < IDLE_COLUMN_COUNT; c++)
        json_set_text(object, idle_columns[c],
                      idle_text(cell, (enum idle_column)c, declared->scale, table->arena));
    return object;
}

/* A dimension's value may hold anything: RFC 4180. */
static void print_csv_text(const char *text, FILE *out)
{
    bool is_plain = strpbrk(text, ",\"\r\n") == NULL;
    if (!is_plain)
        fputc('"', out);
    for (; *text != '\0'; text++)
        fputs(*text == '"' ? "\"\"" : (char[]){*text, '\0'}, out);
    if (!is_plain)
        fputc('"', out);
}

static void print_csv_cell(const struct idle_table *table, const struct idle_type *type,
                           const struct idle_cell *cell, int64_t from_us, int64_t to_us, FILE *out)
{
    const struct declared *declared = table->declared;
    char from[INSTANT_TEXT_SIZE], to[INSTANT_TEXT_SIZE];
    fprintf(out, "%s,%s", instant_format(from_us, from), instant_format(to_us, to));
    for (size_t i = 0; i < declared->by_count; i++) {
        fputc(',', out);
        print_csv_text(type->values[i] != NULL ? type->values[i] : "", out);
    }
    for (int c = 0; c < IDLE_COLUMN_COUNT; c++) {
        const char *text = idle_text(cell, (enum idle_column)c, declared->scale, table->arena);
        fprintf(out, ",%s", text != NULL ? text : "");
    }
    fputc('\n', out);
}

typedef void cell_visitor(void *context, const struct idle_table *table,
                          const struct idle_type *type, const struct idle_cell *cell,
                          int64_t from_us, int64_t to_us);

/* Windows in order, in each the types that have something. */
static void each_cell(const struct idle_table *table, cell_visitor *visit, void *context)
{
    for (size_t w = 0; w < table->window_count; w++)
        for (size_t t = 0; t < table->type_count; t++) {
            int64_t from_us = table->from_us + (int64_t)w * table->step_us;
            if (!idle_is_empty(&table->types[t].cells[w]))
                visit(context, table, &table->types[t], &table->types[t].cells[w], from_us,
                      from_us + table->step_us);
        }
}

static void csv_cell(void *context, const struct idle_table *table, const struct idle_type *type,
                     const struct idle_cell *cell, int64_t from_us, int64_t to_us)
{
    print_csv_cell(table, type, cell, from_us, to_us, context);
}

static void json_cell(void *context, const struct idle_table *table, const struct idle_type *type,
                      const struct idle_cell *cell, int64_t from_us, int64_t to_us)
{
    json_array_append_new(context, cell_json(table, type, cell, from_us, to_us));
}

void idle_print_csv(const struct idle_table *table, FILE *out)
{
    const struct declared *declared = table->declared;
    fputs("from,to", out);
    for (size_t i = 0; i < declared->by_count; i++)
        fprintf(out, ",%s", declared->by[i]);
    for (int c = 0; c < IDLE_COLUMN_COUNT; c++)
        fprintf(out, ",%s", idle_columns[c]);
    fputc('\n', out);
    each_cell(table, csv_cell, out);
}

void idle_print_json(const struct idle_table *table, uint32_t version, uint64_t size, FILE *out)
{
    json_t *rows = json_array(), *totals = json_array();
    each_cell(table, json_cell, rows);
    for (size_t t = 0; t < table->type_count; t++) {
        struct idle_cell sum = idle_sum(table, &table->types[t]);
        if (!idle_is_empty(&sum))
            json_array_append_new(
                totals, cell_json(table, &table->types[t], &sum, table->from_us,
                                  table->from_us + (int64_t)table->window_count * table->step_us));
    }
    CLEANUP(json_release)
    json_t *json =
        json_pack("{s:s,s:i,s:s,s:s,s:I,s:o,s:o}", "capacity", table->declared->id, "version",
                  (int)version, "meter", table->declared->meter, "unit", table->declared->unit,
                  "size", (json_int_t)size, "rows", rows, "totals", totals);
    json_dumpf(json, out, JSON_COMPACT | JSON_SORT_KEYS);
    fputc('\n', out);
}

void idle_print_text(const struct idle_table *table, FILE *out)
{
    const struct declared *declared = table->declared;
    for (size_t t = 0; t < table->type_count; t++) {
        struct idle_cell sum = idle_sum(table, &table->types[t]);
        if (idle_is_empty(&sum))
            continue;
        for (size_t i = 0; i < declared->by_count; i++)
            fprintf(out, "%s%s", i > 0 ? " " : "",
                    table->types[t].values[i] != NULL ? table->types[t].values[i] : "-");
        fprintf(out, ", in %s-seconds:", declared->unit);
        for (int c = 0; c < IDLE_COLUMN_COUNT; c++) {
            const char *text = idle_text(&sum, (enum idle_column)c, declared->scale, table->arena);
            if (text != NULL)
                fprintf(out, "%s %s %s%s", c > 0 ? "," : "", idle_columns[c], text,
                        c >= IDLE_UTILISATION ? " %" : "");
        }
        fputc('\n', out);
    }
}
