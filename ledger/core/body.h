/*
 * The bytes of an entry: what is committed to and signed.
 *
 * An entry is a value: no pointers, copied with '='. Two entries are equal if and only if
 * their bytes are. Layout, version 1, with a worked example: ledger/README.md, "Bytes".
 */
#ifndef CORE_BODY_H
#define CORE_BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"
#include "base/error.h"
#include "base/number.h"
#include "core/digest.h"

#define BODY_VERSION 1
#define BODY_HEADER_SIZE 64
#define BODY_SIZE_MAX 320

/* Numbers are signed: they never change. */
enum entry_kind {
    ENTRY_USAGE = 1,
    ENTRY_CORRECTION = 2,
    ENTRY_EXCLUSION = 3,
    ENTRY_TRANSFER = 4,
    ENTRY_DOCUMENT = 5,
    ENTRY_RECEIPT = 6,
    ENTRY_CATALOG = 7,
    ENTRY_TENANT = 8,
    ENTRY_PLAN = 9,
    ENTRY_CONTRACT = 10,
    ENTRY_PERIOD = 11,
    ENTRY_KEY = 12, /* public: salt of zero bytes */
    ENTRY_LOG = 13, /* public: salt of zero bytes */
    ENTRY_KIND_LAST = ENTRY_LOG,
};

/* The streams of protocol section 5. */
enum { STREAM_USAGE = 0, STREAM_MONEY = 1, STREAM_CONTROL = 2, STREAM_CHAIN_FIRST = 16 };

struct ledger_id {
    unsigned char bytes[16]; /* SHA-256(first origin)[0:16] */
};

struct batch_id {
    unsigned char bytes[16]; /* zero outside ingest */
};

/* usage, correction, exclusion */
struct usage_body {
    struct digest series;
    int64_t from_us;         /* start of the window */
    uint32_t length_seconds; /* of the window; 0 is not allowed */
    int128 quantity;         /* base units; negative only in a correction */
    uint64_t contributions;  /* events that added to it */
    uint64_t corrected_seq;  /* correction: stream_seq of the entry that it corrects */
    uint32_t reason;         /* correction, exclusion: enum correction_reason … */
};

struct transfer_body {
    struct digest debit; /* SHA-256("account" ‖ 0 ‖ id) */
    struct digest credit;
    int128 amount;          /* minor units, > 0 */
    char currency[4];       /* ISO 4217, zero-terminated here, 3 bytes signed */
    uint8_t exponent;       /* 2 for EUR */
    uint32_t code;          /* why: 1 invoice, 2 credit note */
    struct digest document; /* SHA-256 of the document's content */
};

struct receipt_body {
    struct digest feed; /* topic: SHA-256("topic" ‖ 0 ‖ name); file: SHA-256 of its bytes */
    uint32_t partition;
    uint32_t incarnation;
    uint64_t start; /* where the chain began */
    uint64_t from;  /* offsets [from, to); bytes of a file */
    uint64_t to;
    uint64_t records;
    uint64_t holes;          /* offsets that were never delivered (transactional feeds only) */
    uint64_t last_offset;    /* of the last record; UINT64_MAX while the chain has none */
    struct digest last_hash; /* of that record: the anchor; carried on by an empty receipt */
    struct digest raw_hash;  /* over all records of the range */
    uint64_t accepted;
    uint64_t duplicate;
    uint64_t quarantined;
    uint64_t elsewhere;     /* records of other logs: 0 while there is one */
    uint64_t control_index; /* control entries up to this index decided (inclusive) */
    int64_t as_of_us;       /* greatest broker time; for a file the instant of the run */
    bool anchor_expired;    /* the previous anchor had left the topic at this claim */
};

/* document, catalog, tenant, plan, contract, period, key, log */
struct control_body {
    struct digest subject;      /* SHA-256(kind ‖ 0 ‖ id) */
    uint32_t version;           /* of the subject, from 1 */
    struct digest content;      /* SHA-256 of the canonical content, a row beside the entry */
    struct digest operator_key; /* SHA-256 of an operator's public key */
};

struct entry {
    enum entry_kind kind;
    struct ledger_id ledger;
    uint64_t tenant; /* number; 0 is the ledger itself */
    uint32_t stream;
    uint64_t stream_seq; /* no gaps in (tenant, stream) */
    struct batch_id batch;
    union {
        struct usage_body usage;
        struct transfer_body transfer;
        struct receipt_body receipt;
        struct control_body control;
    };
};

/* "usage", "correction" …; NULL for a number that is no kind. */
const char *entry_kind_word(enum entry_kind kind);
MUST_CHECK bool entry_kind_parse(const char *word, enum entry_kind *out);
bool entry_kind_is_control(enum entry_kind kind); /* has a struct control_body */
bool entry_kind_is_public(enum entry_kind kind);  /* key, log */

/* What an entry must hold to have bytes: kind, stream, tenant and batch fit each other, and the
 * kind's own rules. */
MUST_CHECK bool body_check(const struct entry *entry, struct error *err);
/* Writes the canonical bytes and returns how many; never more than BODY_SIZE_MAX. Asserts
 * body_check(): a caller must have checked (currency of three letters, length above zero …). */
size_t body_encode(const struct entry *entry, unsigned char out[BODY_SIZE_MAX]);
/* Reads them back. Refuses anything that body_encode() could not have written. */
MUST_CHECK bool body_decode(const unsigned char *bytes, size_t size, struct entry *out,
                            struct error *err);
struct ledger_id ledger_id_of_origin(const char *first_origin);
/* First 16 bytes of SHA-256 over the ranges, each (feed ‖ partition ‖ incarnation ‖ from ‖ to),
 * sorted bytewise. */
struct batch_range {
    struct digest feed;
    uint32_t partition;
    uint32_t incarnation;
    uint64_t from;
    uint64_t to;
};
struct batch_id batch_id_of(const struct batch_range *ranges, size_t count);

#endif
