/*
 * What an audit asks of the database.
 *
 * The relational rules are SQL: each check is a query that returns only what is wrong, as an index
 * (or none) and a sentence. Everything below the columns, bodies, commitments, leaves, the tree, is
 * the program's own arithmetic and not asked of the database.
 */
#ifndef STORE_AUDIT_H
#define STORE_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "core/body.h"
#include "core/digest.h"
#include "core/tile.h"
#include "store/store.h"

enum audit_check {
    AUDIT_DOUBLED,
    AUDIT_ENTRY_COLUMNS,
    AUDIT_SERIES_MISSING,
    AUDIT_SERIES_STEP,
    AUDIT_CORRECTION_TARGET,
    AUDIT_ASSIGNMENT,
    AUDIT_RECEIPT_ENTRY,
    AUDIT_RECEIPT_GAP,
    AUDIT_RECEIPT_TOTALS,
    AUDIT_RECEIPT_QUARANTINE,
    AUDIT_QUARANTINE_STRAY,
    AUDIT_QUARANTINE_RECORD,
    AUDIT_DISPOSITION_STRAY,
    AUDIT_RECEIPT_ACCEPTED,
    AUDIT_RECEIPT_ORDER,
    AUDIT_BATCH_STRAY,
    AUDIT_STEP_GAP,
    AUDIT_STEP_LAST_SEQS,
    AUDIT_STEP_MISSING,
    AUDIT_STEP_BATCH,
    AUDIT_DEDUP_ENTRIES,
    AUDIT_DEDUP_STRAY,
    AUDIT_CONTENT_STRAY,
    AUDIT_CONTENT_HASH,
    AUDIT_DOCUMENT,
    AUDIT_DOCUMENT_RANGE,
    AUDIT_DOCUMENT_POOL,
    AUDIT_DOCUMENT_NUMBER,
    AUDIT_HEADS,
    AUDIT_REGISTRY,
    AUDIT_CHECK_COUNT,
};

#define AUDIT_NO_INDEX UINT64_MAX

/* None of the visitors may use the same store. */
typedef bool audit_visitor(void *context, uint64_t index, const char *detail, struct error *err);
MUST_CHECK bool audit_check_each(struct store *store, int log, enum audit_check check,
                                 audit_visitor *visit, void *context, struct error *err);

/* `hashes` may be of another size than width × 32. */
typedef bool audit_tile_visitor(void *context, const struct tile *tile, struct slice hashes,
                                struct error *err);
/* The stored tiles of one level with from ≤ number < to. */
MUST_CHECK bool audit_tiles_each(struct store *store, int log, int level, uint64_t from,
                                 uint64_t to, audit_tile_visitor *visit, void *context,
                                 struct error *err);

struct audit_checkpoint {
    uint64_t size;
    struct slice root; /* 32 bytes, or it was tampered with */
    struct slice note; /* data NULL: unsigned */
    bool is_signed;    /* as the row says */
};
typedef bool audit_checkpoint_visitor(void *context, const struct audit_checkpoint *checkpoint,
                                      struct error *err);
MUST_CHECK bool audit_checkpoints_each(struct store *store, int log,
                                       audit_checkpoint_visitor *visit, void *context,
                                       struct error *err);

typedef bool audit_series_visitor(void *context, uint64_t tenant, struct slice series,
                                  struct slice descriptor, struct error *err);
MUST_CHECK bool audit_series_each(struct store *store, int log, audit_series_visitor *visit,
                                  void *context, struct error *err);

struct audit_receipt {
    uint64_t index;
    struct batch_id batch;
    struct batch_range range;
};
typedef bool audit_receipt_visitor(void *context, const struct audit_receipt *receipt,
                                   struct error *err);
/* By index. */
MUST_CHECK bool audit_receipts_each(struct store *store, int log, audit_receipt_visitor *visit,
                                    void *context, struct error *err);

/* Where one block's identities of an event hour are (DEDUP_ID_SIZE bytes each), by slot and hour.
 */
typedef bool audit_block_visitor(void *context, int slot, int64_t hour, struct slice ids,
                                 struct error *err);
MUST_CHECK bool audit_blocks_each(struct store *store, int log, audit_block_visitor *visit,
                                  void *context, struct error *err);

typedef bool audit_stream_visitor(void *context, uint64_t tenant, uint32_t stream,
                                  uint64_t next_seq, struct error *err);
/* The streams of the entries below `size`, and the number that follows in each. */
MUST_CHECK bool audit_streams_before(struct store *store, int log, uint64_t size,
                                     audit_stream_visitor *visit, void *context, struct error *err);

struct audit_bundle {
    uint64_t index; /* of the document's entry */
    uint64_t tenant;
    uint64_t size;
    struct slice bundle;
    bool has_document; /* there is its row, of this tenant, with this hash */
    struct digest hash;
};
typedef bool audit_bundle_visitor(void *context, const struct audit_bundle *bundle,
                                  struct error *err);
/* By index. */
MUST_CHECK bool audit_bundles_each(struct store *store, int log, audit_bundle_visitor *visit,
                                   void *context, struct error *err);

/* A witness's line under a size; `note` is the log's own note of that size, or NULL data. */
struct audit_cosignature {
    uint64_t size;
    struct slice signer, line, note;
};
typedef bool audit_cosignature_visitor(void *context, const struct audit_cosignature *cosignature,
                                       struct error *err);
MUST_CHECK bool audit_cosignatures_each(struct store *store, int log,
                                        audit_cosignature_visitor *visit, void *context,
                                        struct error *err);

/* The files among the feeds, by their hash in hex. */
typedef bool audit_file_feed_visitor(void *context, const char *feed, struct error *err);
MUST_CHECK bool audit_file_feeds_each(struct store *store, int log, audit_file_feed_visitor *visit,
                                      void *context, struct error *err);

#endif
