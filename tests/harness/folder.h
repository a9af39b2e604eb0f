/*
 * A test's folder, with all that is in it, goes again.
 */
#ifndef HARNESS_FOLDER_H
#define HARNESS_FOLDER_H

#include <ftw.h>
#include <stdio.h>

static inline int folder_remove_one(const char *path, const struct stat *status, int type,
                                    struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

/* 0, or -1 with errno. */
static inline int folder_remove(const char *path)
{
    return nftw(path, folder_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

#endif
