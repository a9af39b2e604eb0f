/*
 * A contract's documents, month by month, as they would be issued one after the other.
 */
#ifndef RATING_ACCOUNT_H
#define RATING_ACCOUNT_H

#include "fixture.h"

#include "rating/settle.h"
#include "rating/statement.h"
#include "rating/taxed.h"

#define UNIT                                                                                       \
    "\"meter\":\"gpu_time\",\"price_unit\":{\"name\":\"GPU-hour\",\"divisor\":\"3600000000\"}"
#define GPU(sku, price)                                                                            \
    "{\"charge\":\"" sku "\"," UNIT ",\"where\":{\"sku\":[\"" sku                                  \
    "\"]},\"model\":\"per_unit\",\"price\":\"" price "\"}"
#define PLAN GPU("h100", "1") "," GPU("a100", "1")
#define MONTHS 8

/* A contract's documents, as they would be issued one after the other. */
struct account {
    struct fixture f;
    struct history history;
    json_t *documents[MONTHS];
    size_t count;
};

static inline void account_open(struct account *account, const char *members)
{
    fixture_open(&account->f);
    account->count = 0;
    assert_true(fixture_plan(&account->f, PLAN));
    if (!fixture_contract(&account->f, arena_printf(&account->f.arena, ONE_PLAN ",%s", members)))
        fail_msg("%s", account->f.err.message);
    history_init(&account->history, 2, &account->f.arena);
}

static inline void account_close(struct account *account)
{
    history_release(&account->history);
    for (size_t i = 0; i < account->count; i++)
        json_decref(account->documents[i]);
    fixture_close(&account->f);
}

static inline void use(struct account *account, const char *sku, const char *from, int hours)
{
    fixture_use(&account->f, sku, "a", from, hours * HOURS);
}

static inline bool rate_month(struct account *account, const char *label, struct rating *out)
{
    struct fixture *f = &account->f;
    struct rating_usage month = f->usage;

    /* Only the period's windows: the book's answer to a question for a period. */
    if (!contract_period(&f->contract, label, &f->period, &f->err))
        return false;
    month.rows = arena_array(&f->arena, f->usage.row_count, sizeof *month.rows);
    month.row_count = 0;
    for (size_t i = 0; i < f->usage.row_count; i++)
        if (f->usage.rows[i].from_us >= f->period.from_us &&
            f->usage.rows[i].from_us < f->period.to_us)
            month.rows[month.row_count++] = f->usage.rows[i];
    return rate(&f->contract, f->plan_list, f->plan_count, &f->period, &month, &f->arena, out,
                &f->err);
}

static inline void name_document(struct account *account, json_t *document, const char *label)
{
    char texts[2][INSTANT_TEXT_SIZE];
    struct period *period = &account->f.period;

    json_object_set_new(document, "number", json_string(label));
    json_object_set_new(document, "contract", json_pack("{s:s}", "id", "c"));
    json_object_set_new(document, "period",
                        json_pack("{s:s,s:s,s:s}", "label", label, "from",
                                  instant_format(period->from_us, texts[0]), "to",
                                  instant_format(period->to_us, texts[1])));
}

/* The month's document, with the difference of an earlier one to what it was then. */
static inline json_t *bill_late(struct account *account, const char *label, const char *late,
                                const struct rating *then)
{
    struct fixture *f = &account->f;
    struct rating_adjustment adjustments[MONTHS + 1] = {{0}};
    struct rating_difference difference;
    struct rating_totals totals;
    struct rating own;
    struct rating now;
    size_t count = 0;
    json_t *document = json_object();
    const struct settle_input input = {&f->contract,      f->plan_count, f->plan_list,
                                       &account->history, "t",           &f->arena};

    if (late) {
        struct taxed_list taxed = {.arena = &f->arena};
        size_t at = history_find(&account->history, late);

        assert_true(rate_month(account, late, &now));
        assert_true(rating_difference(&now, then, &f->arena, &difference, &f->err));
        for (size_t i = at; i < account->history.count; i++)
            assert_true(
                taxed_add(&taxed, account->history.documents[i].json, late, i == at, &f->err));
        adjustments[count++] = (struct rating_adjustment){.difference = &difference,
                                                          .original = late,
                                                          .taxed = taxed.items,
                                                          .taxed_count = taxed.count};
    }
    if (!rate_month(account, label, &own) ||
        !statement_settled(&input, &own, adjustments, count, document, &totals, &f->err))
        fail_msg("%s", f->err.message);
    name_document(account, document, label);
    account->documents[account->count++] = document;
    assert_true(history_add(&account->history, &f->contract, document, &f->contract.hash, &f->err));
    return document;
}

static inline json_t *bill(struct account *account, const char *label)
{
    return bill_late(account, label, NULL, NULL);
}

static inline const char *text(const json_t *object, const char *name)
{
    const char *found = json_string_value(json_object_get(object, name));

    return found ? found : "";
}

static inline const char *settled(const json_t *document, const char *name)
{
    return text(json_object_get(document, "settlement"), name);
}

static inline const json_t *credit(const json_t *document, size_t at)
{
    return json_array_get(json_object_get(json_object_get(document, "settlement"), "credits"), at);
}

/* "kind charge amount" of each line. */
static inline void lines_are(const json_t *document, const char *expected)
{
    char found[1024] = "";
    const json_t *line;
    size_t i;

    json_array_foreach (json_object_get(document, "lines"), i, line)
        snprintf(found + strlen(found), sizeof found - strlen(found), "%s%s %s %s",
                 i > 0 ? ", " : "", text(line, "kind"), text(line, "charge"), text(line, "amount"));
    assert_string_equal(found, expected);
}

/* "credit charge original amount" of each burn. */
static inline void burns_are(const json_t *document, const char *expected)
{
    char found[1024] = "";
    const json_t *burn;
    size_t i;

    json_array_foreach (json_object_get(json_object_get(document, "settlement"), "burns"), i, burn)
        snprintf(found + strlen(found), sizeof found - strlen(found), "%s%s %s %s",
                 i > 0 ? ", " : "", text(burn, "credit"), text(burn, "charge"),
                 text(burn, "amount"));
    assert_string_equal(found, expected);
}

#define FROM "\"from\":\"2026-09-01T00:00:00Z\",\"to\":null"

#define GRANT(id, amount, priority, more)                                                          \
    "{\"id\":\"" id "\",\"amount\":\"" amount "\",\"priority\":" priority                          \
    ",\"from\":\"2026-09-01T00:00:00Z\"," more "}"
#define PAYS "\"kind\":\"paid\",\"apply\":\"after_tax\""
#define LOWERS "\"kind\":\"promotional\",\"apply\":\"before_tax\""

#endif
