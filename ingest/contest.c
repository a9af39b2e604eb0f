#include "ingest/contest.h"

#include "ingest/item.h"

/* Murmur's last step: every bit of what was there moves every bit. */
static uint64_t mix(uint64_t place, uint64_t value)
{
    place = (place ^ value) * UINT64_C(0xff51afd7ed558ccd);
    return place ^ (place >> 33);
}

uint64_t contest_place(const struct load *load)
{
    const struct scope *scope = load_scope(load);
    uint64_t place = scope ? scope->control->generation : 0;
    for (size_t i = 0; i < load->range_count; i++) {
        const struct load_range *range = &load->ranges[i];
        place = mix(place, range->claim->assignment.partition);
        place = mix(place, range->claim->assignment.incarnation);
        place = mix(place, range->from);
    }
    return place;
}

bool contest_lose(struct contest *contest, uint64_t place)
{
    contest->stands = contest->lost > 0 && contest->place == place ? contest->stands + 1 : 1;
    contest->place = place;
    contest->lost++;
    return contest->stands < CONTEST_STANDS_MAX;
}

void contest_win(struct contest *contest)
{
    *contest = (struct contest){.lost = 0};
}
