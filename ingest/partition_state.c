#include "ingest/partition_state.h"

#include <assert.h>

struct event_row {
    const char *word;
    enum partition_action action; /* in HALTED nothing is done */
    enum halt halt;
    unsigned char next[STATE_COUNT];
};

/* Short, so that a row is a line; x: this cannot happen. */
enum {
    fr = STATE_FREE,
    ve = STATE_VERIFYING,
    re = STATE_READING,
    db = STATE_DOUBTED,
    st = STATE_STALE,
    ha = STATE_HALTED,
    x = STATE_COUNT,
};

/* A row of the table: what happened, what is done about it, why it halts; then the next state. */
#define ON(event, action, halt, ...)                                                               \
    [EVENT_##event] = {#event, ACTION_##action, HALT_##halt, {__VA_ARGS__}}

/* clang-format off */
static const struct event_row rows[EVENT_COUNT] = {
    /* event                 action   halt       fr  ve  re  db  st  ha */
    ON(CLAIMED_NEW,          NONE,    NONE,      re, x,  x,  x,  re, x ),
    ON(CLAIMED_ANCHORED,     NONE,    NONE,      ve, x,  x,  x,  ve, x ),
    ON(CLAIMED_EXPIRED,      EXPIRED, NONE,      re, x,  x,  x,  re, x ),
    ON(CLAIMED_UNREGISTERED, HALT,    FEED,      ha, x,  x,  x,  ha, x ),
    ON(CLAIMED_GONE,         HALT,    GONE,      ha, x,  x,  x,  ha, x ),
    ON(CLAIMED_ELSEWHERE,    HALT,    CLUSTER,   ha, x,  x,  x,  ha, x ),
    ON(CLAIMED_COMPACTED,    HALT,    COMPACTED, ha, x,  x,  x,  ha, x ),
    ON(CLAIMED_SHORT,        HALT,    SHORT,     ha, x,  x,  x,  ha, x ),
    ON(CLAIMED_LOST,         HALT,    LOST,      ha, x,  x,  x,  ha, x ),

    ON(ANCHOR_SAME,          NONE,    NONE,      x,  re, x,  x,  x,  x ),
    ON(ANCHOR_OTHER,         HALT,    ANCHOR,    x,  ha, x,  x,  x,  x ),
    ON(ANCHOR_GONE,          HALT,    ANCHOR,    x,  ha, x,  x,  x,  x ),

    ON(RECORD_NEXT,          COLLECT, NONE,      x,  x,  re, x,  x,  x ),
    ON(RECORD_HOLES,         COLLECT, NONE,      x,  x,  re, x,  x,  x ),
    ON(RECORD_GAP,           HALT,    HOLE,      x,  x,  ha, x,  x,  x ),
    ON(RECORD_CLOCK,         HALT,    TIME,      x,  x,  ha, x,  x,  x ),
    ON(RECORD_AGAIN,         NONE,    NONE,      x,  ve, re, x,  x,  x ),
    ON(END_REACHED,          END,     NONE,      x,  x,  re, x,  x,  x ),
    ON(END_HOLES,            TAIL,    NONE,      x,  x,  re, x,  x,  x ),
    ON(END_GAP,              HALT,    HOLE,      x,  x,  ha, x,  x,  x ),
    ON(END_EARLY,            NONE,    NONE,      x,  ve, re, x,  x,  x ),

    ON(ARRIVED,              CLAIM,   NONE,      x,  x,  x,  st, st, ha),
    ON(OUT_OF_RANGE,         CLAIM,   NONE,      x,  st, st, st, st, ha),
    ON(TROUBLE,              LOOK,    NONE,      x,  db, db, db, st, ha),

    ON(REFUSED,              NONE,    NONE,      x,  st, st, st, st, ha),
    ON(DUE,                  LOOK,    NONE,      x,  st, st, st, st, ha),
    ON(SIBLING,              NONE,    NONE,      x,  st, st, st, st, ha),

    ON(OLDER_OTHER,          HALT,    ANCHOR,    x,  ha, ha, x,  x,  x ),
    ON(OLDER_GONE,           HALT,    ANCHOR,    x,  ha, ha, x,  x,  x ),
    ON(RATE,                 HALT,    RATE,      x,  ha, ha, ha, ha, ha),
    ON(GIVEN_BACK,           NONE,    NONE,      x,  fr, fr, fr, fr, fr),
};
/* clang-format on */

static const char *const state_words[STATE_COUNT] = {
    [STATE_FREE] = "free",       [STATE_VERIFYING] = "verifying", [STATE_READING] = "reading",
    [STATE_DOUBTED] = "doubted", [STATE_STALE] = "stale",         [STATE_HALTED] = "halted",
};

bool partition_step_exists(enum partition_state state, enum partition_event event)
{
    assert(state < STATE_COUNT && event < EVENT_COUNT);
    return rows[event].next[state] != x;
}

struct partition_step partition_step(enum partition_state state, enum partition_event event)
{
    assert(partition_step_exists(state, event));
    const struct event_row *row = &rows[event];
    enum partition_state next = (enum partition_state)row->next[state];
    if (state == STATE_HALTED)
        return (struct partition_step){.next = next};
    return (struct partition_step){.next = next, .action = row->action, .halt = row->halt};
}

const char *partition_state_word(enum partition_state state)
{
    assert(state < STATE_COUNT);
    return state_words[state];
}

const char *partition_event_word(enum partition_event event)
{
    assert(event < EVENT_COUNT);
    return rows[event].word;
}
