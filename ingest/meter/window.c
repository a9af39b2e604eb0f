#include "meter/window.h"

#include <assert.h>

#include "base/instant.h"

#define TENANT_FINEST_SECONDS 900

bool window_grid_is_valid(uint32_t grid_seconds)
{
    /* Whatever divides the finest tenant grid nests in all of them. */
    return grid_seconds == 3600 || grid_seconds == 1800 ||
           (grid_seconds > 0 && TENANT_FINEST_SECONDS % grid_seconds == 0);
}

uint32_t window_grid(uint32_t tenant_seconds, uint32_t meter_seconds)
{
    assert(window_grid_is_valid(tenant_seconds));
    assert(meter_seconds == 0 || window_grid_is_valid(meter_seconds));
    return meter_seconds != 0 && meter_seconds < tenant_seconds ? meter_seconds : tenant_seconds;
}

struct window window_of(int64_t instant_us, uint32_t grid_seconds)
{
    assert(grid_seconds > 0);
    return (struct window){
        .from_us = instant_floor(instant_us, (int64_t)grid_seconds * SECOND_US),
        .length_seconds = grid_seconds,
    };
}

int32_t window_hour(int64_t instant_us)
{
    return (int32_t)(instant_floor(instant_us, HOUR_US) / HOUR_US);
}

uint64_t window_count(int64_t from_us, int64_t to_us, uint32_t grid_seconds)
{
    if (to_us <= from_us)
        return 0;
    int64_t first_us = window_of(from_us, grid_seconds).from_us;
    int64_t last_us = window_of(to_us - 1, grid_seconds).from_us;
    return (uint64_t)((last_us - first_us) / ((int64_t)grid_seconds * SECOND_US)) + 1;
}

struct window_cut window_cut(int64_t from_us, int64_t to_us, uint32_t grid_seconds)
{
    return (struct window_cut){.next_us = from_us, .to_us = to_us, .grid_seconds = grid_seconds};
}

bool window_next(struct window_cut *cut, struct window_piece *out_piece)
{
    if (cut->next_us >= cut->to_us)
        return false;
    struct window window = window_of(cut->next_us, cut->grid_seconds);
    int64_t border_us = window.from_us + (int64_t)window.length_seconds * SECOND_US;
    out_piece->window = window;
    out_piece->from_us = cut->next_us;
    out_piece->to_us = border_us < cut->to_us ? border_us : cut->to_us;
    assert(out_piece->from_us < out_piece->to_us);
    cut->next_us = out_piece->to_us;
    return true;
}
