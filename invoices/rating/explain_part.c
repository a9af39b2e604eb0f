#include "rating/explain_part.h"

#include <stdlib.h>
#include <string.h>

#include "base/compiler.h"
#include "rating/ratio.h"

#define SHOWN_DECIMALS 10

static const char *member(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

/* -------------------------------------------------------------------------------------- numbers */

/* "-12", "1.375", "95/6". */
static bool is_number(const char *text)
{
    static const char digits[] = "0123456789";
    if (*text == '-')
        text++;
    size_t first = strspn(text, digits);
    if (first == 0 || text[first] == '\0')
        return first > 0;
    size_t second = strspn(text + first + 1, digits);
    return (text[first] == '.' || text[first] == '/') && second > 0 &&
           text[first + 1 + second] == '\0';
}

bool explain_number(const char *text, mpq_ptr out)
{
    if (text == NULL || !is_number(text))
        return false;
    const char *point = strchr(text, '.');
    struct text CLEANUP(text_release) words;
    text_init(&words);
    text_append_n(&words, text, point != NULL ? (size_t)(point - text) : strlen(text));
    if (point != NULL) { /* 1.375 is 1375/1000 */
        text_printf(&words, "%s/1", point + 1);
        for (size_t i = 1; point[i] != '\0'; i++)
            text_append_char(&words, '0');
    }
    if (mpq_set_str(out, words.data, 10) != 0 || mpz_sgn(mpq_denref(out)) == 0)
        return false;
    mpq_canonicalize(out);
    return true;
}

void explain_exact(mpq_srcptr number, struct text *out)
{
    struct arena CLEANUP(arena_release) arena;
    arena_init(&arena);
    const char *exact = ratio_text(number, &arena);
    text_append(out, exact);
    if (strchr(exact, '/') != NULL)
        text_printf(out, " (%s)", ratio_display(number, SHOWN_DECIMALS, &arena));
}

/* ---------------------------------------------------------------------------------- calculations
 */

/* What a part states; has_… where it does. */
struct stated {
    struct ratio_pool pool;
    const char *quantity_text, *price_text, *share_text, *of_text, *prorated_text, *unit, *block;
    bool is_percent;
    mpq_ptr quantity, price, share, of, prorated, exact;
};

static void stated_release(struct stated *stated)
{
    ratio_pool_release(&stated->pool);
}

static mpq_ptr number_of(struct stated *stated, const char *text)
{
    mpq_ptr number = ratio_new(&stated->pool);
    return explain_number(text, number) ? number : NULL;
}

/* "24/31 days" */
static mpq_ptr fraction_of_words(struct stated *stated, const char *words)
{
    struct text CLEANUP(text_release) number;
    text_init(&number);
    text_append_n(&number, words, words != NULL ? strcspn(words, " ") : 0);
    return number_of(stated, number.data);
}

static void read_stated(const json_t *part, struct stated *out)
{
    const json_t *why = json_object_get(part, "why");
    ratio_pool_init(&out->pool);
    out->quantity_text = member(part, "quantity");
    out->is_percent = member(why, "percent") != NULL;
    out->price_text = member(why, out->is_percent ? "percent" : "price");
    out->share_text = member(why, "share");
    out->of_text = member(why, "of");
    out->unit = member(why, "unit");
    out->block = member(why, "block");
    out->quantity = number_of(out, out->quantity_text);
    out->price = number_of(out, out->price_text);
    out->share = number_of(out, out->share_text);
    out->of = number_of(out, out->of_text);
    out->prorated_text = member(why, "prorated");
    out->prorated = fraction_of_words(out, out->prorated_text);
    out->exact = number_of(out, member(why, "exact"));
    if (out->price != NULL && out->is_percent)
        ratio_scale(out->price, 1, 100);
}

/* Each says its calculation and the number that it gives; false where it does not apply. */
typedef bool calculation(const struct stated *stated, mpq_ptr result, struct text *words);

static const char *percent_sign(const struct stated *stated)
{
    return stated->is_percent ? " %" : "";
}

static bool quantity_at_price(const struct stated *stated, mpq_ptr result, struct text *words)
{
    if (stated->quantity == NULL || stated->price == NULL)
        return false;
    mpq_mul(result, stated->quantity, stated->price);
    text_append(words, stated->quantity_text);
    if (stated->unit != NULL)
        text_printf(words, " %s", stated->unit);
    text_printf(words, " x %s%s", stated->price_text, percent_sign(stated));
    return true;
}

static bool share_of_price(const struct stated *stated, mpq_ptr result, struct text *words)
{
    if (stated->share == NULL || stated->price == NULL)
        return false;
    mpq_mul(result, stated->share, stated->price);
    text_printf(words, "%s x %s", stated->price_text, stated->share_text);
    return true;
}

/* The price, or the part of it that is due. */
static void due_price(const struct stated *stated, mpq_ptr result, struct text *words)
{
    text_append(words, stated->price_text);
    mpq_set(result, stated->price);
    if (stated->prorated == NULL)
        return;
    mpq_mul(result, result, stated->prorated);
    text_printf(words, " x %s", stated->prorated_text);
}

static bool price_alone(const struct stated *stated, mpq_ptr result, struct text *words)
{
    if (stated->price == NULL || stated->is_percent)
        return false;
    due_price(stated, result, words);
    return true;
}

static bool percent_of_amount(const struct stated *stated, mpq_ptr result, struct text *words)
{
    if (stated->of == NULL || stated->price == NULL || !stated->is_percent)
        return false;
    mpq_mul(result, stated->of, stated->price);
    text_printf(words, "%s %% of %s", stated->price_text, stated->of_text);
    return true;
}

static bool difference_to_amount(const struct stated *stated, mpq_ptr result, struct text *words)
{
    if (stated->of == NULL || stated->price == NULL)
        return false;
    due_price(stated, result, words);
    mpq_sub(result, result, stated->of);
    text_printf(words, " - %s", stated->of_text);
    return true;
}

/* So many whole blocks as the amount holds: the quantity says whether that is right. */
static bool whole_blocks(const struct stated *stated, mpq_ptr result, struct text *words)
{
    if (stated->block == NULL || stated->price == NULL || mpq_sgn(stated->price) == 0)
        return false;
    char *count = NULL;
    mpq_div(result, stated->exact, stated->price);
    if (stated->share != NULL)
        mpq_div(result, result, stated->share);
    bool is_whole = mpz_cmp_ui(mpq_denref(result), 1) == 0;
    if (is_whole) {
        count = memory_alloc(mpz_sizeinbase(mpq_numref(result), 10) + 2);
        mpz_get_str(count, 10, mpq_numref(result));
        text_printf(words, "%s whole blocks of %s %s x %s", count, stated->block,
                    stated->unit != NULL ? stated->unit : "", stated->price_text);
        if (stated->share != NULL)
            text_printf(words, " x %s", stated->share_text);
        mpq_set(result, stated->exact);
    }
    free(count);
    return is_whole;
}

/* The amount itself, or what is taken away. */
static bool gives(mpq_srcptr result, mpq_srcptr exact)
{
    return mpz_cmpabs(mpq_numref(result), mpq_numref(exact)) == 0 &&
           mpz_cmp(mpq_denref(result), mpq_denref(exact)) == 0;
}

/* The first that gives exactly the amount. */
static void calculate(const struct stated *stated, struct text *out)
{
    static calculation *const calculations[] = {
        quantity_at_price, share_of_price,       price_alone,
        percent_of_amount, difference_to_amount, whole_blocks,
    };
    struct text CLEANUP(text_release) words;
    struct ratio_pool CLEANUP(ratio_pool_release) pool;
    bool found = false;
    ratio_pool_init(&pool);
    text_init(&words);
    mpq_ptr result = ratio_new(&pool);
    for (size_t i = 0; i < COUNT_OF(calculations) && !found; i++) {
        text_clear(&words);
        found = calculations[i](stated, result, &words) && gives(result, stated->exact);
    }
    if (found)
        text_printf(out, "%s = ", words.data);
    else if (stated->quantity_text != NULL)
        text_printf(out, "%s %s: ", stated->quantity_text,
                    stated->unit != NULL ? stated->unit : "");
}

/* -------------------------------------------------------------------------------------- reasons */

static void explain_tier(const json_t *why, struct text *out)
{
    const char *up_to = member(why, "up_to");
    if (json_object_get(why, "tier") == NULL)
        return;
    text_printf(out, "       tier          %lld, above %s",
                (long long)json_integer_value(json_object_get(why, "tier")), member(why, "above"));
    if (up_to != NULL)
        text_printf(out, " up to %s", up_to);
    text_append(out, "\n");
}

static void explain_key(const json_t *why, struct text *out)
{
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)json_object_get(why, "key"), name, value)
        text_printf(out, "       counter of    %s=%s\n", name,
                    json_is_string(value) ? json_string_value(value) : "(none)");
}

static void explain_reasons(const json_t *why, struct text *out)
{
    static const struct {
        const char *member, *words;
    } reasons[] = {
        {"rule", "rule"},           {"name", "name"},
        {"block", "block of"},      {"window", "window"},
        {"prorated", "prorated"},   {"of", "of"},
        {"share", "share"},         {"reservation", "reservation"},
        {"units", "units"},         {"spend_plan", "spend plan"},
        {"on_demand", "on demand"},
    };
    const char *plan = member(why, "plan"), *from = member(why, "from"), *to = member(why, "to");
    if (plan != NULL)
        text_printf(out, "       plan          %s, version %lld%s\n", plan,
                    (long long)json_integer_value(json_object_get(why, "version")),
                    json_object_get(why, "override") != NULL ? ", changed by the contract" : "");
    if (from != NULL && to != NULL)
        text_printf(out, "       in force      %s to %s\n", from, to);
    explain_tier(why, out);
    explain_key(why, out);
    for (size_t i = 0; i < COUNT_OF(reasons); i++)
        if (member(why, reasons[i].member) != NULL)
            text_printf(out, "       %-13s %s\n", reasons[i].words, member(why, reasons[i].member));
}

bool explain_part(const json_t *part, size_t number, mpq_ptr sum, struct text *out,
                  struct error *err)
{
    struct stated CLEANUP(stated_release) stated;
    const char *kind = member(part, "kind"), *amount = member(part, "amount");
    read_stated(part, &stated);
    if (kind == NULL || amount == NULL || stated.exact == NULL)
        return error_set(err, ERROR_INPUT, "part %zu states no kind or amount", number);
    mpq_add(sum, sum, stated.exact);
    text_printf(out, "  %2zu. %s: ", number, kind);
    calculate(&stated, out);
    explain_exact(stated.exact, out);
    text_printf(out, "\n       in the line   %s\n", amount);
    explain_reasons(json_object_get(part, "why"), out);
    return true;
}
