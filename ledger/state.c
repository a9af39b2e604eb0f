#include "ledger/state.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

#define STATE_SIZE_MAX 1024

bool state_read(const char *path, struct checkpoint *out, struct error *err)
{
    struct text CLEANUP(text_release) bytes;
    text_init(&bytes);
    if (!file_read(path, STATE_SIZE_MAX, &bytes, err)) {
        if (err->code != ERROR_NOT_FOUND)
            return false;
        return error_set(err, ERROR_HALT,
                         "the sealer's state file '%s' is missing: without it nobody knows what "
                         "was signed; put it back, or run `init` for a new ledger",
                         path);
    }
    if (checkpoint_parse(bytes.data, bytes.size, out, err))
        return true;
    err->code = ERROR_HALT;
    return error_prefix(err, "the sealer's state file '%s' is damaged: ", path);
}

bool state_write(const char *path, const struct checkpoint *checkpoint, struct error *err)
{
    struct text CLEANUP(text_release) bytes;
    text_init(&bytes);
    checkpoint_format(checkpoint, &bytes);
    return file_write_atomic(path, 0600, bytes.data, bytes.size, err);
}

bool state_lock(const char *path, int *out_lock, struct error *err)
{
    struct text CLEANUP(text_release) name;
    text_init(&name);
    text_printf(&name, "%s.lock", path);
    int lock = open(name.data, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0)
        return error_set_errno(err, ERROR_SYSTEM, "cannot open '%s'", name.data);
    if (flock(lock, LOCK_EX | LOCK_NB) == 0) {
        *out_lock = lock;
        return true;
    }
    bool busy = errno == EWOULDBLOCK;
    if (busy)
        (void)error_set(err, ERROR_BUSY, "another sealer holds '%s': there is one a log",
                        name.data);
    else
        (void)error_set_errno(err, ERROR_SYSTEM, "cannot lock '%s'", name.data);
    (void)close(lock);
    return false;
}
