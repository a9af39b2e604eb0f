/*
 * A small log and the proof bundle of its second invoice, made from fixed keys: for the tests of
 * daybook-verify. Honest, or as a forger has it who holds every key and seals what he likes.
 */
#ifndef HARNESS_SAMPLE_BUNDLE_H
#define HARNESS_SAMPLE_BUNDLE_H

#include <jansson.h>

#include "base/text.h"
#include "core/body.h"
#include "core/key.h"
#include "core/leaf.h"
#include "core/tree.h"

#define SAMPLE_ORIGIN "daybook.example/test"
#define SAMPLE_TENANT 7

/* A tenant of two invoices; the bundle is the second one's. */
enum {
    AT_LOG,
    AT_INGEST, /* grants of one key, each of a role; then of two people's */
    AT_CONTROL,
    AT_INVOICES,
    AT_OPERATOR,
    AT_APPROVER,
    AT_TENANT,
    AT_PLAN,
    AT_CONTRACT,
    AT_USAGE_0, /* of September */
    AT_USAGE_1, /* of October, came in September's grace: carried */
    AT_PERIOD_1,
    AT_DOCUMENT_1,
    AT_TRANSFER_1,
    AT_USAGE_2, /* of September, late */
    AT_USAGE_3, /* of October */
    AT_USAGE_4, /* of November: forward */
    AT_PERIOD_2,
    AT_DOCUMENT_2,
    AT_TRANSFER_2,
    AT_OTHERS, /* entries that the bundle does not hold */
    SAMPLE_SIZE = AT_OTHERS + 3
};

/* One thing that the forger does before he signs. */
struct bundle_forgery {
    const char *name;
    unsigned at;       /* SAMPLE_SIZE: `change` sees every entry */
    const char *path;  /* member of the content, "period.from" */
    const char *value; /* JSON; NULL: the member goes */
    void (*change)(struct entry *entry);
    const char *findings;
};

struct bundle_sample {
    struct secret_key *root, *log, *writer, *person, *approver;
    struct public_key log_key, root_key;
    struct leaf leaves[SAMPLE_SIZE];
    struct digest contents[SAMPLE_SIZE];
    struct tree_memory tree;
    struct text descriptor;
    struct digest series;
    const struct bundle_forgery *forgery;
    json_t *bundle;
};

void bundle_sample_init(struct bundle_sample *sample);
void bundle_sample_release(struct bundle_sample *sample);
/* The bundle, as this forger has it; NULL: an honest one. */
void bundle_sample_make(struct bundle_sample *sample, const struct bundle_forgery *forgery);

#endif
