#include "rerate/shares.h"

#include <string.h>

#include "core/canonical.h"
#include "core/money.h"
#include "rating/difference.h"
#include "rating/explain_part.h"
#include "rating/fragment.h"
#include "rating/history.h"
#include "rating/ratio.h"
#include "rating/share.h"
#include "rerate/sections.h"

struct remake {
    const struct shares_input *input;
    const struct contract *contract;
    const struct period *period;
    struct arena *arena;
    struct ratio_pool numbers;
    unsigned exponent;
    json_t *lines;   /* a copy that is corrected */
    json_t *charges; /* the pool's, the same way */
    struct rating own;
    struct rating levels;       /* charges of service levels alone */
    struct settlement credited; /* by service levels */
};

static bool is_same(const json_t *a, const json_t *b, const char *name)
{
    const json_t *x = json_object_get(a, name), *y = json_object_get(b, name);
    return x == y || (x != NULL && y != NULL && json_equal(x, y) == 1);
}

/* Lines that were rounded together. */
static bool is_of(const json_t *line, const json_t *charge)
{
    return is_same(line, charge, "plan") && is_same(line, charge, "charge") &&
           is_same(line, charge, "tax_category") && is_same(line, charge, "rate");
}

static bool exact_of(const json_t *object, const char *name, mpq_ptr out, struct error *err)
{
    const char *text = json_string_value(json_object_get(object, name));
    return (text != NULL && explain_number(text, out)) ||
           error_set(err, ERROR_INPUT, "the document states no exact '%s'", name);
}

static void set_money(json_t *object, const char *name, int128 minor, unsigned exponent)
{
    char text[DECIMAL_TEXT_SIZE];
    json_set_text(object, name, money_format(minor, exponent, text));
}

/* ------------------------------------------------------------------------------ parts of a line */

/* The parts' exact amounts, and their sum. */
static bool read_parts(struct remake *remake, const json_t *line, mpq_ptr **out, mpq_ptr sum,
                       struct error *err)
{
    const json_t *parts = json_object_get(line, "parts"), *part;
    size_t i;
    *out = arena_array(remake->arena, json_array_size(parts) + 1, sizeof(**out));
    json_array_foreach (parts, i, part) {
        (*out)[i] = ratio_new(&remake->numbers);
        if (!exact_of(json_object_get(part, "why"), "exact", (*out)[i], err))
            return false;
        mpq_add(sum, sum, (*out)[i]);
    }
    return true;
}

static bool make_parts(struct remake *remake, json_t *line, int128 amount, struct error *err)
{
    json_t *parts = json_object_get(line, "parts"), *part;
    size_t i, count = json_array_size(parts);
    int128 *amounts = arena_array(remake->arena, count + 1, sizeof(*amounts));
    int128 total;
    mpq_ptr *exact, sum = ratio_new(&remake->numbers);
    if (!read_parts(remake, line, &exact, sum, err))
        return false;
    if (!number_multiply(amount, number_power10(PART_DECIMALS - remake->exponent), &total))
        return error_set(err, ERROR_INPUT, "a line's amount does not fit 128 bits");
    if (count == 0 || (mpq_sgn(sum) == 0 && amount != 0))
        return true;
    share_spread(total, exact, count, number_power10(PART_DECIMALS), amounts);
    json_array_foreach (parts, i, part)
        set_money(part, "amount", amounts[i], PART_DECIMALS);
    return true;
}

/* ---------------------------------------------------------------------------- lines of a charge */

/* Whole near pool × share / exact: what is stated where it is one of the two next to it. */
static bool make_share(struct remake *remake, json_t *charge, int128 stated, int128 *out,
                       struct error *err)
{
    mpq_ptr exact = ratio_new(&remake->numbers), share = ratio_new(&remake->numbers);
    int128 amount;
    const char *id = json_string_value(json_object_get(charge, "charge"));
    if (!exact_of(charge, "exact", exact, err) || !exact_of(charge, "share", share, err) ||
        !ratio_round(exact, remake->exponent, id != NULL ? id : "charge", &amount, err))
        return false;
    set_money(charge, "amount", amount, remake->exponent);
    if (mpq_sgn(exact) == 0) {
        *out = 0;
        return true;
    }
    mpq_div(share, share, exact);
    ratio_scale(share, amount, 1);
    int128 floor = ratio_floor(share);
    bool is_whole = mpz_cmp_ui(mpq_denref(share), 1) == 0;
    *out = stated == floor || (stated == floor + 1 && !is_whole) ? stated : floor;
    return true;
}

/* A charge's lines here: how many, what they state, their exact amounts. */
struct group {
    size_t count;
    json_t **lines;
    mpq_ptr *exact;
    mpq_ptr sum;
    int128 stated;
};

static bool read_group(struct remake *remake, const json_t *first, struct group *out,
                       struct error *err)
{
    json_t *line;
    size_t i, size = json_array_size(remake->lines) + 1;
    out->lines = arena_array(remake->arena, size, sizeof(*out->lines));
    out->exact = arena_array(remake->arena, size, sizeof(*out->exact));
    out->sum = ratio_new(&remake->numbers);
    json_array_foreach (remake->lines, i, line) {
        mpq_ptr *parts;
        int128 amount;
        if (!is_of(line, first) || !is_same(line, first, "kind"))
            continue;
        out->lines[out->count] = line;
        out->exact[out->count] = ratio_new(&remake->numbers);
        if (!read_parts(remake, line, &parts, out->exact[out->count], err) ||
            !history_amount(line, "amount", remake->exponent, &amount, err))
            return false;
        mpq_add(out->sum, out->sum, out->exact[out->count++]);
        out->stated += amount;
    }
    return true;
}

/* Lines of nothing are not printed: then what the others are cannot be made again. */
static bool make_lines(struct remake *remake, const struct group *group, bool are_all, int128 total,
                       struct error *err)
{
    int128 *amounts = arena_array(remake->arena, group->count, sizeof(*amounts));
    if (are_all && (mpq_sgn(group->sum) != 0 || total == 0))
        share_spread(total, group->exact, group->count, number_power10(remake->exponent), amounts);
    else
        for (size_t i = 0; i < group->count; i++)
            if (!history_amount(group->lines[i], "amount", remake->exponent, &amounts[i], err))
                return false;
    for (size_t i = 0; i < group->count; i++) {
        set_money(group->lines[i], "amount", amounts[i], remake->exponent);
        if (!make_parts(remake, group->lines[i], amounts[i], err))
            return false;
    }
    return true;
}

static json_t *pool_charge(const struct remake *remake, const json_t *line)
{
    json_t *charge;
    size_t i;
    json_array_foreach (remake->charges, i, charge)
        if (is_of(line, charge))
            return charge;
    return NULL;
}

static bool add_own(struct remake *remake, const json_t *line, int128 amount, struct error *err)
{
    struct rating_charge *own = &remake->own.charges[remake->own.charge_count++];
    const char *rate = json_string_value(json_object_get(line, "rate"));
    const char *category = json_string_value(json_object_get(line, "tax_category"));
    if (rate == NULL || category == NULL)
        return error_set(err, ERROR_INPUT, "a line has no tax category or rate");
    own->amount_minor = amount;
    own->tax_category = category;
    own->tax_parts =
        contract_tax_parts(remake->contract, category, remake->period->from_us, remake->arena);
    remake->own.net_minor += amount;
    return decimal_parse(rate, strlen(rate), "rate", &own->tax_rate, err);
}

/* What was credited there, of this (category, rate). */
static bool level_of(const struct remake *remake, const json_t *line, int128 *out,
                     struct error *err)
{
    const char *id = json_string_value(json_object_get(line, "charge"));
    const char *category = json_string_value(json_object_get(line, "tax_category"));
    const char *text = json_string_value(json_object_get(line, "rate"));
    struct decimal rate;
    *out = 0;
    if (id == NULL || category == NULL || text == NULL)
        return error_set(err, ERROR_INPUT, "a line has no charge, tax category or rate");
    if (!decimal_parse(text, strlen(text), "rate", &rate, err))
        return false;
    for (size_t i = 0; i < remake->levels.charge_count; i++) {
        const struct rating_charge *level = &remake->levels.charges[i];
        if (strcmp(level->charge, id) == 0 && strcmp(level->tax_category, category) == 0 &&
            decimal_compare(level->tax_rate, rate) == 0)
            *out += level->amount_minor;
    }
    return true;
}

/* What is no share of the pool's: a credit's line is its burns, a service level's its own. */
static bool make_apart(struct remake *remake, const json_t *first, const struct group *group,
                       int128 *out, struct error *err)
{
    const char *kind = json_string_value(json_object_get(first, "kind"));
    const json_t *settlement = json_object_get(remake->input->document, "settlement");
    if (settlement != NULL && kind != NULL && strcmp(kind, "credit") == 0)
        return section_burnt(remake->input->document, NULL, first, remake->exponent, out, err);
    if (settlement != NULL && kind != NULL && strcmp(kind, "sla") == 0)
        return level_of(remake, first, out, err);
    return ratio_round(group->sum, remake->exponent, "a line", out, err);
}

static bool make_group(struct remake *remake, const json_t *first, struct error *err)
{
    struct group group = {0};
    json_t *charge = pool_charge(remake, first);
    int128 total;
    bool are_all = true;
    if (!read_group(remake, first, &group, err))
        return false;
    if (charge == NULL) {
        if (!make_apart(remake, first, &group, &total, err))
            return false;
    } else {
        mpq_ptr share = ratio_new(&remake->numbers);
        if (!make_share(remake, charge, group.stated, &total, err) ||
            !exact_of(charge, "share", share, err))
            return false;
        are_all = mpq_cmp(share, group.sum) == 0;
    }
    return make_lines(remake, &group, are_all, total, err) && add_own(remake, first, total, err);
}

static bool make_groups(struct remake *remake, struct error *err)
{
    json_t *line;
    size_t i;
    remake->own.charges = arena_array(remake->arena, json_array_size(remake->lines) + 1,
                                      sizeof(*remake->own.charges));
    json_array_foreach (remake->lines, i, line) {
        bool is_first = true;
        for (size_t k = 0; k < i && is_first; k++)
            is_first = !is_of(json_array_get(remake->lines, k), line) ||
                       !is_same(json_array_get(remake->lines, k), line, "kind");
        if (is_first && !make_group(remake, line, err))
            return false;
    }
    return true;
}

/* ---------------------------------------------------------------------------------- the document
 */

static json_t *make_sections(const struct remake *remake)
{
    json_t *list = json_array();
    for (size_t i = 0; i < remake->input->count; i++) {
        const struct rating_adjustment *of = &remake->input->adjustments[i];
        const json_t *stated = section_of(remake->input->document, of->original);
        json_t *made = stated != NULL ? section_json(stated, of, remake->exponent)
                                      : rating_difference_json(of->difference, remake->exponent);
        json_set_text(made, "original", of->original);
        json_set_hash(made, "original_hash", &of->original_hash);
        json_array_append_new(list, made);
    }
    return list;
}

static bool make_sums(struct remake *remake, json_t *made, struct rating_totals *out,
                      struct error *err)
{
    struct rating_totals totals;
    if (!rating_totals(&remake->own, remake->input->adjustments, remake->input->count,
                       remake->arena, &totals, err))
        return false;
    json_object_set_new(made, "adjustments", make_sections(remake));
    json_object_set_new(made, "taxes",
                        rating_taxes_json(totals.taxes, totals.tax_count, remake->exponent));
    set_money(made, "net", totals.net_minor, remake->exponent);
    set_money(made, "tax", totals.tax_minor, remake->exponent);
    set_money(made, "total", totals.total_minor, remake->exponent);
    *out = totals;
    return true;
}

/* ------------------------------------------------------------------------------- its settlement */

static bool make_levels(struct remake *remake, struct error *err)
{
    if (!contract_has_money(remake->contract))
        return true;
    settle_open(&remake->input->terms, &remake->levels, NULL, 0, &remake->credited);
    return settle_slas(&remake->credited, err);
}

/* What its own burns paid after tax; of nobody but the payer. */
static bool paid_of(const struct remake *remake, int128 *out, struct error *err)
{
    const json_t *burns = json_object_get(json_object_get(remake->input->document, "settlement"),
                                          "own_burns"),
                 *burn;
    size_t i;
    *out = 0;
    json_array_foreach (burns, i, burn) {
        const char *stage = json_string_value(json_object_get(burn, "stage"));
        int128 amount;
        if (stage == NULL || strcmp(stage, "after_tax") != 0 ||
            strcmp(remake->input->terms.tenant, remake->contract->tenant) != 0)
            continue;
        if (!history_amount(burn, "amount", remake->exponent, &amount, err))
            return false;
        *out += amount;
    }
    return true;
}

static bool make_settlement(struct remake *remake, const struct rating_totals *totals, json_t *made,
                            struct error *err)
{
    static const char *const follows[] = {"sla", "paid", "payable", "fx"};
    const json_t *stated = json_object_get(remake->input->document, "settlement");
    struct settlement settlement;
    json_t *own = NULL, *copy;
    if (stated == NULL || !contract_has_money(remake->contract))
        return true;
    settle_open(&remake->input->terms, &remake->own, remake->input->adjustments,
                remake->input->count, &settlement);
    settlement.sla_count = remake->credited.sla_count;
    settlement.slas = remake->credited.slas;
    if (!paid_of(remake, &settlement.paid_minor, err) ||
        !settlement_json(&settlement, totals, &own, err))
        return false;
    copy = json_deep_copy(stated);
    for (size_t i = 0; i < COUNT_OF(follows); i++) {
        json_object_del(copy, follows[i]);
        if (json_object_get(own, follows[i]) != NULL)
            json_object_set(copy, follows[i], json_object_get(own, follows[i]));
    }
    json_decref(own);
    json_object_set_new(made, "settlement", copy);
    return true;
}

bool shares_make(const struct shares_input *input, json_t *made, struct error *err)
{
    const struct contract *contract = input->terms.contract;
    json_t *pool = json_deep_copy(json_object_get(input->document, "pool"));
    const struct rating nothing = {
        .currency = contract->currency, .exponent = contract->exponent, .period = *input->period};
    struct remake remake = {
        .input = input,
        .contract = contract,
        .period = input->period,
        .arena = input->terms.arena,
        .exponent = contract->exponent,
        .lines = json_deep_copy(json_object_get(input->document, "lines")),
        .charges = json_object_get(pool, "charges"),
        .own = nothing,
        .levels = nothing,
    };
    struct rating_totals totals;
    ratio_pool_init(&remake.numbers);
    bool good = pool != NULL && remake.lines != NULL
                    ? make_levels(&remake, err) && make_groups(&remake, err) &&
                          make_sums(&remake, made, &totals, err) &&
                          make_settlement(&remake, &totals, made, err)
                    : error_set(err, ERROR_INPUT, "the document has no lines or no pool");
    ratio_pool_release(&remake.numbers);
    if (good) {
        json_object_set(made, "lines", remake.lines);
        json_object_set(made, "pool", pool);
    }
    json_decref(remake.lines);
    json_decref(pool);
    return good;
}
