#include "rating/unit_price.h"

#include "rating/charge.h"

bool unit_price_is_fixed(const struct charge *charge)
{
    const struct charge_model_row *row = charge_model_of(charge->model);

    return charge->has_on_demand || row->find_cell ||
           (charge->tier_count == 1 && charge->tiers[0].block.coefficient == 0 &&
            charge->model != CHARGE_PEAK);
}

bool unit_price(const struct job *job, const struct charge *charge, const struct lot *lot,
                mpq_ptr out)
{
    const struct lot_place place = {.zone = job->contract->zone,
                                    .series = job_series(job, lot),
                                    .from_us = lot->from_us,
                                    .to_us = lot->to_us};
    struct decimal price = charge->on_demand;

    if (!charge->has_on_demand && !charge_unit_price(charge, &place, &price))
        return false;
    ratio_set_decimal(out, price);
    ratio_scale(out, charge->multiple, charge->divisor);
    return true;
}
