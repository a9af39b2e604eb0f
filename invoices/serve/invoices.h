/* Invoices and credit notes, as they were issued. */
#ifndef SERVE_INVOICES_H
#define SERVE_INVOICES_H

#include "serve/call.h"

bool invoices_answer(struct call *call, struct error *err); /* the list, the newest first */
bool invoice_answer(struct call *call, struct error *err);  /* canonical JSON, byte for byte */
bool bundle_answer(struct call *call, struct error *err);   /* the proof, once it is made */

#endif
