/*
 * The burn order, burning and restoring.
 */
#include "rating/credit.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/instant.h"
#include "rating/fragment.h"

/* -------------------------------------------------------------------------------------- order */

static int compare_int64(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* How many charges; one that holds all is the widest. */
static size_t width_of(const struct money_scope *scope)
{
    return scope->count == 0 ? SIZE_MAX : scope->count;
}

static int in_burn_order(const void *left, const void *right)
{
    const struct credit_grant *a = ((const struct credit_account *)left)->grant;
    const struct credit_grant *b = ((const struct credit_account *)right)->grant;
    size_t widths[2] = {width_of(&a->scope), width_of(&b->scope)};
    int order = (a->priority > b->priority) - (a->priority < b->priority);

    if (order == 0)
        order = compare_int64(a->expires_us, b->expires_us);
    if (order == 0)
        order = (widths[0] > widths[1]) - (widths[0] < widths[1]);
    if (order == 0)
        order = (int)b->is_promotional - (int)a->is_promotional;
    if (order == 0)
        order = compare_int64(a->from_us, b->from_us);
    return order != 0 ? order : strcmp(a->id, b->id);
}

static int by_instant(const void *left, const void *right)
{
    const struct credit_claim *a = left;
    const struct credit_claim *b = right;
    int order = compare_int64(a->at_us, b->at_us);

    return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

/* --------------------------------------------------------------------------------------- open */

static const struct grant_state *state_of(const struct history *history, const char *id)
{
    for (size_t i = 0; i < history->state_count; i++)
        if (strcmp(history->states[i].id, id) == 0)
            return &history->states[i];
    return NULL;
}

static bool open_account(const struct history *history, const struct credit_grant *grant,
                         struct credit_account *out, struct error *err)
{
    const struct grant_state *state = state_of(history, grant->id);

    *out = (struct credit_account){.grant = grant};
    if (state) {
        out->granted_before = state->granted;
        out->opening = state->left;
        out->was_closed = state->is_closed;
    }
    int128 more = grant->amount_minor - out->granted_before;
    if (more < 0)
        return error_set(err, ERROR_INPUT,
                         "credit %s: what was granted is not taken back; end it with `expires`",
                         grant->id);
    if (!out->was_closed)
        out->opening += more;
    out->left = out->opening;
    out->is_closed = out->was_closed;
    return true;
}

/* What is left of a grant is not lost by a version that leaves it out. */
static bool check_named(const struct contract *contract, const struct history *history,
                        struct error *err)
{
    for (size_t i = 0; i < history->state_count; i++) {
        const struct grant_state *state = &history->states[i];
        size_t at = 0;

        while (at < contract->money.grant_count &&
               strcmp(contract->money.grants[at].id, state->id) != 0)
            at++;
        if (at == contract->money.grant_count && state->left > 0)
            return error_set(err, ERROR_INPUT,
                             "contract %s: credit %s is not in it any more, and something is left "
                             "of it: end it with `expires`",
                             contract->id, state->id);
    }
    return true;
}

bool credit_open(const struct contract *contract, const struct history *history,
                 const struct period *period, struct arena *arena, struct credit_book *out,
                 struct error *err)
{
    const struct contract_money *money = &contract->money;
    struct credit_book book = {.arena = arena};

    if (!check_named(contract, history, err))
        return false;
    book.accounts = arena_array(arena, money->grant_count + 1, sizeof *book.accounts);
    for (size_t i = 0; i < money->grant_count; i++)
        if (money->grants[i].from_us < period->to_us &&
            !open_account(history, &money->grants[i], &book.accounts[book.account_count++], err))
            return false;
    if (book.account_count > 0)
        qsort(book.accounts, book.account_count, sizeof *book.accounts, in_burn_order);
    *out = book;
    return true;
}

void credit_release(struct credit_book *book)
{
    free(book->burns);
    book->burns = NULL;
}

/* --------------------------------------------------------------------------------------- burn */

static void add_burn(struct credit_book *book, const struct credit_account *account,
                     const struct credit_claim *claim, bool is_after_tax, int128 amount)
{
    book->burns =
        memory_grow(book->burns, &book->burn_capacity, book->burn_count + 1, sizeof *book->burns);
    book->burns[book->burn_count++] = (struct burn){
        .grant = account->grant->id,
        .period = claim->period,
        .is_after_tax = is_after_tax,
        .charge = claim->charge,
        .category = claim->category,
        .rate = claim->rate,
        .at_us = claim->at_us,
        .amount_minor = amount,
    };
}

static bool may_pay(const struct credit_account *account, const struct credit_claim *claim,
                    bool is_after_tax)
{
    const struct credit_grant *grant = account->grant;

    return grant->is_after_tax == is_after_tax && !account->is_closed && account->left > 0 &&
           claim->at_us >= grant->from_us && claim->at_us < grant->expires_us &&
           (claim->charge ? scope_holds(&grant->scope, claim->charge) : grant->scope.count == 0);
}

/* Pays a claim by the grants in order. Returns what was burnt. */
static int128 burn_claim(struct credit_book *book, const struct credit_claim *claim, int128 most,
                         bool is_after_tax)
{
    int128 left = claim->amount_minor < most ? claim->amount_minor : most;
    int128 burnt = 0;

    for (size_t i = 0; i < book->account_count && left > 0; i++) {
        struct credit_account *account = &book->accounts[i];
        int128 amount = account->left < left ? account->left : left;

        if (!may_pay(account, claim, is_after_tax))
            continue;
        account->left -= amount;
        account->burnt += amount;
        left -= amount;
        burnt += amount;
        add_burn(book, account, claim, is_after_tax, amount);
    }
    return burnt;
}

int128 credit_burn(struct credit_book *book, struct credit_claim *claims, size_t count, int128 most,
                   bool is_after_tax)
{
    int128 burnt = 0;

    if (count > 0)
        qsort(claims, count, sizeof *claims, by_instant);
    for (size_t i = 0; i < count && burnt < most; i++)
        burnt += burn_claim(book, &claims[i], most - burnt, is_after_tax);
    return burnt;
}

/* ------------------------------------------------------------------------------------ restore */

static bool is_of(const struct burn *burn, const struct credit_claim *of, bool is_after_tax)
{
    if (burn->period != of->period || burn->is_after_tax != is_after_tax)
        return false;
    return !of->charge || (burn->charge && strcmp(burn->charge, of->charge) == 0 &&
                           strcmp(burn->category, of->category) == 0 &&
                           decimal_compare(burn->rate, of->rate) == 0);
}

/* Burns that are still in force, oldest first: what was restored takes from the grant's last. */
struct standing {
    size_t count;
    struct burn *items;
};

static void take_back(struct standing *standing, const struct burn *restored)
{
    int128 left = -restored->amount_minor;

    for (size_t i = standing->count; i > 0 && left > 0; i--) {
        struct burn *burn = &standing->items[i - 1];
        int128 amount = burn->amount_minor < left ? burn->amount_minor : left;

        if (strcmp(burn->grant, restored->grant) != 0)
            continue;
        burn->amount_minor -= amount;
        left -= amount;
    }
}

static void stand(struct standing *standing, const struct burn *burns, size_t count,
                  const struct credit_claim *of, bool is_after_tax)
{
    for (size_t i = 0; i < count; i++) {
        if (!is_of(&burns[i], of, is_after_tax))
            continue;
        if (burns[i].amount_minor > 0)
            standing->items[standing->count++] = burns[i];
        else
            take_back(standing, &burns[i]);
    }
}

static struct standing standing_of(const struct credit_book *book, const struct history *history,
                                   const struct credit_claim *of, bool is_after_tax)
{
    struct standing standing = {0};

    standing.items =
        arena_array(book->arena, history->burn_count + book->burn_count, sizeof *standing.items);
    stand(&standing, history->burns, history->burn_count, of, is_after_tax);
    stand(&standing, book->burns, book->burn_count, of, is_after_tax);
    return standing;
}

int128 credit_burnt(const struct credit_book *book, const struct history *history,
                    const struct credit_claim *of, bool is_after_tax)
{
    struct standing standing = standing_of(book, history, of, is_after_tax);
    int128 sum = 0;

    for (size_t i = 0; i < standing.count; i++)
        sum += standing.items[i].amount_minor;
    return sum;
}

static struct credit_account *account_of(struct credit_book *book, const char *grant)
{
    for (size_t i = 0; i < book->account_count; i++)
        if (strcmp(book->accounts[i].grant->id, grant) == 0)
            return &book->accounts[i];
    return NULL;
}

static struct credit_claim claim_of(const struct burn *burn)
{
    return (struct credit_claim){.period = burn->period,
                                 .charge = burn->charge,
                                 .category = burn->category,
                                 .rate = burn->rate,
                                 .at_us = burn->at_us};
}

/* To a grant that is closed, or that the contract no longer has, nothing comes back. */
static void give_back(struct credit_book *book, const struct burn *burn, int128 amount)
{
    struct credit_account *account = account_of(book, burn->grant);
    const struct credit_claim claim = claim_of(burn);

    if (!account)
        return;
    account->restored += amount;
    if (account->is_closed)
        account->breakage += amount;
    else
        account->left += amount;
    add_burn(book, account, &claim, burn->is_after_tax, -amount);
}

int128 credit_restore(struct credit_book *book, const struct history *history,
                      const struct credit_claim *of, bool is_after_tax, int128 amount)
{
    struct standing standing = standing_of(book, history, of, is_after_tax);
    int128 restored = 0;

    for (size_t i = standing.count; i > 0 && restored < amount; i--) {
        struct burn *burn = &standing.items[i - 1];
        int128 part = amount - restored;

        if (burn->amount_minor < part)
            part = burn->amount_minor;
        if (part == 0 || !account_of(book, burn->grant))
            continue;
        give_back(book, burn, part);
        restored += part;
    }
    return restored;
}

int128 credit_take_back(struct credit_book *book, const struct history *history,
                        const struct burn *burn, int128 amount)
{
    const struct credit_claim of = claim_of(burn);
    struct standing standing = standing_of(book, history, &of, burn->is_after_tax);
    int128 stands = history_burnt(standing.items, standing.count, burn->grant);
    int128 part = stands < amount ? stands : amount;

    if (part > 0)
        give_back(book, burn, part);
    return part > 0 ? part : 0;
}

int128 credit_burn_more(struct credit_book *book, const struct burn *burn, int128 amount)
{
    struct credit_account *account = account_of(book, burn->grant);
    const struct credit_claim of = claim_of(burn);

    if (!account)
        return 0;
    int128 *from = account->is_closed ? &account->breakage : &account->left;
    int128 part = *from < amount ? *from : amount;
    if (part <= 0)
        return 0;
    *from -= part;
    account->burnt += part;
    add_burn(book, account, &of, burn->is_after_tax, part);
    return part;
}

void credit_close(struct credit_book *book, const struct period *period)
{
    for (size_t i = 0; i < book->account_count; i++) {
        struct credit_account *account = &book->accounts[i];

        if (account->is_closed || account->grant->expires_us > period->to_us)
            continue;
        account->is_closed = true;
        account->breakage += account->left;
        account->left = 0;
    }
}
