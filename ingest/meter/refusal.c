#include "meter/refusal.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define RELEASE_TOO (DISPOSITION_WRITE_OFF | DISPOSITION_RELEASE)

static const struct refusal_row rows[REFUSAL_COUNT] = {
    {REFUSAL_NONE, "none", "the record is counted", 0, "nothing to do"},
    {REFUSAL_MALFORMED, "malformed",
     "the record is not a CloudEvent with data that its type's meters can read",
     DISPOSITION_WRITE_OFF, "correct the producer and send the event again, under the same id"},
    {REFUSAL_TOO_LARGE, "too_large", "the record is larger than 64 KiB; only its start is kept",
     DISPOSITION_WRITE_OFF, "send the event again without what no meter reads"},
    {REFUSAL_UNKNOWN_TYPE, "unknown_type", "the catalog has no event type of this name",
     RELEASE_TOO, "add the type to the catalog, then release"},
    {REFUSAL_UNKNOWN_TENANT, "unknown_tenant", "no tenant has the id that `subject` names",
     RELEASE_TOO, "add the tenant, then release"},
    {REFUSAL_UNKNOWN_SOURCE, "unknown_source", "the catalog does not know this source", RELEASE_TOO,
     "register the source in the catalog if it may bill anybody, then release"},
    {REFUSAL_SOURCE_NOT_ALLOWED, "source_not_allowed",
     "the source may not bill this tenant, or this type, or not on this topic", RELEASE_TOO,
     "find out who sent it; widen the source's rule in the catalog only if it is right, then "
     "release"},
    {REFUSAL_FUTURE, "future", "the usage lies more than 5 minutes after the broker's time",
     RELEASE_TOO, "correct the producer's clock; release when that time has come"},
    {REFUSAL_END_BEFORE_START, "end_before_start", "the interval ends when or before it starts",
     DISPOSITION_WRITE_OFF, "correct the producer and send the event again, under the same id"},
    {REFUSAL_SLICE_TOO_LONG, "slice_too_long",
     "the interval is longer than one hour (from a topic) or 31 days (from a file)", RELEASE_TOO,
     "release it, if it is at most 31 days: a file may hold it; else send it in pieces"},
    {REFUSAL_BELOW_FLOOR, "below_floor",
     "the identities of that hour are pruned, so nobody can tell whether it is counted already",
     DISPOSITION_WRITE_OFF, "write it off, or correct the usage by an operator's entry"},
    {REFUSAL_OVERFLOW, "overflow", "a quantity is above 10^18 base units", DISPOSITION_WRITE_OFF,
     "correct the producer, or measure in a coarser unit"},
    {REFUSAL_CONFLICT, "conflict",
     "an event of the same source and id is counted already, and says something else",
     DISPOSITION_WRITE_OFF,
     "write it off, or correct the usage by an operator's entry; a producer never reuses an id"},
    {REFUSAL_RETRACT_UNKNOWN, "retract_unknown",
     "the event to retract is not counted, or is another than the retraction says", RELEASE_TOO,
     "release it after the event that it retracts"},
    {REFUSAL_TOO_MANY_WINDOWS, "too_many_windows", "the event would make more than 10 000 entries",
     RELEASE_TOO, "send it in pieces, or give the meter a coarser grid and release"},
};

const struct refusal_row *refusal_row(enum refusal_reason reason)
{
    assert((unsigned)reason < REFUSAL_COUNT && rows[reason].reason == reason);
    return &rows[reason];
}

const char *refusal_word(enum refusal_reason reason)
{
    return refusal_row(reason)->word;
}

bool refusal_find(struct slice word, enum refusal_reason *out_reason)
{
    for (size_t i = 1; i < REFUSAL_COUNT; i++) {
        if (slice_equals(word, rows[i].word)) {
            *out_reason = rows[i].reason;
            return true;
        }
    }
    return false;
}

bool refusal_allows(enum refusal_reason reason, enum refusal_disposition disposition)
{
    return (refusal_row(reason)->dispositions & (unsigned)disposition) != 0;
}

/* A detail quotes what strangers sent: it is stored and shown, so it must be text. */
static void make_printable(char *detail)
{
    size_t size = strlen(detail);
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)detail[i] < 0x20 || detail[i] == 0x7f)
            detail[i] = ' ';
    }
    if (utf8_is_valid(detail, size))
        return;
    bool is_cut = size == REFUSAL_DETAIL_SIZE - 1; /* perhaps inside a character */
    for (size_t cut = 1; is_cut && cut < 4; cut++) {
        if (utf8_is_valid(detail, size - cut)) {
            detail[size - cut] = '\0';
            return;
        }
    }
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)detail[i] >= 0x80)
            detail[i] = '?';
    }
}

bool refusal_set(struct refusal *refusal, enum refusal_reason reason, const char *format, ...)
{
    assert(reason != REFUSAL_NONE && (unsigned)reason < REFUSAL_COUNT);
    refusal->reason = reason;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(refusal->detail, sizeof(refusal->detail), format, arguments);
    va_end(arguments);
    make_printable(refusal->detail);
    return false;
}

bool refusal_from_error(struct refusal *refusal, enum refusal_reason reason,
                        const struct error *err)
{
    return refusal_set(refusal, reason, "%s", err->message);
}
