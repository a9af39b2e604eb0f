/*
 * Inside of a decision: what the batch makes while its records are gone through.
 *
 * Everything lies in the batch's arena and points at each other; nothing of it outlives the batch.
 */
#ifndef INGEST_TALLY_H
#define INGEST_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "ingest/decide.h"
#include "ingest/lookup.h"
#include "ingest/slot.h"

struct tally_account;

/* An identity that the batch accepted. */
struct tally_identity {
    struct identity identity;
    struct tally_hour *hour;
    struct tally_entry *entry; /* where it stands in its block */
};

struct tally_hour {
    struct hour_set *set;
    size_t count; /* identities */
    struct decided_hour *out;
};

struct tally_series {
    struct tally_account *account;
    const struct series_ref *ref; /* under which it counts, after the cap */
    bool is_new;
    struct tally_entry *entry; /* of its last event */
};

/* An entry in the making; or what stands for none, with the identities of an account's events whose
 * quantity was zero: it has no series and no quantity. */
struct tally_entry {
    struct tally_series *series;
    struct window window;
    int128 quantity;
    uint64_t contributions;
    size_t identity_count; /* that stand first in this entry */
    /* once all is in order: */
    uint64_t tenant;
    uint64_t stream_seq;
    size_t next_place; /* of its identities among all */
};

struct tally_account {
    struct account *account;
    size_t new_series;
    struct tally_hour *hour;      /* of its last event */
    struct tally_entry *no_entry; /* NULL: every event made an entry */
};

struct tally {
    struct slot_table *table;
    struct arena *arena;
    uint64_t series_per_tenant;
    struct tally_account *account; /* of the last event */
    struct lookup accounts;
    struct lookup aliases; /* (account, ref before the cap) → series */
    struct lookup series;  /* (account, digest) → series */
    struct lookup entries; /* (series, window) → entry */
    struct lookup hours;
    struct lookup identities; /* (hour, id) → identity */
    size_t identity_count;
    struct tally_identity *accepted; /* all of them, in the order of the records */
};

/* At most `records_max` events are accepted. */
void tally_init(struct tally *tally, struct slot_table *table, uint64_t series_per_tenant,
                size_t records_max, struct arena *arena);
struct tally_account *tally_account(struct tally *tally, const struct tenant *tenant);
struct tally_hour *tally_hour(struct tally *tally, struct tally_account *account,
                              int32_t event_hour);
/* That tally_knows() will be asked soon: has the processor fetch what it will look at. */
void tally_expect(const struct tally *tally, const struct tally_hour *hour,
                  const unsigned char id[IDENTITY_SIZE]);
/* Whether the book or this batch has the identity, and under which meaning. */
bool tally_knows(const struct tally *tally, const struct tally_hour *hour,
                 const unsigned char id[IDENTITY_SIZE], uint64_t *out_meaning);
/* Takes an accepted event. */
void tally_accept(struct tally *tally, struct tally_account *account, struct tally_hour *hour,
                  const struct measure *measure);
/* The book's order: tenant, series, window. */
int tally_compare(const struct tally_entry *a, const struct tally_entry *b);
/* Puts everything in order, into the decision. */
void tally_finish(struct tally *tally, struct decision *decision);

#endif
