/*
 * Findings: everything that an audit of the book or a verification of its proofs can find wrong.
 *
 * The words are fixed: scripts, tests and ledger/README.md use them. `daybook-ledger audit` looks
 * from inside (rows → bodies → leaves → tree), `daybook-verify` from outside (files → leaves →
 * tree → signatures); where both look at the same thing they use the same word. A check reports
 * every finding and goes on; only what it could not read is an error.
 */
#ifndef CORE_FINDING_H
#define CORE_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/text.h"

enum finding {
    /* the tree and what is signed about it */
    FINDING_CHECKPOINT_MALFORMED, /* a note that is no checkpoint, or one of another origin */
    FINDING_CHECKPOINT_SIGNATURE, /* the log key did not sign this note */
    FINDING_CHECKPOINT_MISSING,   /* no signed checkpoint where there must be one */
    FINDING_CHECKPOINT_ROOT,      /* the leaves make another root than the one that was signed */
    FINDING_CHECKPOINT_AHEAD,     /* signed or published for more entries than there are */
    FINDING_WITNESS_SIGNATURE,    /* a line that is shown as a witness's does not hold */
    FINDING_WITNESS_QUORUM,       /* fewer witnesses cosigned than the policy asks for */
    FINDING_STATE_FILE,           /* the sealer's state file contradicts tree or checkpoints */
    FINDING_TILE_MISSING,         /* a tile of a signed size is not there */
    FINDING_TILE_MISMATCH,    /* a tile's hashes are not those of the leaves, or not 32 × width */
    FINDING_LEAVES_MISSING,   /* an entry bundle (256 leaves) is not there */
    FINDING_LEAVES_MALFORMED, /* an entry bundle is not (u16 128 ‖ leaf)* of its width */
    FINDING_LEAVES_MISMATCH,  /* an archived leaf is not the row's leaf */
    FINDING_PROOF_INVALID,    /* the hashes do not lead from the entries to the signed root */

    /* keys */
    FINDING_KEY_CHAIN,        /* the log's first entry, root key or log key is not the pinned one */
    FINDING_KEY_BODY_MISSING, /* the published body of a `key` or `log` entry is not there */
    FINDING_KEY_BODY_MISMATCH, /* it is not what the leaf committed to, or not what it says */
    FINDING_KEY_REFUSED,       /* a grant or revocation that the rules do not allow */
    FINDING_SUCCESSION,        /* a log and the one that it succeeds do not fit together */

    /* an entry */
    FINDING_ENTRY_MISSING,    /* an index below the size has no entry */
    FINDING_ENTRY_MALFORMED,  /* a row or body that no encoder could have written */
    FINDING_ENTRY_LEDGER,     /* the body names another ledger, or a place its kind may not have */
    FINDING_ENTRY_COMMITMENT, /* the row's body is not what its checksum committed to */
    FINDING_ENTRY_SIGNATURE,  /* the signature does not hold under the writer's key */
    FINDING_ENTRY_WRITER,     /* the writer's key was not granted for this kind at this index */
    FINDING_ENTRY_OPERATOR,   /* a control entry names an operator without the role for it */

    /* streams: (tenant, stream) counts without gaps */
    FINDING_STREAM_GAP,    /* a number is missing */
    FINDING_STREAM_ORDER,  /* a number is doubled or stands before a smaller one */
    FINDING_ROW_DOUBLED,   /* a row that can be there once is there twice */
    FINDING_HEAD_MISMATCH, /* a head row (log, money, number, slot) is not where its stream ends */

    /* the batch */
    FINDING_RECEIPT_MISMATCH, /* receipt row and receipt entry differ, or one of them is missing */
    FINDING_RECEIPT_GAP,      /* the ranges of a partition do not tile it from its start */
    FINDING_RECEIPT_TOTALS,   /* records are not accepted + duplicate + quarantined + elsewhere */
    FINDING_RECEIPT_QUARANTINE, /* quarantine does not hold the records that receipts put there */
    FINDING_RECEIPT_ACCEPTED,   /* the identities kept are not as many as receipts accepted */
    FINDING_RECEIPT_ORDER,      /* control index or anchor goes back, or names what is not there */
    FINDING_QUARANTINE_RECORD,  /* a quarantined record is not what its receipt hashes */
    FINDING_DISPOSITION_MISMATCH, /* of no quarantined record, or not as the journal keeps it */
    FINDING_BATCH_UNKNOWN,        /* a batch that no receipt makes */
    FINDING_STEP_GAP,             /* a slot's steps do not count from 1 without gaps */
    FINDING_STEP_MISMATCH,        /* a step's last numbers are not those of its batch's entries */
    FINDING_DEDUP_MISMATCH,       /* a dedup block disagrees with the entries' contributions */
    FINDING_SERIES_MISSING,       /* an entry's series has no descriptor */
    FINDING_SERIES_MISMATCH,      /* a descriptor is malformed or not what its series hashes */
    FINDING_CORRECTION_TARGET, /* a correction of an entry that is not there, or of another series
                                */

    /* what people decided, and documents */
    FINDING_CONTENT_MISSING,   /* a control entry's or document's content is not there */
    FINDING_CONTENT_MISMATCH,  /* its hash is not the entry's, or it names another subject */
    FINDING_CONTENT_MALFORMED, /* it is not what such a content must say */
    FINDING_DOCUMENT_MISMATCH, /* document row, entry, content or transfers differ */
    FINDING_DOCUMENT_NUMBER,   /* numbers of a number series have a gap */
    FINDING_DOCUMENT_RANGE,    /* a document does not begin where the tenant's last one ended */
    FINDING_DOCUMENT_SIGNOFF,  /* not drafted, approved by another and issued by who could */
    FINDING_DOCUMENT_POOL,     /* what members of a pool state is not alike, or not their sum */
    FINDING_BUNDLE_STORED,     /* a stored bundle is not of its row's document, tenant and size */
    FINDING_JOURNAL_MISMATCH,  /* the private journal and the book say different things */
    FINDING_REGISTRY_MISMATCH, /* a registry copy differs from its `tenant` or `log` entry */

    /* a proof bundle, beside those above */
    FINDING_BUNDLE_MALFORMED, /* the file is no bundle */
    FINDING_BUNDLE_ENTRIES,   /* entries that the document states are not there, or others are */
    FINDING_BUNDLE_FORWARD,   /* `forward` or `carried` is not what the entries make */
    FINDING_BUNDLE_USAGE,     /* the entries' totals by series are not the document's */
    FINDING_BUNDLE_DOCUMENT,  /* the document is not what its entry hashes, or contradicts those
                               * that it names */
    FINDING_BUNDLE_PREVIOUS,  /* it does not begin where the tenant's document before it ended */

    /* records that are decided again */
    FINDING_REPLAY_RANGE,      /* the feed does not have the records that a receipt hashes */
    FINDING_REPLAY_RECEIPT,    /* a receipt counts what became of them otherwise */
    FINDING_REPLAY_ENTRY,      /* the records make another entry, or none */
    FINDING_REPLAY_IDENTITY,   /* a dedup block has other identities, meanings or entries */
    FINDING_REPLAY_QUARANTINE, /* another record, reason or place is quarantined */
    FINDING_REPLAY_STEP,       /* a slot took another step */
    FINDING_REPLAY_SERIES,     /* another series is new there */
    FINDING_REPLAY_SEQUENCE,   /* other numbers of a source came there */
    FINDING_COUNT,
};

/* "checkpoint_root": the fixed word. */
const char *finding_word(enum finding finding);
/* One sentence: what is wrong when this is reported. */
const char *finding_meaning(enum finding finding);

#define FINDING_NO_INDEX UINT64_MAX
#define FINDING_LINES_MAX 20 /* lines of one word; more of them are only counted */

struct finding_line {
    enum finding finding;
    uint64_t index; /* of the entry; FINDING_NO_INDEX where none is meant */
    char *detail;
};

/* What was found so far, in the order of finding. Not thread-safe: one a thread, then merge. */
struct findings {
    uint64_t counts[FINDING_COUNT];
    uint64_t total;
    struct finding_line *lines;
    size_t line_count;
    size_t line_capacity;
};

void findings_init(struct findings *findings);
void findings_release(struct findings *findings);
/* Control characters of the detail become '?'. */
void findings_add(struct findings *findings, enum finding finding, uint64_t index,
                  const char *detail, ...) PRINTF_LIKE(4, 5);
/* Appends those of `from`, and empties it. */
void findings_merge(struct findings *findings, struct findings *from);
/* "FINDING checkpoint_root index=7 detail\n" a line; then one line a capped word with its count. */
void findings_format(const struct findings *findings, struct text *out);
/* [{"finding", "index"?, "detail"}, …] as JSON text, and {"word": count} for all found. */
void findings_format_json(const struct findings *findings, struct text *out_lines,
                          struct text *out_counts);

#endif
