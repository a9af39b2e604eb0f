/*
 * When it is believed that a partition is gone.
 *
 * Brokers that start do not know every topic yet, and one whose metadata are old may say so of a
 * topic that is there: in a rolling restart that happens again and again. So one answer is none,
 * and neither are two at the ends of a time in which others said something else, or nothing: it
 * takes several in a row, over a time. What one such answer must be: kafka_gone.h.
 */
#ifndef INGEST_GONE_H
#define INGEST_GONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"

#define GONE_US (30 * SECOND_US) /* from the first answer to the last one, at least */
#define GONE_ANSWERS 10          /* at least, without any other between them */

struct gone {
    int64_t since_us; /* monotonic, of the first answer */
    unsigned answers;
};

/* Any other answer, or none. */
void gone_forget(struct gone *gone);
/* "It is not there": true once it is believed. */
bool gone_hear(struct gone *gone, int64_t now_us);

#endif
