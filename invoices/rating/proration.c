/*
 * Days, seconds or hours of a period.
 */
#include "rating/proration.h"

#include "base/instant.h"

static int64_t last_second(int64_t end_us)
{
    return end_us - SECOND_US;
}

static int128 count_days(const int64_t *ends_us, size_t count, int64_t from_us, int64_t to_us)
{
    int128 days = 0;

    for (size_t i = 0; i < count; i++)
        days += from_us <= last_second(ends_us[i]) && last_second(ends_us[i]) < to_us;
    return days;
}

static void set_share(mpq_ptr share, int128 part, int128 whole, const char *what,
                      struct arena *arena, const char **out_text)
{
    char texts[2][INT128_TEXT_SIZE];

    ratio_set(share, part, whole);
    *out_text = part == whole ? NULL
                              : arena_printf(arena, "%s/%s %s", number_format(part, texts[0]),
                                             number_format(whole, texts[1]), what);
}

/* Seconds of hours_per_month that a phase may use: earlier ones go first. */
static void share_hours(const struct rated *rated, size_t phase, mpq_ptr share,
                        const char **out_text)
{
    int128 month = (int128)rated->charge->phases[phase].plan->month_hours * (HOUR_US / SECOND_US);
    int128 used = 0;

    for (size_t p = 0; p <= phase; p++) {
        const struct phase *at = &rated->charge->phases[p];
        int128 seconds = (at->to_us - at->from_us) / SECOND_US;

        if (p == phase) {
            if (seconds > month - used)
                seconds = used < month ? month - used : 0;
            set_share(share, seconds, month, "seconds", rated->job->arena, out_text);
        }
        used += at->plan->month_hours > 0 ? seconds : 0;
    }
}

static bool share_days(const struct rated *rated, const struct phase *phase, mpq_ptr share,
                       const char **out_text, struct error *err)
{
    const struct contract *contract = rated->job->contract;
    const struct period *period = rated->job->period;
    int64_t ends_us[PERIOD_DAYS_MAX];
    struct period whole;

    if (!calendar_period_at(contract->zone, &contract->billing, period->from_us, &whole, err))
        return false;
    size_t count = calendar_days(contract->zone, &contract->billing, &whole, ends_us);
    if (count_days(ends_us, count, period->from_us, period->to_us) > 0)
        set_share(share, count_days(ends_us, count, phase->from_us, phase->to_us), (int128)count,
                  "days", rated->job->arena, out_text);
    else
        set_share(share, (phase->to_us - phase->from_us) / SECOND_US,
                  (whole.to_us - whole.from_us) / SECOND_US, "seconds", rated->job->arena,
                  out_text);
    return true;
}

bool proration_of(const struct rated *rated, size_t phase, bool in_advance, mpq_ptr share,
                  const char **out_text, struct error *err)
{
    const struct phase *at = &rated->charge->phases[phase];
    size_t due = in_advance ? 0 : rated->charge->phase_count - 1;

    *out_text = NULL;
    if (!at->charge->prorates)
        ratio_set(share, phase == due, 1);
    else if (at->plan->month_hours > 0)
        share_hours(rated, phase, share, out_text);
    else
        return share_days(rated, at, share, out_text, err);
    return true;
}
