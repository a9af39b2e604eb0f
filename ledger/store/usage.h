/*
 * A tenant's usage as a bill reads it: what is known at a cut, and what a close must wait for.
 *
 * A cut is a sealed size of the log: known is every entry with a smaller index. The visitors may
 * not use the same store.
 */
#ifndef STORE_USAGE_H
#define STORE_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/instant.h"
#include "base/number.h"
#include "base/text.h"
#include "core/digest.h"
#include "store/store.h"

#define PARTITION_INCOMPLETE INSTANT_MIN /* nothing is known of the partition */

/* Usage and its corrections of one series in one window, in base units. */
struct usage_sum {
    struct digest series;
    int64_t from_us;
    uint32_t length_seconds;
    int128 quantity;  /* of all, added up */
    int128 greatest;  /* of the usage entries */
    int128 corrected; /* what corrections add */
};

typedef bool usage_sum_visitor(void *context, const struct usage_sum *sum, struct error *err);
typedef bool descriptor_visitor(void *context, const struct digest *series, struct slice descriptor,
                                struct error *err);

/* Windows that begin in [from_us, to_us), of entries with index < size; of these series, or of all
 * where `series` is NULL. */
MUST_CHECK bool usage_each_sum(struct store *store, int log, uint64_t tenant, uint64_t size,
                               int64_t from_us, int64_t to_us, const struct digest *series,
                               size_t series_count, usage_sum_visitor *visit, void *context,
                               struct error *err);

/* The series that these windows name. */
MUST_CHECK bool usage_each_series(struct store *store, int log, uint64_t tenant, uint64_t size,
                                  int64_t from_us, int64_t to_us, descriptor_visitor *visit,
                                  void *context, struct error *err);

/* All windows of one series. */
struct usage_series_sum {
    struct digest series;
    int128 quantity;
    bool is_corrected; /* some entry is a correction */
};
typedef bool usage_series_visitor(void *context, const struct usage_series_sum *sum,
                                  struct error *err);
MUST_CHECK bool usage_each_series_sum(struct store *store, int log, uint64_t tenant, uint64_t size,
                                      int64_t from_us, int64_t to_us, usage_series_visitor *visit,
                                      void *context, struct error *err);
/* These series of the tenant, sorted by hash; one that is missing is not visited. */
MUST_CHECK bool usage_each_descriptor(struct store *store, int log, uint64_t tenant,
                                      const struct digest *series, size_t count,
                                      descriptor_visitor *visit, void *context, struct error *err);
/* Part of a range of the usage stream: one series, in the billed period that begins at from_us, or
 * in the one window that does. */
struct usage_part {
    struct digest series;
    int64_t from_us;
    int128 quantity;
    uint64_t entries;
    bool is_corrected; /* some entry is a correction */
};
typedef bool usage_part_visitor(void *context, const struct usage_part *part, struct error *err);
/* Usage and corrections of stream_seqs in [from_seq, to_seq); of what was excluded there is a part
 * of no entries. `borders_us` rise strictly; what begins at or after borders_us[i] and before the
 * next is in the billed period that begins at periods_us[i], or in none where that is
 * INSTANT_MIN. */
MUST_CHECK bool usage_each_part(struct store *store, int log, uint64_t tenant, uint64_t from_seq,
                                uint64_t to_seq, const int64_t *borders_us,
                                const int64_t *periods_us, size_t border_count,
                                usage_part_visitor *visit, void *context, struct error *err);
/* The first usage stream_seq that is not known at the cut. */
MUST_CHECK bool usage_next_seq(struct store *store, int log, uint64_t tenant, uint64_t size,
                               uint64_t *out, struct error *err);
/* The stream_seqs below before_seq whose windows begin at from_us or later, ascending. */
MUST_CHECK bool usage_later_seqs(struct store *store, int log, uint64_t tenant, uint64_t before_seq,
                                 int64_t from_us, struct arena *arena, uint64_t **out_seqs,
                                 size_t *out_count, struct error *err);
/* The stream_seqs below before_seq of usage and corrections, whose windows begin in [from_us,
 * to_us), ascending. */
MUST_CHECK bool usage_earlier_seqs(struct store *store, int log, uint64_t tenant,
                                   uint64_t before_seq, int64_t from_us, int64_t to_us,
                                   struct arena *arena, uint64_t **out_seqs, size_t *out_count,
                                   struct error *err);

/* Where windows begin, before before_us, of the usage from from_seq on with index < size. */
MUST_CHECK bool usage_late_windows(struct store *store, int log, uint64_t tenant, uint64_t from_seq,
                                   uint64_t size, int64_t before_us, struct arena *arena,
                                   int64_t **out, size_t *out_count, struct error *err);
/* The newest index of the tenant's entries and of all receipts; UINT64_MAX when there is none. */
MUST_CHECK bool usage_newest_index(struct store *store, int log, uint64_t tenant, uint64_t *out,
                                   struct error *err);
/* Through when all partitions of a topic are complete, and which one is the last; every one counts,
 * because a producer may use another partitioner. ERROR_NOT_FOUND if the topic was never read. */
MUST_CHECK bool usage_complete_through(struct store *store, int log, const struct digest *feed,
                                       int *out_partition, int64_t *out_us, struct error *err);
/* Quarantined records that name the tenant, without a disposition. */
MUST_CHECK bool usage_undecided(struct store *store, int log, const char *tenant_id, uint64_t *out,
                                struct error *err);

#endif
