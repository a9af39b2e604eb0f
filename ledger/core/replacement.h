/*
 * That a tenant's usage of an interval was replaced: the operator's word for corrections that no
 * record made.
 *
 * It is an entry of the kind `catalog`, like an incarnation; its subject is "replacement/TENANT".
 * The corrections stand behind it, of no batch. Content:
 *
 *     {"before": size, "corrections": {"count": n, "first": stream_seq}, "file": hex or null,
 * "from", "to": instants, "meter": text or null, "reason": text, "tenant": id, "undoes": index or
 * null}
 *
 * The log had `before` entries when the transaction began: from there to the last correction is
 * what it did, the file's usage and what makes up for it, which is nothing (`count` 0) where the
 * file only adds. Entries from before there was such a word did nothing but their corrections.
 *
 * Numbers above 2^31 are decimal strings.
 */
#ifndef CORE_REPLACEMENT_H
#define CORE_REPLACEMENT_H

#include <stdbool.h>

#include "base/text.h"

#define REPLACEMENT_SUBJECT "replacement/"
#define REPLACEMENT_REASON_MAX 1000 /* bytes */

/* enum correction_reason: what the body of a correction says. */
enum { CORRECTION_REPLACED = 1, CORRECTION_UNDONE = 2 };

/* Whether a catalog entry's subject is of this form. */
static inline bool replacement_is_subject(const char *subject_id)
{
    return text_starts_with(subject_id, REPLACEMENT_SUBJECT);
}

#endif
