/*
 * flat: a fee per billing period, prorated, in advance or in arrears; or once.
 */
#include <string.h>

#include "rating/charge.h"
#include "rating/proration.h"
#include "rating/rated.h"

bool flat_compile(const struct reader *reader, struct charge *charge, struct error *err)
{
    const struct decimal one = {1, 0};

    charge->in_advance = strcmp(reader_text(reader, "due", "arrears"), "advance") == 0;
    charge->once = reader_flag(reader, "once", false);
    if (!json_object_get(reader->object, "price"))
        return reader_refuse(reader, "price", err, "flat needs a price");
    return reader_amount(reader, "price", (struct decimal){0, 0}, &charge->price, err) &&
           reader_amount(reader, "quantity", one, &charge->quantity, err) &&
           (charge->price.coefficient <=
                number_power10(FLAT_MINOR_MAX_POWER + charge->price.scale) ||
            reader_refuse(reader, "price", err, "a fee is at most 10^%d", FLAT_MINOR_MAX_POWER));
}

/* A fee that is due once lies in the period in which the contract's line begins, whole. */
static bool find_share(const struct rated *rated, size_t at, mpq_ptr share, const char **out_text,
                       struct error *err)
{
    const struct phase *phase = &rated->charge->phases[at];

    if (!phase->charge->once)
        return proration_of(rated, at, phase->charge->in_advance, share, out_text, err);
    ratio_set(share, phase->from_us == phase->line_from_us, 1);
    *out_text = NULL;
    return true;
}

bool flat_bill(const struct rated *rated, size_t at, struct error *err)
{
    const struct charge *charge = rated->charge->phases[at].charge;
    struct rate_slot moment;
    struct place place = {.phase = at, .line = rated_plain_line(rated, at), .slot = &moment};
    mpq_ptr share = ratio_new(&rated->job->pool);
    const char *text = NULL;

    if (!find_share(rated, at, share, &text, err) ||
        !rated_moment(rated, charge->tax_category, charge->in_advance, &moment, err))
        return false;
    if (mpq_sgn(share) == 0)
        return true;
    struct fragment *fee = rated_add(rated, &place, PART_FEE);
    fee->why.price = charge->price;
    fee->why.prorated = text;
    ratio_set_decimal(fee->units, charge->quantity);
    mpq_mul(fee->units, fee->units, share);
    ratio_set_decimal(fee->money, charge->price);
    mpq_mul(fee->money, fee->money, fee->units);
    return true;
}
