/*
 * What was burnt for a charge, shared over its lines in minor units by largest remainder, so that
 * who reads lines knows what each of them still costs. How a charge is split never changes its
 * burns.
 */
#include <stdlib.h>
#include <string.h>

#include "core/canonical.h"
#include "core/money.h"
#include "rating/fragment.h"
#include "rating/settle.h"
#include "rating/share.h"

static bool is_line_of(const struct rating_line *line, const struct burn *burn)
{
    return line->kind < LINE_CREDIT && strcmp(line->charge, burn->charge) == 0 &&
           strcmp(line->tax_category, burn->category) == 0 &&
           decimal_compare(line->tax_rate, burn->rate) == 0;
}

static bool is_same_share(const struct burn *a, const struct burn *b)
{
    return a->period == b->period && a->is_after_tax == b->is_after_tax && a->charge && b->charge &&
           strcmp(a->grant, b->grant) == 0 && strcmp(a->charge, b->charge) == 0 &&
           strcmp(a->category, b->category) == 0 && decimal_compare(a->rate, b->rate) == 0;
}

/* The sum of a grant's burns for a charge, at the first of them; else 0. */
static int128 sum_from(const struct credit_book *book, size_t at)
{
    int128 sum = 0;

    for (size_t i = 0; i < book->burn_count; i++) {
        if (!is_same_share(&book->burns[i], &book->burns[at]))
            continue;
        if (i < at)
            return 0;
        sum += book->burns[i].amount_minor;
    }
    return sum;
}

static json_t *by_json(const struct rating_line *line)
{
    json_t *object = json_object();

    for (size_t i = 0; i < line->by_count; i++)
        json_object_set_new(object, line->by_names[i],
                            line->by_values[i] ? json_string(line->by_values[i]) : json_null());
    return object;
}

static void add_share(const struct settlement *settlement, const struct burn *burn,
                      const struct rating_line *line, int128 amount, json_t *list)
{
    json_t *item = json_object();
    char text[DECIMAL_TEXT_SIZE];

    json_set_text(item, "credit", burn->grant);
    json_set_text(item, "stage", burn->is_after_tax ? "after_tax" : "before_tax");
    json_set_text(item, "charge", burn->charge);
    json_object_set_new(item, "line_by", by_json(line));
    json_set_text(item, "tax_category", burn->category);
    json_set_text(item, "rate", decimal_format_short(burn->rate, text));
    json_set_text(item, "amount", money_format(amount, settlement->own->exponent, text));
    json_array_append_new(list, item);
}

static void share_burns(const struct settlement *settlement, const struct burn *burn, int128 amount,
                        json_t *list)
{
    const struct rating *own = settlement->own;
    int128 *weights = memory_alloc((2 * own->line_count + 1) * sizeof *weights);
    int128 *shares = weights + own->line_count;
    size_t count = 0;

    for (size_t i = 0; i < own->line_count; i++) {
        bool is_of = is_line_of(&own->lines[i], burn) && own->lines[i].amount_minor > 0;

        weights[i] = is_of ? own->lines[i].amount_minor : 0;
        count += is_of;
    }
    if (count > 1) { /* of one line the burns say all */
        share_whole(amount, weights, own->line_count, shares);
        for (size_t i = 0; i < own->line_count; i++)
            if (weights[i] > 0)
                add_share(settlement, burn, &own->lines[i], shares[i], list);
    }
    free(weights);
}

json_t *settle_shares_json(const struct settlement *settlement)
{
    const struct credit_book *book = settle_burns_of(settlement);
    json_t *list = json_array();

    for (size_t i = 0; i < book->burn_count; i++) {
        const struct burn *burn = &book->burns[i];
        int128 amount = burn->period == settlement->input->history->count && burn->charge
                            ? sum_from(book, i)
                            : 0;

        if (amount > 0)
            share_burns(settlement, burn, amount, list);
    }
    return list;
}
