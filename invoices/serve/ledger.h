/* The log's public face. */
#ifndef SERVE_LEDGER_H
#define SERVE_LEDGER_H

#include "serve/call.h"

bool checkpoint_answer(struct call *call, struct error *err); /* the newest signed note, as it is */

#endif
