/*
 * What a witness holds in memory; for watch.c and watch_files.c only.
 */
#ifndef WITNESS_WATCH_PARTS_H
#define WITNESS_WATCH_PARTS_H

#include <pthread.h>

#include "core/checkpoint.h"
#include "witness/watch.h"

struct watched {
    struct public_key key;    /* its name is the origin */
    char id[DIGEST_HEX_SIZE]; /* SHA-256 of the origin */
    char *folder;
    char *path;             /* of the checkpoint */
    pthread_mutex_t lock;   /* of the two below, and of the file */
    struct checkpoint seen; /* size 0: nothing was cosigned yet, or the empty tree */
    struct text note;       /* as it stands in the file */
};

struct watch {
    struct secret_key *key;
    int lock;
    size_t count;
    size_t capacity;
    struct watched **logs; /* each stays where it is: its lock does */
};

#endif
