/*
 * Verifies an invoice's proof bundle: one file, two pinned keys, no database and no network.
 *
 * What it proves: the document is the one that was entered, under the terms that were decided
 * before it; all the usage that it counts is in the log that the log key signed, signed by keys
 * that the root key granted; none of the ranges that the document states is left out; they begin
 * where the tenant's last document ended, and the document's usage is their sum. It does not price
 * the usage. It knows only the key entries of the bundle: a revocation that was left out shows in
 * the log: with the log's public files (`log_folder`) that is checked too, and that the bundle's
 * tree is this log's.
 */
#ifndef VERIFY_BUNDLE_H
#define VERIFY_BUNDLE_H

#include <stdbool.h>
#include <stdint.h>

#include "verify/log.h"

struct verify_bundle_report {
    struct checkpoint checkpoint;
    uint64_t document_index;
    struct digest document; /* SHA-256 of the document that it holds */
    uint64_t entries;
    uint64_t signatures;               /* that hold */
    uint64_t usage_entries;            /* in the document's range, or carried into it */
    struct verify_witnesses witnesses; /* with a policy */
};

/* Adds every finding; false only when a file could not be read or written. log_folder may be NULL.
 * explode_folder, unless NULL, gets a C2SP tlog-proof for each entry, INDEX.tlog-proof, when there
 * is no finding. */
MUST_CHECK bool verify_bundle(const char *path, const char *log_folder, const char *explode_folder,
                              const struct verify_keys *keys, struct verify_bundle_report *out,
                              struct findings *findings, struct error *err);
/* The same of a bundle that is no file, without the log's. */
void verify_bundle_text(const char *bytes, size_t size, const struct verify_keys *keys,
                        struct verify_bundle_report *out, struct findings *findings);

#endif
