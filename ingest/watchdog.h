/*
 * Ends the process when it hangs: librdkafka 2.0.2 notices no stuck worker (any poll resets its
 * timer) and may itself hang on close. All state is in the database, so a sudden end loses nothing.
 */
#ifndef INGEST_WATCHDOG_H
#define INGEST_WATCHDOG_H

#include <stdint.h>

/* Starts the thread; safe to call once. */
void watchdog_start(void);
/* "Still alive": if it is not said again within so many seconds, the process ends with 75:
 * to be started again. */
void watchdog_beat(unsigned seconds);
/* The last word: the process ends with this status within so many seconds. */
void watchdog_deadline(unsigned seconds, int status);

#endif
