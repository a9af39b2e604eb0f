/*
 * The document of a bundle, made again from what the bundle states.
 */
#ifndef RERATE_RERATE_H
#define RERATE_RERATE_H

#include <jansson.h>
#include <stdbool.h>

#include "rerate/stated.h"

/* The members that follow from terms and usage: parties, dates, lines, reservations, unrated usage,
 * adjustments, taxes, net, tax, total. The caller releases it. ERROR_INPUT names what the bundle
 * lacks, or what cannot be rated. */
MUST_CHECK bool rerate_document(struct stated *stated, json_t **out, struct error *err);

#endif
