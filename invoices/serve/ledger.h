/* The log's public face. */
#ifndef SERVE_LEDGER_H
#define SERVE_LEDGER_H

#include "serve/call.h"

/* The newest signed note, as it is. */
bool checkpoint_answer(struct call *call, struct error *err);
/* The same for routes that have no connection of their own. */
bool checkpoint_answer_from(struct call *call, struct store *store, const char *cache_control,
                            struct error *err);

#endif
