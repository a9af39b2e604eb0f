/*
 * What a contract says about money beyond prices: commitments, prepaid credits, credits for missed
 * service levels, another currency. Members of the contract's JSON, compiled with it.
 *
 * A *scope* is a list of ids of charges and reservations; an empty one is all of them.
 */
#ifndef RATING_CONTRACT_MONEY_H
#define RATING_CONTRACT_MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/number.h"

struct contract;
struct plan;
struct reader;
struct zone;

struct money_scope {
    size_t count; /* 0: everything */
    const char **ids;
};

/* A settlement interval: the last three are shorter than a period. */
enum interval_kind {
    INTERVAL_PERIODS, /* so many billing periods */
    INTERVAL_CONTRACT,
    INTERVAL_HOURS,
    INTERVAL_TIME_OF_DAY, /* of each local day */
};

/* A ramp's step: the amount from here on. */
struct commitment_step {
    int64_t from_us;
    struct decimal amount;
};

/* Take or pay: so much per interval of [from, to). */
struct commitment {
    const char *id;
    const char *name;
    struct money_scope scope;
    bool is_quantity;          /* `amount` counts price units of the one charge in scope */
    struct decimal amount;     /* per interval */
    struct decimal unit_price; /* of a quantity */
    enum interval_kind interval;
    unsigned period_count;   /* of INTERVAL_PERIODS */
    int64_t length_us;       /* of INTERVAL_HOURS */
    int from_minute;         /* of INTERVAL_TIME_OF_DAY: minutes of the local day */
    int to_minute;           /* not after from_minute: on the next day */
    const struct zone *zone; /* the contract's */
    int64_t from_us;
    int64_t to_us;
    bool true_up;                  /* else it is only reported */
    bool every;                    /* intervals without usage owe too */
    struct decimal overage_factor; /* what is above costs this often */
    unsigned rollover_intervals;   /* how many intervals an unused amount lasts; 0: it does not */
    bool settle_at_step;           /* a step ends an interval */
    size_t step_count;
    struct commitment_step *steps; /* in time order */
    const char *tax_category;
};

/* A prepaid credit. */
struct credit_grant {
    const char *id;
    const char *name;
    int128 amount_minor;
    int priority; /* lowest first */
    int64_t from_us;
    int64_t expires_us; /* INSTANT_MAX: never */
    struct money_scope scope;
    bool is_promotional;
    bool is_after_tax; /* a payment */
};

/* Below so much availability, so many percent of what was charged. */
struct sla_band {
    struct decimal below;
    struct decimal percent;
};

struct sla_measure {
    const char *month;  /* a period's label */
    const char *region; /* NULL: all */
    struct decimal availability;
};

struct sla {
    const char *id;
    const char *name;
    struct money_scope scope;
    size_t band_count;
    struct sla_band *bands; /* as listed */
    size_t measure_count;
    struct sla_measure *measures; /* as listed */
};

struct fx_rate {
    int64_t day; /* from 1970-01-01 on; in force until the next */
    struct decimal rate;
};

/* Rounded money is stated in another currency too. */
struct fx {
    const char *currency;
    const char *source;
    unsigned decimals;
    size_t rate_count;
    struct fx_rate *rates; /* in the order of days */
};

struct contract_money {
    size_t commitment_count;
    struct commitment *commitments; /* as listed */
    size_t grant_count;
    struct credit_grant *grants; /* as listed */
    size_t sla_count;
    struct sla *slas;    /* as listed */
    const struct fx *fx; /* NULL: none */
};

/* Reads the members; the contract's own are read before. Borders are checked later. */
MUST_CHECK bool contract_money_read(const struct reader *reader, struct contract *contract,
                                    struct error *err);
/* Borders on the grid, intervals that tile; the contract's zone is open. */
MUST_CHECK bool contract_money_check(const struct reader *reader, struct contract *contract,
                                     uint32_t grid_seconds, struct error *err);
/* Scopes name charges of the plans or reservations; tax categories have a rate. */
MUST_CHECK bool contract_money_check_plans(const struct contract *contract,
                                           const struct plan *const *plans, size_t plan_count,
                                           struct error *err);

/* Does a document of this contract have a settlement? */
bool contract_has_money(const struct contract *contract);
bool scope_holds(const struct money_scope *scope, const char *charge);
/* The next instant after this one at which money must be cut: where a grant begins or expires, or
 * an interval shorter than a period does. INSTANT_MAX when there is none. */
int64_t contract_money_cut(const struct contract *contract, int64_t after_us);
/* Is the commitment settled inside a period, on exact amounts? */
bool commitment_is_short(const struct commitment *commitment);
/* Of a short commitment: the interval that holds the instant, or the next one; false when there is
 * none. */
bool commitment_short_interval(const struct commitment *commitment, int64_t at_us,
                               int64_t *out_from_us, int64_t *out_to_us);

#endif
