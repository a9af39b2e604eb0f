/*
 * What the parts of an audit share. Only ledger/audit*.c include this.
 *
 * The pass over the entries reads them in chunks, makes body, commitment and leaf of each, and
 * grows a tree of its own; tiles, checkpoints and streams are compared with it on the way. What
 * cannot be read as an entry is reported and its leaf taken as it stands, so that one bad row is
 * one finding.
 */
#ifndef LEDGER_AUDIT_PARTS_H
#define LEDGER_AUDIT_PARTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "core/checkpoint.h"
#include "core/finding.h"
#include "core/keyring.h"
#include "core/leaf.h"
#include "core/policy.h"
#include "ledger/edge.h"
#include "store/append.h"
#include "store/logs.h"
#include "store/store.h"

#define AUDIT_CHUNK 16384 /* entries; whole tiles */

/* A size that something says was signed, begun or remembered. */
struct audit_size {
    uint64_t size;
    struct digest root;
    const char *what; /* "row", "the published checkpoint" … static */
    enum finding mismatch;
    bool is_note; /* of a signed row */
};

/* Where a stream of a tenant stands. */
struct audit_stream {
    uint64_t tenant;
    uint64_t next_seq;
    uint32_t stream;
    bool is_used;
};

/* A note that lies in the archive: the published one, and those that witnesses have seen. */
struct audit_note {
    const char *what; /* "the published checkpoint", or its file's name */
    struct slice bytes;
};

/* What the archive and the sealer said before the snapshot began, so that nothing in it can be
 * newer than the rows. */
struct audit_outside {
    bool is_published;
    struct audit_note *notes; /* the published one first, if there is one */
    size_t note_count;
    size_t note_capacity;
    bool has_state; /* else `state_error` says why */
    struct checkpoint state;
    struct error state_error;
};

struct audit_streams {
    struct audit_stream *slots; /* open addressing, a power of two of them */
    size_t capacity;
    size_t count;
};

/* The content hash of a control entry or document, for the contents' check. */
struct audit_content {
    uint64_t index;
    enum entry_kind kind;
    uint64_t tenant;
    struct control_body control;
};

struct audit_levels { /* hashes of the tile levels above the lowest */
    uint64_t first;   /* number of the tile of hashes[0] */
    struct digest *hashes;
    size_t count;
    size_t capacity;
};

#define SIGNATURE_THREADS 2
#define SIGNATURE_BATCH 2048

struct signature_item {
    uint64_t index;
    struct leaf leaf;
    unsigned char public_bytes[32];
};

/* Items are handed over in batches; each thread has findings of its own. */
struct signatures {
    pthread_t threads[SIGNATURE_THREADS];
    struct findings found[SIGNATURE_THREADS];
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    struct signature_item *filling; /* SIGNATURE_BATCH items */
    size_t filling_count;
    struct signature_item *waiting; /* handed over, not yet taken; NULL: none */
    size_t waiting_count;
    bool is_over;
};

struct audit {
    struct arena arena;
    struct store *store;
    struct log_row log;
    struct head head;
    struct ledger_id ledger;
    struct keyring keys;
    unsigned char *salt_key; /* NULL: bodies are not checked against commitments */
    uint64_t sample;
    uint64_t since;              /* entries that an earlier audit has read; 0: none */
    uint64_t from;               /* the first that is read: of the tile in which that size ends */
    const char *archive;         /* NULL: not looked at */
    const char *state_path;      /* NULL: not looked at */
    bool has_journal;            /* the archive's private half was looked at */
    const struct policy *policy; /* whose witnesses' lines are verified; NULL: nobody's */
    struct audit_outside outside;
    struct findings findings;
    struct edge edge;
    struct audit_levels levels[EDGE_LEVELS];
    struct audit_size *sizes; /* ascending */
    size_t size_count;
    size_t size_capacity;
    size_t size_next;
    uint64_t sealed; /* the greatest size that is signed */
    struct audit_streams streams;
    struct audit_content *contents; /* by index */
    size_t content_count;
    size_t content_capacity;
    struct signatures signatures;
    uint64_t entries; /* that were read */
};

/* audit_signatures.c */
MUST_CHECK bool signatures_start(struct signatures *signatures, struct error *err);
void signatures_add(struct signatures *signatures, uint64_t index, const struct leaf *leaf,
                    const unsigned char public_bytes[32]);
/* Waits for all, and takes over what they found. */
void signatures_finish(struct signatures *signatures, struct findings *findings);

/* audit_entries.c: the pass. */
MUST_CHECK bool audit_entries(struct audit *audit, struct error *err);
/* After a row that broke off a result: a new snapshot. */
MUST_CHECK bool audit_begin_again(struct audit *audit, struct error *err);
/* audit_streams.c */
/* Goes on from where the streams of the entries below `size` ended. */
MUST_CHECK bool audit_streams_begin(struct audit *audit, uint64_t size, struct error *err);
void audit_stream_take(struct audit *audit, uint64_t index, const struct entry *entry);
/* audit_outside.c: to be called before the snapshot begins. */
MUST_CHECK bool audit_look_outside(struct audit *audit, struct error *err);
/* audit_witnesses.c: the notes that witnesses have seen, as sizes; the rows with their lines. */
void audit_witnessed_sizes(struct audit *audit);
MUST_CHECK bool audit_cosignatures(struct audit *audit, struct error *err);
/* audit_tree.c */
/* Returns whether the note is the log key's; *out is what it says. `row_size` is for people. */
bool audit_open_note(struct audit *audit, const char *note, size_t size, const char *what,
                     uint64_t row_size, struct checkpoint *out);
MUST_CHECK bool audit_read_sizes(struct audit *audit, struct error *err);
/* audit_since.c: after the sizes are read; `since` is a checkpoint's file, or a size that the log
 * key signed; NULL: from the beginning. The tiles of that size are loaded, and the root that the
 * entries make of them there must be the one that was signed. */
MUST_CHECK bool audit_begin(struct audit *audit, const char *since, struct error *err);
/* Another size and root to be met on the way, if there is one to come. */
void audit_add_size(struct audit *audit, uint64_t size, const struct digest *root, const char *what,
                    enum finding mismatch);
void audit_sort_sizes(struct audit *audit);
void audit_tree_append(struct audit *audit, const struct digest *leaf_hash);
/* The lowest tiles of leaves [from, from + count), against their hashes. */
MUST_CHECK bool audit_low_tiles(struct audit *audit, uint64_t from, const struct digest *hashes,
                                size_t count, struct error *err);
MUST_CHECK bool audit_high_tiles(struct audit *audit, struct error *err);
void audit_end_sizes(struct audit *audit);
/* audit_contents.c */
MUST_CHECK bool audit_read_keys(struct audit *audit, struct error *err);
MUST_CHECK bool audit_contents(struct audit *audit, struct error *err);
/* audit_blocks.c: no identity is kept twice in one event hour. */
MUST_CHECK bool audit_blocks(struct audit *audit, struct error *err);
/* audit_bundles.c: every stored bundle, as daybook-verify would look at it. */
MUST_CHECK bool audit_bundles(struct audit *audit, struct error *err);
/* audit_journal.c: the archive's private journal against the rows; nothing where there is none. */
MUST_CHECK bool audit_journal(struct audit *audit, struct error *err);
/* audit_kept.c: each kept file is the one that its name, the feed, hashes, and none is missing. */
MUST_CHECK bool audit_kept_files(struct audit *audit, struct error *err);
/* audit_rules.c: what the database is asked, series, batches. */
MUST_CHECK bool audit_rules(struct audit *audit, struct error *err);

#endif
