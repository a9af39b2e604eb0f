/*
 * Earlier documents, read for their money.
 */
#include "rating/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/instant.h"

void history_init(struct history *history, unsigned exponent, struct arena *arena)
{
    *history = (struct history){.arena = arena, .exponent = exponent};
}

void history_release(struct history *history)
{
    for (size_t i = 0; i < history->count; i++)
        json_decref(history->documents[i].json);
    free(history->documents);
    free(history->facts);
    free(history->burns);
    free(history->own_burns);
    free(history->states);
    free(history->cuts);
    free(history->granted);
    *history = (struct history){0};
}

size_t history_find(const struct history *history, const char *number)
{
    size_t at = 0;

    while (at < history->count && strcmp(history->documents[at].number, number) != 0)
        at++;
    return at;
}

/* ------------------------------------------------------------------------------------ members */

static bool unreadable(struct error *err, const char *what)
{
    return error_set(err, ERROR_CONFLICT, "an earlier document's %s cannot be read", what);
}

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

int128 history_burnt(const struct burn *burns, size_t count, const char *grant)
{
    int128 sum = 0;

    for (size_t i = 0; i < count; i++)
        if (strcmp(burns[i].grant, grant) == 0)
            sum += burns[i].amount_minor;
    return sum;
}

bool history_amount(const json_t *object, const char *name, unsigned decimals, int128 *out,
                    struct error *err)
{
    const char *text = text_of(object, name);
    struct decimal decimal;

    if (!text)
        return unreadable(err, name);
    if (!decimal_parse(text, strlen(text), name, &decimal, err))
        return false;
    if (decimal.scale > decimals ||
        !number_multiply(decimal.coefficient, number_power10(decimals - decimal.scale), out))
        return unreadable(err, name);
    return true;
}

/* The names are the document's, which the history holds. */
static bool read_rate(const json_t *object, const char **out_category, struct decimal *out_rate,
                      struct error *err)
{
    const char *rate = text_of(object, "rate");

    *out_category = text_of(object, "tax_category");
    if (!*out_category || !rate)
        return unreadable(err, "tax category");
    return decimal_parse(rate, strlen(rate), "rate", out_rate, err);
}

static bool read_instant(const json_t *object, const char *name, int64_t *out, struct error *err)
{
    const char *text = text_of(object, name);

    return text ? instant_parse(text, strlen(text), name, out, err) : unreadable(err, name);
}

/* -------------------------------------------------------------------------------------- facts */

static bool read_kind(const json_t *line, enum line_kind *out)
{
    const char *word = text_of(line, "kind");

    for (int kind = LINE_CHARGE; word && kind <= LINE_CREDIT; kind++)
        if (strcmp(word, line_kind_word((enum line_kind)kind)) == 0) {
            *out = (enum line_kind)kind;
            return true;
        }
    return false;
}

static bool read_upfront(const json_t *line, struct fact *fact, struct error *err)
{
    const json_t *part;
    size_t i;

    json_array_foreach (json_object_get(line, "parts"), i, part) {
        const char *kind = text_of(part, "kind");
        int128 amount = 0;

        if (!kind || strcmp(kind, part_kind_word(PART_UPFRONT)) != 0)
            continue;
        if (!history_amount(part, "amount", PART_DECIMALS, &amount, err))
            return false;
        fact->upfront += amount;
    }
    return true;
}

static bool add_fact(struct history *history, size_t period, const json_t *line, struct error *err)
{
    struct fact fact = {.period = period, .charge = text_of(line, "charge")};
    const char *units = text_of(line, "base_quantity");

    fact.region = text_of(json_object_get(line, "line_by"), "region");
    if (!fact.charge || !read_kind(line, &fact.kind))
        return unreadable(err, "line");
    if (!read_rate(line, &fact.category, &fact.rate, err) ||
        !history_amount(line, "amount", history->exponent, &fact.amount_minor, err) ||
        !read_upfront(line, &fact, err) ||
        (units &&
         !number_parse_int128(units, strlen(units), "base_quantity", &fact.base_quantity, err)))
        return false;
    history->facts = memory_grow(history->facts, &history->fact_capacity, history->fact_count + 1,
                                 sizeof *history->facts);
    history->facts[history->fact_count++] = fact;
    return true;
}

static bool add_lines(struct history *history, size_t period, const json_t *lines,
                      struct error *err)
{
    const json_t *line;
    size_t i;

    json_array_foreach (lines, i, line)
        if (!add_fact(history, period, line, err))
            return false;
    return true;
}

/* Adjustments of another contract's documents are not of this one. */
static bool add_adjustments(struct history *history, const json_t *adjustments, struct error *err)
{
    const json_t *adjustment;
    size_t i;

    json_array_foreach (adjustments, i, adjustment) {
        const char *original = text_of(adjustment, "original");
        size_t period = original ? history_find(history, original) : history->count;

        if (period < history->count &&
            !add_lines(history, period, json_object_get(adjustment, "lines"), err))
            return false;
    }
    return true;
}

/* -------------------------------------------------------------------------------------- burns */

static bool read_burn(const struct history *history, const json_t *json, size_t stated,
                      struct burn *out, struct error *err)
{
    const char *original = text_of(json, "original");
    const char *stage = text_of(json, "stage");
    struct burn burn = {.grant = text_of(json, "credit"),
                        .charge = text_of(json, "charge"),
                        .period = original ? history_find(history, original) : stated};

    if (!burn.grant || !stage)
        return unreadable(err, "burn");
    burn.is_after_tax = strcmp(stage, "after_tax") == 0;
    *out = burn;
    return history_amount(json, "amount", history->exponent, &out->amount_minor, err) &&
           read_instant(json, "from", &out->at_us, err) &&
           (!out->charge || read_rate(json, &out->category, &out->rate, err));
}

static bool add_burn(struct history *history, const json_t *json, size_t stated, struct error *err)
{
    struct burn burn;

    if (!read_burn(history, json, stated, &burn, err))
        return false;
    history->burns = memory_grow(history->burns, &history->burn_capacity, history->burn_count + 1,
                                 sizeof *history->burns);
    history->burns[history->burn_count++] = burn;
    return true;
}

static bool add_own_burn(struct history *history, const json_t *json, size_t stated,
                         struct error *err)
{
    struct burn burn;

    if (!read_burn(history, json, stated, &burn, err))
        return false;
    history->own_burns = memory_grow(history->own_burns, &history->own_burn_capacity,
                                     history->own_burn_count + 1, sizeof *history->own_burns);
    history->own_burns[history->own_burn_count++] = burn;
    return true;
}

static struct grant_state *state_of(struct history *history, const char *id)
{
    for (size_t i = 0; i < history->state_count; i++)
        if (strcmp(history->states[i].id, id) == 0)
            return &history->states[i];
    history->states = memory_grow(history->states, &history->state_capacity,
                                  history->state_count + 1, sizeof *history->states);
    history->states[history->state_count] = (struct grant_state){.id = id};
    return &history->states[history->state_count++];
}

static void add_granted(struct history *history, size_t at, const struct grant_state *state)
{
    history->granted = memory_grow(history->granted, &history->granted_capacity,
                                   history->granted_count + 1, sizeof *history->granted);
    history->granted[history->granted_count++] = (struct granted){at, state->id, state->granted};
}

static bool add_states(struct history *history, size_t at, const json_t *credits, struct error *err)
{
    const json_t *credit;
    size_t i;

    json_array_foreach (credits, i, credit) {
        const char *id = text_of(credit, "id");

        if (!id)
            return unreadable(err, "credit");
        struct grant_state *state = state_of(history, id);
        state->is_closed = json_is_true(json_object_get(credit, "closed"));
        if (!history_amount(credit, "granted", history->exponent, &state->granted, err) ||
            !history_amount(credit, "closing", history->exponent, &state->left, err))
            return false;
        add_granted(history, at, state);
    }
    return true;
}

static bool add_cut(struct history *history, const json_t *json, size_t stated, struct error *err)
{
    const char *original = text_of(json, "original");
    struct cut cut = {.period = original ? history_find(history, original) : stated,
                      .stated = stated,
                      .charge = text_of(json, "charge")};

    if (!cut.charge)
        return unreadable(err, "cut");
    if (!read_rate(json, &cut.category, &cut.rate, err) ||
        !read_instant(json, "from", &cut.at_us, err) ||
        !history_amount(json, "amount", history->exponent, &cut.amount_minor, err))
        return false;
    history->cuts = memory_grow(history->cuts, &history->cut_capacity, history->cut_count + 1,
                                sizeof *history->cuts);
    history->cuts[history->cut_count++] = cut;
    return true;
}

static bool add_settlement(struct history *history, size_t at, const json_t *settlement,
                           struct error *err)
{
    const json_t *burn;
    const json_t *cut;
    size_t i;

    json_array_foreach (json_object_get(settlement, "cuts"), i, cut)
        if (!add_cut(history, cut, at, err))
            return false;
    json_array_foreach (json_object_get(settlement, "burns"), i, burn)
        if (!add_burn(history, burn, at, err))
            return false;
    const json_t *own = json_object_get(settlement, "own_burns");
    json_array_foreach (own ? own : json_object_get(settlement, "burns"), i, burn)
        if (!add_own_burn(history, burn, at, err))
            return false;
    return add_states(history, at, json_object_get(settlement, "credits"), err);
}

/* ---------------------------------------------------------------------------------- documents */

/* What the pool's documents charged with this one of the payer's. */
static bool add_amounts(struct history *history, size_t at, const json_t *amounts,
                        struct error *err)
{
    const json_t *amount;
    size_t i;

    json_array_foreach (amounts, i, amount) {
        const char *original = text_of(amount, "original");
        size_t period = original ? history_find(history, original) : at;

        if (period == history->count)
            return unreadable(err, "amount");
        if (!add_fact(history, period, amount, err))
            return false;
    }
    return true;
}

static bool add_facts(struct history *history, size_t at, const json_t *json, struct error *err)
{
    const json_t *amounts = json_object_get(json_object_get(json, "settlement"), "amounts");

    if (history->is_pools && amounts)
        return add_amounts(history, at, amounts, err);
    return add_lines(history, at, json_object_get(json, "lines"), err) &&
           add_adjustments(history, json_object_get(json, "adjustments"), err);
}

static bool read_document(json_t *json, struct history_document *out, struct error *err)
{
    const json_t *period = json_object_get(json, "period");
    const char *label = text_of(period, "label");

    *out = (struct history_document){.json = json, .number = text_of(json, "number")};
    if (!out->number || !label || strlen(label) >= sizeof out->period.label)
        return unreadable(err, "number or period");
    memcpy(out->period.label, label, strlen(label) + 1);
    return read_instant(period, "from", &out->period.from_us, err) &&
           read_instant(period, "to", &out->period.to_us, err);
}

bool history_add(struct history *history, const struct contract *contract, json_t *json,
                 const struct digest *hash, struct error *err)
{
    const char *id = text_of(json_object_get(json, "contract"), "id");
    struct history_document document;

    if (!id)
        return unreadable(err, "contract");
    if (strcmp(id, contract->id) != 0)
        return true;
    if (!read_document(json, &document, err))
        return false;
    document.hash = *hash;
    history->documents = memory_grow(history->documents, &history->capacity, history->count + 1,
                                     sizeof *history->documents);
    json_incref(json);
    history->documents[history->count++] = document;
    return add_facts(history, history->count - 1, json, err) &&
           add_settlement(history, history->count - 1, json_object_get(json, "settlement"), err);
}

bool history_check(const struct history *history, const struct contract *contract,
                   const struct period *period, struct error *err)
{
    int64_t due_us = contract->from_us;
    char text[INSTANT_TEXT_SIZE];

    for (size_t i = 0; i <= history->count; i++) {
        const struct period *next = i < history->count ? &history->documents[i].period : period;

        if (next->from_us != due_us && (i > 0 || next->from_us > due_us))
            return error_set(err, ERROR_INPUT,
                             "the document of the period from %s is missing, and balances come "
                             "from all of the contract's documents",
                             instant_format(due_us, text));
        due_us = next->to_us;
    }
    return true;
}
