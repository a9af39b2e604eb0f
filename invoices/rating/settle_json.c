/*
 * A settlement as a member of the document.
 */
#include "base/instant.h"
#include "core/canonical.h"
#include "core/money.h"
#include "rating/settle.h"

/* Codes of transfers beside a document's own (ledger/README.md). */
enum transfer_code {
    TRANSFER_GRANT = 3,
    TRANSFER_BURN = 4,
    TRANSFER_PAYMENT = 5,
    TRANSFER_RESTORED = 6,
    TRANSFER_BREAKAGE = 7,
};

static void set_money(const struct settlement *settlement, json_t *object, const char *name,
                      int128 minor)
{
    char text[DECIMAL_TEXT_SIZE];

    json_set_text(object, name, money_format(minor, settlement->own->exponent, text));
}

static void set_instant(json_t *object, const char *name, int64_t instant_us)
{
    char text[INSTANT_TEXT_SIZE];

    json_set_text(object, name, instant_format(instant_us, text));
}

static void set_decimal(json_t *object, const char *name, struct decimal decimal)
{
    char text[DECIMAL_TEXT_SIZE];

    json_set_text(object, name, decimal_format_short(decimal, text));
}

static json_t *commitments_json(const struct settlement *settlement)
{
    json_t *list = json_array();

    for (size_t i = 0; i < settlement->commitment_count; i++) {
        const struct settled_commitment *settled = &settlement->commitments[i];
        const struct commitment_interval *interval = &settled->interval;
        json_t *item = json_object();

        json_set_text(item, "id", settled->commitment->id);
        set_instant(item, "from", interval->from_us);
        set_instant(item, "to", interval->to_us);
        json_set_text(item, "committed", interval->committed);
        json_set_text(item, "used", interval->used);
        json_object_set_new(item, "settled", json_boolean(interval->is_over));
        if (interval->is_over) {
            json_set_text(item, "true_up", interval->true_up);
            json_set_text(item, "surcharge", interval->surcharge);
            json_set_text(item, "rolled_over", interval->rolled_over);
            set_money(settlement, item, "amount", interval->amount_minor);
        }
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *slas_json(const struct settlement *settlement)
{
    json_t *list = json_array();

    for (size_t i = 0; i < settlement->sla_count; i++) {
        const struct settled_sla *row = &settlement->slas[i];
        json_t *item = json_object();

        json_set_text(item, "id", row->sla->id);
        json_set_text(item, "month", row->measure->month);
        json_set_text(item, "region", row->measure->region);
        set_decimal(item, "availability", row->measure->availability);
        set_decimal(item, "percent", row->percent);
        json_set_text(item, "tax_category", row->category);
        set_decimal(item, "rate", row->rate);
        set_money(settlement, item, "net", row->net_minor);
        set_money(settlement, item, "amount", row->amount_minor);
        json_array_append_new(list, item);
    }
    return list;
}

static json_t *credits_json(const struct settlement *settlement)
{
    json_t *list = json_array();

    for (size_t i = 0; i < settlement->credits.account_count; i++) {
        const struct credit_account *account = &settlement->credits.accounts[i];
        json_t *item = json_object();

        json_set_text(item, "id", account->grant->id);
        set_money(settlement, item, "granted", account->grant->amount_minor);
        set_money(settlement, item, "opening", account->opening);
        set_money(settlement, item, "burnt", account->burnt);
        set_money(settlement, item, "restored", account->restored);
        set_money(settlement, item, "breakage", account->breakage);
        set_money(settlement, item, "closing", account->left);
        json_object_set_new(item, "closed", json_boolean(account->is_closed));
        json_array_append_new(list, item);
    }
    return list;
}

/* The document whose amount is paid; NULL: this one. */
static const char *original_of(const struct settlement *settlement, const struct burn *burn)
{
    const struct history *history = settlement->input->history;

    return burn->period < history->count ? history->documents[burn->period].number : NULL;
}

static json_t *burns_json(const struct settlement *settlement, const struct credit_book *book)
{
    json_t *list = json_array();

    for (size_t i = 0; i < book->burn_count; i++) {
        const struct burn *burn = &book->burns[i];
        json_t *item = json_object();

        json_set_text(item, "credit", burn->grant);
        json_set_text(item, "stage", burn->is_after_tax ? "after_tax" : "before_tax");
        json_set_text(item, "original", original_of(settlement, burn));
        json_set_text(item, "charge", burn->charge);
        if (burn->charge) {
            json_set_text(item, "tax_category", burn->category);
            set_decimal(item, "rate", burn->rate);
        }
        set_instant(item, "from", burn->at_us);
        set_money(settlement, item, "amount", burn->amount_minor);
        json_array_append_new(list, item);
    }
    return list;
}

/* What amounts were cut into at the borders of grants before tax; NULL: none was. */
static json_t *cuts_json(const struct settlement *settlement)
{
    const struct history *history = settlement->input->history;
    json_t *list = settlement->cut_count > 0 ? json_array() : NULL;

    for (size_t i = 0; i < settlement->cut_count; i++) {
        const struct credit_claim *cut = &settlement->cuts[i];
        json_t *item = json_object();

        if (cut->period < history->count)
            json_set_text(item, "original", history->documents[cut->period].number);
        json_set_text(item, "charge", cut->charge);
        json_set_text(item, "tax_category", cut->category);
        set_decimal(item, "rate", cut->rate);
        set_instant(item, "from", cut->at_us);
        set_money(settlement, item, "amount", cut->amount_minor);
        json_array_append_new(list, item);
    }
    return list;
}

/* ------------------------------------------------------------------------------- of a pool */

/* What the pool's documents charge, this one's section by section; later ones begin from it. */
static json_t *amounts_json(const struct settlement *settlement)
{
    const struct history *history = settlement->input->history;
    json_t *list = json_array();
    char text[INT128_TEXT_SIZE];

    for (size_t i = 0; i < settlement->amount_count; i++) {
        const struct fact *fact = &settlement->amounts[i];
        json_t *item = json_object();

        if (fact->period < history->count)
            json_set_text(item, "original", history->documents[fact->period].number);
        json_set_text(item, "kind", line_kind_word(fact->kind));
        json_set_text(item, "charge", fact->charge);
        json_set_text(item, "tax_category", fact->category);
        set_decimal(item, "rate", fact->rate);
        json_set_text(item, "base_quantity", number_format(fact->base_quantity, text));
        set_money(settlement, item, "amount", fact->amount_minor);
        json_array_append_new(list, item);
    }
    return list;
}

static void set_pooled(const struct settlement *settlement, json_t *object)
{
    json_object_set_new(object, "own_burns", burns_json(settlement, &settlement->own_burns));
    if (settlement->amounts)
        json_object_set_new(object, "amounts", amounts_json(settlement));
}

/* ---------------------------------------------------------------------------------- transfers */

static const char *account_of(const struct settlement *settlement, const char *what, const char *id)
{
    return arena_printf(settlement->input->arena, "%s:%s", what, id);
}

static const char *grant_account(const struct settlement *settlement, const char *grant)
{
    return arena_printf(settlement->input->arena, "credit:%s:%s", settlement->input->tenant, grant);
}

static void add_transfer(const struct settlement *settlement, json_t *list, enum transfer_code code,
                         const char *debit, const char *credit, int128 amount)
{
    if (amount == 0)
        return;
    json_t *item = json_object();
    json_object_set_new(item, "code", json_integer(code));
    json_set_text(item, "debit", debit);
    json_set_text(item, "credit", credit);
    set_money(settlement, item, "amount", amount);
    json_array_append_new(list, item);
}

/* What stands against a grant: a paid one was money, a promotional one costs the seller. */
static const char *source_of(const struct settlement *settlement, const struct credit_grant *grant)
{
    return account_of(settlement, grant->is_promotional ? "promotion" : "prepaid",
                      settlement->input->contract->seller.id);
}

static void add_burn_transfer(const struct settlement *settlement, json_t *list,
                              const struct burn *burn)
{
    const char *account = grant_account(settlement, burn->grant);
    const char *other =
        burn->is_after_tax
            ? account_of(settlement, "receivable", settlement->input->tenant)
            : account_of(settlement, "revenue", settlement->input->contract->seller.id);

    if (burn->amount_minor > 0)
        add_transfer(settlement, list, burn->is_after_tax ? TRANSFER_PAYMENT : TRANSFER_BURN,
                     account, other, burn->amount_minor);
    else
        add_transfer(settlement, list, TRANSFER_RESTORED, other, account, -burn->amount_minor);
}

json_t *settle_transfers_json(const struct settlement *settlement)
{
    const struct credit_book *book = &settlement->credits;
    json_t *list = json_array();

    for (size_t i = 0; i < book->account_count; i++) {
        const struct credit_account *account = &book->accounts[i];

        if (!account->was_closed)
            add_transfer(settlement, list, TRANSFER_GRANT, source_of(settlement, account->grant),
                         grant_account(settlement, account->grant->id),
                         account->grant->amount_minor - account->granted_before);
    }
    for (size_t i = 0; i < book->burn_count; i++)
        add_burn_transfer(settlement, list, &book->burns[i]);
    for (size_t i = 0; i < book->account_count; i++)
        add_transfer(settlement, list, TRANSFER_BREAKAGE,
                     grant_account(settlement, book->accounts[i].grant->id),
                     account_of(settlement, "breakage", settlement->input->contract->seller.id),
                     book->accounts[i].breakage);
    return list;
}

bool settlement_json(const struct settlement *settlement, const struct rating_totals *totals,
                     json_t **out, struct error *err)
{
    json_t *object = json_object();

    json_object_set_new(object, "commitments", commitments_json(settlement));
    json_object_set_new(object, "sla", slas_json(settlement));
    json_object_set_new(object, "credits", credits_json(settlement));
    json_object_set_new(object, "burns", burns_json(settlement, &settlement->credits));
    if (settlement->cut_count > 0)
        json_object_set_new(object, "cuts", cuts_json(settlement));
    if (settlement->is_pooled)
        set_pooled(settlement, object);
    json_object_set_new(object, "shares", settle_shares_json(settlement));
    set_money(settlement, object, "paid", settlement->paid_minor);
    set_money(settlement, object, "payable", totals->total_minor - settlement->paid_minor);
    json_object_set_new(object, "transfers", settle_transfers_json(settlement));
    if (!settle_fx_json(settlement, totals, object, err)) {
        json_decref(object);
        return false;
    }
    *out = object;
    return true;
}
