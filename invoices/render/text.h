/*
 * A document as plain text for people: a pure function of its content.
 */
#ifndef RENDER_TEXT_H
#define RENDER_TEXT_H

#include <jansson.h>

#include "base/text.h"

void render_text(const json_t *document, struct text *out);

#endif
