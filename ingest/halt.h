/*
 * Why a partition stops, until a person did something about it: as the log, `progress.reason` and
 * ingest/README.md say it. The others go on; the program ends with the status of ERROR_HALT.
 */
#ifndef INGEST_HALT_H
#define INGEST_HALT_H

#define HALT_DETAIL_SIZE 200

enum halt {
    HALT_NONE,
    HALT_FEED,      /* the catalog does not know the topic */
    HALT_CLUSTER,   /* another cluster */
    HALT_GONE,      /* the brokers do not have it any more */
    HALT_COMPACTED, /* the broker removes records, read or not */
    HALT_LOST,      /* records were removed before they were read */
    HALT_SHORT,     /* the log ends before what was read */
    HALT_ANCHOR,    /* another record, or none, where one was read */
    HALT_HOLE,      /* offsets are missing */
    HALT_TIME,      /* producers' time where the broker's is required */
    HALT_RATE,      /* far too much cannot be counted */
    HALT_COUNT,
};

struct halt_row {
    const char *word;     /* for machines */
    const char *sentence; /* what was found */
    const char *advice;   /* what to do about it */
};
const struct halt_row *halt_row(enum halt halt);

#endif
