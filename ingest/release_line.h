/*
 * A quarantined record as a line of a file.
 *
 * A structured event is its own bytes, line ends in it made spaces (JSON has none inside of a
 * string). A binary one becomes structured: each ce_ header a member, content-type as
 * datacontenttype, the value, byte for byte, as `data`. So the line has the identity and the
 * meaning that the record had. The Kafka key and other headers are not part of the event.
 */
#ifndef INGEST_RELEASE_LINE_H
#define INGEST_RELEASE_LINE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "meter/event.h"
#include "store/quarantine.h"

/* What is kept, as the record that it was. False for headers that cannot be read. */
MUST_CHECK bool record_of_item(const struct quarantine_item *item, struct arena *arena,
                               struct record *out);
/* Appends the line with its end, and nothing on failure. ERROR_REFUSED says why this record can
 * only be written off or corrected. */
MUST_CHECK bool release_line(const struct quarantine_item *item, struct arena *arena,
                             struct text *out, struct error *err);

#endif
