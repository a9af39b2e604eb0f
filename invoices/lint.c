#include "invoices/lint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "core/canonical.h"
#include "invoices/contracts.h"
#include "invoices/plans.h"

#define FILE_SIZE_MAX (8 << 20)

/* ---------------------------------------------------------------------------------------- lines */

static const char *skip_space(const char *json)
{
    return json + strspn(json, " \t\r\n");
}

static const char *skip_string(const char *json)
{
    for (json++; *json != '"' && *json != '\0'; json++)
        if (*json == '\\' && json[1] != '\0')
            json++;
    return *json == '"' ? json + 1 : json;
}

static const char *skip_value(const char *json)
{
    size_t depth = 0;
    do {
        if (*json == '{' || *json == '[')
            depth++;
        else if (*json == '}' || *json == ']')
            depth--;
        json = *json == '"' ? skip_string(json) : json + 1;
        if (depth == 0)
            json += strcspn(json, ",]} \t\r\n");
    } while (depth > 0 && *json != '\0');
    return json;
}

/* The value of a member or item of the object or list that begins here; NULL when there is none. */
static const char *find_inside(const char *json, const char *name, size_t size)
{
    bool is_object = *json == '{';
    size_t index = strtoul(name, NULL, 10);
    if (!is_object && *json != '[')
        return NULL;
    json = skip_space(json + 1);
    for (size_t i = 0; *json != '\0' && *json != '}' && *json != ']'; i++) {
        bool is_it = i == index;
        if (is_object) {
            is_it = strncmp(json + 1, name, size) == 0 && json[1 + size] == '"';
            json = skip_string(json);
            json = skip_space(skip_space(json) + 1);
        }
        if (is_it)
            return json;
        json = skip_space(skip_value(json));
        json = skip_space(json + (*json == ','));
    }
    return NULL;
}

size_t lint_line(const char *json, const char *pointer)
{
    size_t line = 1;
    const char *found = skip_space(json);
    while (*pointer == '/') {
        size_t size = strcspn(pointer + 1, "/");
        const char *inside = find_inside(found, pointer + 1, size);
        if (inside == NULL)
            break;
        found = inside;
        pointer += 1 + size;
    }
    for (; json < found; json++)
        line += *json == '\n';
    return line;
}

/* "plan.json: /charges/0/price: why" gets the line: "plan.json:12: /charges/0/price: why". False.
 */
static bool say_line(const char *path, struct error *err)
{
    struct text CLEANUP(text_release) bytes;
    struct text CLEANUP(text_release) pointer;
    struct text CLEANUP(text_release) why;
    struct error ignored;
    size_t size = strlen(path);
    text_init(&bytes);
    text_init(&pointer);
    text_init(&why);
    if (strncmp(err->message, path, size) != 0 || strncmp(err->message + size, ": /", 3) != 0 ||
        !file_read(path, FILE_SIZE_MAX, &bytes, &ignored))
        return false;
    text_append(&why, err->message + size + 2);
    text_append_n(&pointer, why.data, strcspn(why.data, ": "));
    return error_set(err, err->code, "%s:%zu: %s", path, lint_line(bytes.data, pointer.data),
                     why.data);
}

/* ------------------------------------------------------------------------------------- commands */

static bool read_plan(const char *path, uint32_t version, struct arena *arena, struct plan *out,
                      struct error *err)
{
    struct text CLEANUP(text_release) canonical;
    CLEANUP(json_release) json_t *json = NULL;
    text_init(&canonical);
    return (plans_read_json(path, &json, &canonical, err) &&
            plan_compile(json, path, version, arena, out, err)) ||
           say_line(path, err);
}

bool plan_lint_command(const struct cli *cli, struct error *err)
{
    struct arena CLEANUP(arena_release) arena;
    struct plan plan;
    arena_init(&arena);
    if (!read_plan(cli_argument(cli, 0), 1, &arena, &plan, err))
        return false;
    printf("plan '%s': %zu charges in %s\n", plan.id, plan.charge_count, plan.currency);
    return true;
}

static bool read_contract(const char *path, struct arena *arena, struct contract *out,
                          struct error *err)
{
    struct text CLEANUP(text_release) canonical;
    CLEANUP(json_release) json_t *json = NULL;
    text_init(&canonical);
    return (plans_read_json(path, &json, &canonical, err) &&
            contract_compile(json, path, 0, arena, out, err)) ||
           say_line(path, err);
}

/* A file stands for every version of its plan that the contract names. */
static bool read_plans(const struct cli *cli, const struct contract *contract, struct arena *arena,
                       const struct plan **plans, size_t *out_count, struct error *err)
{
    for (size_t i = 1; i < cli_argument_count(cli); i++) {
        struct plan plan;
        if (!read_plan(cli_argument(cli, i), 1, arena, &plan, err))
            return false;
        for (size_t j = 0; j < contract->plan_count; j++)
            if (strcmp(contract->plans[j].plan, plan.id) == 0) {
                struct plan *version = arena_copy(arena, &plan, sizeof(plan));
                version->version = contract->plans[j].version;
                plans[(*out_count)++] = version;
            }
    }
    return true;
}

static bool check_with_plans(const struct cli *cli, const struct contract *contract,
                             struct arena *arena, struct error *err)
{
    size_t count = 0, files = cli_argument_count(cli);
    const struct plan **plans =
        arena_array(arena, files * (contract->plan_count + 1), sizeof(*plans));
    return read_plans(cli, contract, arena, plans, &count, err) &&
           (files == 1 || contract_check_plans(contract, plans, count, err));
}

bool contract_lint_command(const struct cli *cli, struct error *err)
{
    struct arena CLEANUP(arena_release) arena;
    struct agreement CLEANUP(agreement_release) agreement = {0};
    const struct contract *contract = &agreement.contract;
    arena_init(&arena);
    if (!read_contract(cli_argument(cli, 0), &arena, &agreement.contract, err) ||
        !check_with_plans(cli, contract, &arena, err))
        return false;
    contracts_print_warnings(contract);
    printf("contract '%s' of tenant '%s': %zu plan versions, %zu reservations, in %s\n",
           contract->id, contract->tenant, contract->plan_count, contract->reservation_count,
           contract->currency);
    return true;
}
