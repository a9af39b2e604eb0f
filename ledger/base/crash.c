#include "base/crash.h"

#ifdef DAYBOOK_CRASH_POINTS

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define CRASH_POINT_NAME(name) #name,

void crash_at(enum crash_point point)
{
    static const char *const names[] = {CRASH_POINTS(CRASH_POINT_NAME)};
    static atomic_ulong passed;
    const char *wanted = getenv("DAYBOOK_CRASH_AT");
    size_t size = strlen(names[point]);
    if (wanted == NULL || strncmp(wanted, names[point], size) != 0 ||
        (wanted[size] != '\0' && wanted[size] != ':'))
        return;
    unsigned long nth = wanted[size] == ':' ? strtoul(wanted + size + 1, NULL, 10) : 1;
    if (atomic_fetch_add(&passed, 1) + 1 == nth)
        (void)raise(SIGKILL);
}

#endif
