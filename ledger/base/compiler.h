/*
 * What the compiler can check for us: results that must be looked at, printf formats,
 * values that release themselves at the end of their scope.
 */
#ifndef BASE_COMPILER_H
#define BASE_COMPILER_H

#include <stddef.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(format_at, first_at) __attribute__((format(printf, format_at, first_at)))
#define CLEANUP(release) __attribute__((cleanup(release)))
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#endif
