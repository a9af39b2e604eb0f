/*
 * Contents: the canonical JSON that a control entry or a document names by its hash. The table
 * checks the hash of every row; the entry's content_hash must equal it (audit looks).
 */
#ifndef STORE_CONTENTS_H
#define STORE_CONTENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "core/body.h"
#include "core/digest.h"
#include "store/store.h"

#define CONTENT_FIRST UINT64_MAX          /* as after_index: from the first entry on */
#define CONTENT_LAST INT64_MAX            /* as through_index: to the newest */
#define CONTENT_KIND(kind) (1u << (kind)) /* for sets of kinds */

struct content {
    uint64_t index;
    enum entry_kind kind;
    uint64_t tenant;        /* 0: the ledger's */
    const char *subject_id; /* zero-terminated */
    uint32_t version;       /* of the subject, from 1 */
    struct digest hash;     /* SHA-256 of the bytes */
    const char *bytes;      /* zero-terminated; canonical JSON */
    size_t size;
};

/* The texts of `content` live until the visitor returns; it may not use the same store. */
typedef bool content_visitor(void *context, const struct content *content, struct error *err);

/* The contents of these kinds (a set of CONTENT_KIND bits) with after_index < index ≤
 * through_index, by index. */
MUST_CHECK bool contents_each(struct store *store, int log, unsigned kinds, uint64_t after_index,
                              uint64_t through_index, content_visitor *visit, void *context,
                              struct error *err);
/* All versions of one tenant's subjects of these kinds, by index. */
MUST_CHECK bool contents_each_of_tenant(struct store *store, int log, uint64_t tenant,
                                        unsigned kinds, content_visitor *visit, void *context,
                                        struct error *err);
/* The subject's newest version at or below through_index. Texts go to `arena`. ERROR_NOT_FOUND. */
MUST_CHECK bool content_latest(struct store *store, int log, enum entry_kind kind, uint64_t tenant,
                               const char *subject_id, uint64_t through_index, struct arena *arena,
                               struct content *out, struct error *err);
/* Exactly this version. ERROR_NOT_FOUND. */
MUST_CHECK bool content_version(struct store *store, int log, enum entry_kind kind, uint64_t tenant,
                                const char *subject_id, uint32_t version, struct arena *arena,
                                struct content *out, struct error *err);
/* The content of the entry at this index. ERROR_NOT_FOUND. */
MUST_CHECK bool content_at(struct store *store, int log, uint64_t index, struct arena *arena,
                           struct content *out, struct error *err);

#endif
