/*
 * Burns before tax along the contract's documents, run twice with today's engine: with the amounts
 * that documents so far state, and with late usage. What the second run burns more or less is
 * burnt or restored now, for the document in which it would have been.
 *
 * An *amount* is what a document's (charge, category, rate) costs before credits, late usage with
 * it. It is cut as the document that last changed it says (`cuts`); each document has the grants
 * that it knew, with what was granted then, and burns at most the sum of its nets. A grant that is
 * closed has what all documents so far burnt of it, so that it moves but does not grow.
 */
#include <stdlib.h>
#include <string.h>

#include "rating/fragment.h"
#include "rating/settle.h"

struct amount {
    struct credit_claim of; /* amount_minor: with what is known now */
    int128 then_minor;
    const struct rating *now; /* where its pieces are, if late usage changed it; or NULL */
};

struct chain {
    struct settlement *settlement;
    const struct history *history;
    struct arena *arena;
    size_t amount_count;
    size_t amount_capacity;
    struct amount *amounts;
    int128 *nets[2]; /* of each document, then and now */
    size_t claim_count;
    struct credit_claim *claims; /* of one run */
};

/* ------------------------------------------------------------------------------------- amounts */

static bool is_same(const struct credit_claim *a, const struct credit_claim *b)
{
    return a->period == b->period && strcmp(a->charge, b->charge) == 0 &&
           strcmp(a->category, b->category) == 0 && decimal_compare(a->rate, b->rate) == 0;
}

static struct amount *find_amount(struct chain *chain, const struct credit_claim *of)
{
    for (size_t i = 0; i < chain->amount_count; i++)
        if (is_same(&chain->amounts[i].of, of))
            return &chain->amounts[i];
    chain->amounts = memory_grow(chain->amounts, &chain->amount_capacity, chain->amount_count + 1,
                                 sizeof *chain->amounts);
    struct amount *made = &chain->amounts[chain->amount_count++];
    *made = (struct amount){.of = *of};
    made->of.amount_minor = 0;
    return made;
}

static void add_amount(struct chain *chain, const struct credit_claim *of, bool is_late,
                       const struct rating *now)
{
    struct amount *amount = find_amount(chain, of);

    amount->of.amount_minor += of->amount_minor;
    chain->nets[1][of->period] += of->amount_minor;
    if (is_late) {
        amount->now = now ? now : amount->now;
        return;
    }
    amount->then_minor += of->amount_minor;
    chain->nets[0][of->period] += of->amount_minor;
}

static void list_facts(struct chain *chain)
{
    for (size_t i = 0; i < chain->history->fact_count; i++) {
        const struct fact *fact = &chain->history->facts[i];
        const struct credit_claim of = {.period = fact->period,
                                        .charge = fact->charge,
                                        .category = fact->category,
                                        .rate = fact->rate,
                                        .amount_minor = fact->amount_minor};

        if (fact->kind != LINE_CREDIT)
            add_amount(chain, &of, false, NULL);
    }
}

/* Returns whether anything is late. */
static bool list_late(struct chain *chain)
{
    const struct settlement *settlement = chain->settlement;
    bool any = false;

    for (size_t s = 0; s < settlement->section_count; s++) {
        const struct rating_difference *difference = settlement->sections[s].adjustment->difference;

        for (size_t i = 0; i < difference->line_count; i++) {
            const struct rating_line *line = &difference->lines[i];
            const struct credit_claim of = {.period = settlement->sections[s].period,
                                            .charge = line->charge,
                                            .category = line->tax_category,
                                            .rate = line->tax_rate,
                                            .amount_minor = line->amount_minor};

            add_amount(chain, &of, true, difference->now);
            any = true;
        }
    }
    return any;
}

/* Documents list charges as plans do, then reservations, spend plans, commitments. */
static size_t place_of(const struct settle_input *input, const char *charge)
{
    const struct contract *contract = input->contract;
    size_t at = 0;

    for (size_t p = 0; p < input->plan_count; p++)
        for (size_t i = 0; i < input->plans[p]->charge_count; i++, at++)
            if (strcmp(input->plans[p]->charges[i].id, charge) == 0)
                return at;
    for (size_t i = 0; i < contract->reservation_count; i++, at++)
        if (strcmp(contract->reservations[i].id, charge) == 0)
            return at;
    for (size_t i = 0; i < contract->spend_plan_count; i++, at++)
        if (strcmp(contract->spend_plans[i].id, charge) == 0)
            return at;
    for (size_t i = 0; i < contract->money.commitment_count; i++, at++)
        if (strcmp(contract->money.commitments[i].id, charge) == 0)
            return at;
    return at;
}

static int in_document_order(const void *left, const void *right)
{
    const struct credit_claim *a = &((const struct amount *)left)->of;
    const struct credit_claim *b = &((const struct amount *)right)->of;

    if (a->period != b->period)
        return a->period < b->period ? -1 : 1;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    int order = strcmp(a->charge, b->charge);
    if (order == 0)
        order = strcmp(a->category, b->category);
    return order != 0 ? order : decimal_compare(a->rate, b->rate);
}

static void order_amounts(struct chain *chain)
{
    for (size_t i = 0; i < chain->amount_count; i++)
        chain->amounts[i].of.order =
            place_of(chain->settlement->input, chain->amounts[i].of.charge);
    if (chain->amount_count > 0)
        qsort(chain->amounts, chain->amount_count, sizeof *chain->amounts, in_document_order);
    for (size_t i = 0; i < chain->amount_count; i++)
        chain->amounts[i].of.order = i;
}

/* ---------------------------------------------------------------------------------------- cuts */

void settle_keep_cut(struct settlement *settlement, const struct credit_claim *claims, size_t count,
                     const struct period *period)
{
    if (count == 0 || (count == 1 && claims[0].at_us == period->from_us))
        return;
    settlement->cuts = memory_grow(settlement->cuts, &settlement->cut_capacity,
                                   settlement->cut_count + count, sizeof *settlement->cuts);
    memcpy(&settlement->cuts[settlement->cut_count], claims, count * sizeof *claims);
    settlement->cut_count += count;
}

/* As the last document says that changed it. */
static size_t cut_as_stated(const struct chain *chain, const struct amount *amount,
                            struct credit_claim *out)
{
    const struct history *history = chain->history;
    size_t count = 0;
    size_t stated = 0;
    int128 sum = 0;

    for (size_t i = 0; i < history->cut_count; i++) {
        const struct cut *cut = &history->cuts[i];
        struct credit_claim claim = amount->of;

        claim =
            (struct credit_claim){cut->period, amount->of.order, cut->charge,      cut->category,
                                  cut->rate,   cut->at_us,       cut->amount_minor};
        if (!is_same(&claim, &amount->of))
            continue;
        if (cut->stated != stated)
            count = 0, sum = 0;
        stated = cut->stated;
        out[count++] = claim;
        sum += claim.amount_minor;
    }
    if (sum == amount->then_minor)
        return count;
    out[0] = amount->of;
    out[0].at_us = history->documents[amount->of.period].period.from_us;
    out[0].amount_minor = amount->then_minor;
    return 1;
}

/* An amount that late usage changed, by its pieces. */
static size_t cut_again(struct chain *chain, const struct amount *amount, struct credit_claim *out)
{
    const struct period *period = &chain->history->documents[amount->of.period].period;
    const struct rating_pieces *pieces = amount->now ? &amount->now->pieces : NULL;
    size_t first = 0;
    size_t piece_count = 0;
    struct ratio_pool pool;

    for (size_t i = 0; pieces && i < pieces->charge_count; i++) {
        const struct rating_charge *charge = &amount->now->charges[i];

        if (strcmp(charge->charge, amount->of.charge) != 0 ||
            strcmp(charge->tax_category, amount->of.category) != 0 ||
            decimal_compare(charge->tax_rate, amount->of.rate) != 0)
            continue;
        first = pieces->starts[i];
        piece_count = pieces->starts[i + 1] - first;
    }
    ratio_pool_init(&pool);
    size_t count = credit_cut(chain->settlement->input->contract, period, &amount->of,
                              piece_count > 0 ? &pieces->items[first] : NULL, piece_count, false,
                              &pool, chain->arena, out);
    ratio_pool_release(&pool);
    settle_keep_cut(chain->settlement, out, count, period);
    return count;
}

static void make_claims(struct chain *chain, bool is_now)
{
    const struct contract *contract = chain->settlement->input->contract;
    size_t most = 2 * contract->money.grant_count + 1 + chain->history->cut_count;

    chain->claims = arena_array(chain->arena, chain->amount_count * most, sizeof *chain->claims);
    chain->claim_count = 0;
    for (size_t i = 0; i < chain->amount_count; i++) {
        const struct amount *amount = &chain->amounts[i];
        struct credit_claim *out = &chain->claims[chain->claim_count];
        bool is_changed = amount->of.amount_minor != amount->then_minor;

        if (is_now && is_changed && amount->of.amount_minor > 0)
            chain->claim_count += cut_again(chain, amount, out);
        else if (!(is_now && is_changed) && amount->then_minor > 0)
            chain->claim_count += cut_as_stated(chain, amount, out);
    }
}

/* ----------------------------------------------------------------------------------------- run */

static int128 granted_at(const struct history *history, size_t period, const char *grant)
{
    for (size_t i = 0; i < history->granted_count; i++)
        if (history->granted[i].period == period && strcmp(history->granted[i].id, grant) == 0)
            return history->granted[i].amount_minor;
    return 0;
}

/* What a document has to burn of a grant, of which `account->burnt` is gone. */
static int128 left_at(const struct history *history, size_t period,
                      const struct credit_account *account, bool is_closed)
{
    int128 most = granted_at(history, period, account->grant->id);
    int128 burnt =
        is_closed ? history_burnt(history->burns, history->burn_count, account->grant->id) : most;

    most = burnt < most ? burnt : most;
    return most > account->burnt ? most - account->burnt : 0;
}

/* Claims stand by document. */
static void run(const struct chain *chain, const int128 *nets, struct credit_book *out)
{
    const struct credit_book *book = &chain->settlement->credits;
    size_t first = 0;

    *out = (struct credit_book){.arena = chain->arena, .account_count = book->account_count};
    out->accounts = arena_array(chain->arena, book->account_count + 1, sizeof *out->accounts);
    for (size_t i = 0; i < book->account_count; i++)
        out->accounts[i].grant = book->accounts[i].grant;
    while (first < chain->claim_count) {
        size_t period = chain->claims[first].period;
        size_t count = 0;

        while (first + count < chain->claim_count && chain->claims[first + count].period == period)
            count++;
        for (size_t i = 0; i < book->account_count; i++)
            out->accounts[i].left =
                left_at(chain->history, period, &out->accounts[i], book->accounts[i].was_closed);
        credit_burn(out, &chain->claims[first], count, nets[period] > 0 ? nets[period] : 0, false);
        first += count;
    }
}

/* -------------------------------------------------------------------------------- the difference
 */

static struct credit_claim claim_of(const struct burn *burn)
{
    return (struct credit_claim){.period = burn->period,
                                 .charge = burn->charge,
                                 .category = burn->category,
                                 .rate = burn->rate,
                                 .at_us = burn->at_us};
}

/* What a run burns there. */
static int128 burnt_there(const struct credit_book *book, const struct burn *burn)
{
    const struct credit_claim of = claim_of(burn);

    for (size_t i = 0; i < book->burn_count; i++) {
        const struct credit_claim other = claim_of(&book->burns[i]);

        if (other.at_us == of.at_us && is_same(&other, &of) &&
            strcmp(book->burns[i].grant, burn->grant) == 0)
            return book->burns[i].amount_minor;
    }
    return 0;
}

static int128 unburnt(struct chain *chain, const struct burn *burn)
{
    const struct credit_claim of = claim_of(burn);

    return find_amount(chain, &of)->of.amount_minor -
           credit_burnt(&chain->settlement->credits, chain->history, &of, false);
}

/* The last burnt first; then what is burnt instead. */
static void apply(struct chain *chain, const struct credit_book *then,
                  const struct credit_book *now)
{
    struct credit_book *book = &chain->settlement->credits;
    int128 *moved = &chain->settlement->moved_minor;

    for (size_t i = then->burn_count; i > 0; i--) {
        const struct burn *burn = &then->burns[i - 1];
        int128 less = burn->amount_minor - burnt_there(now, burn);

        if (less > 0)
            *moved -= credit_take_back(book, chain->history, burn, less);
    }
    for (size_t i = 0; i < now->burn_count; i++) {
        const struct burn *burn = &now->burns[i];
        int128 more = burn->amount_minor - burnt_there(then, burn);
        int128 most = unburnt(chain, burn);

        if (more > 0 && most > 0)
            *moved += credit_burn_more(book, burn, more < most ? more : most);
    }
}

/* What became cheaper than what was burnt for it, if an earlier engine burnt otherwise. */
static void restore_excess(struct chain *chain)
{
    struct credit_book *book = &chain->settlement->credits;

    for (size_t i = 0; i < chain->amount_count; i++) {
        const struct amount *amount = &chain->amounts[i];
        int128 left = amount->of.amount_minor > 0 ? amount->of.amount_minor : 0;
        int128 burnt = 0;

        if (amount->of.amount_minor == amount->then_minor)
            continue;
        burnt = credit_burnt(book, chain->history, &amount->of, false);
        if (burnt > left)
            chain->settlement->moved_minor -=
                credit_restore(book, chain->history, &amount->of, false, burnt - left);
    }
}

void settle_moved_burns(struct settlement *settlement)
{
    const struct history *history = settlement->input->history;
    struct chain chain = {
        .settlement = settlement, .history = history, .arena = settlement->input->arena};
    struct credit_book then;
    struct credit_book now;

    if (settlement->section_count == 0 || settlement->credits.account_count == 0)
        return;
    for (size_t i = 0; i < COUNT_OF(chain.nets); i++)
        chain.nets[i] = arena_array(chain.arena, history->count + 1, sizeof *chain.nets[i]);
    list_facts(&chain);
    if (list_late(&chain)) {
        order_amounts(&chain);
        make_claims(&chain, false);
        run(&chain, chain.nets[0], &then);
        make_claims(&chain, true);
        run(&chain, chain.nets[1], &now);
        apply(&chain, &then, &now);
        restore_excess(&chain);
        credit_release(&then);
        credit_release(&now);
    }
    free(chain.amounts);
}
