/*
 * How a program that runs on is told to stop: SIGTERM or SIGINT. Nothing is done in the handler
 * but to note it; whoever works looks when it suits, whoever waits is woken.
 */
#ifndef BASE_STOP_H
#define BASE_STOP_H

#include <stdbool.h>
#include <stdint.h>

/* From now on the two signals ask to stop, and a peer that went away (SIGPIPE) is an error of the
 * call that wrote. Before any thread is started. */
void stop_catch(void);
bool stop_is_asked(void);
/* Sleeps until it is asked, or for so long; -1 for ever. Whether it was asked. */
bool stop_wait(int64_t milliseconds);

#endif
