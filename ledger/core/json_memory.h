/*
 * jansson's memory: a document is some thousand short pieces, made together and gone together.
 *
 * What a thread frees it keeps for its next piece of that size, up to a bound; beyond it, and what
 * is large, is malloc's. Each piece is a block of malloc's own, so free() may have it, too, on any
 * thread. A sanitizer sees all of it as malloc's.
 */
#ifndef CORE_JSON_MEMORY_H
#define CORE_JSON_MEMORY_H

/* To be called once, before any JSON is made. */
void json_memory_use(void);

#endif
