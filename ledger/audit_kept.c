/* The files that were ingested or released: Kafka cannot give them back, so what a lost database is
 * built from again must be what the receipts name. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "ledger/audit_parts.h"
#include "store/audit.h"

#define CHUNK_SIZE 65536
#define NAME_END ".ndjson"

static bool digest_of_file(const char *path, struct digest *out, struct error *err)
{
    struct digest_running running;
    unsigned char chunk[CHUNK_SIZE];
    ssize_t got = 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return error_set_errno(err, ERROR_SYSTEM, "cannot open '%s'", path);
    digest_start(&running);
    while ((got = read(file, chunk, sizeof(chunk))) > 0 || (got < 0 && errno == EINTR))
        if (got > 0)
            digest_add(&running, chunk, (size_t)got);
    bool good = got == 0 || error_set_errno(err, ERROR_SYSTEM, "cannot read '%s'", path);
    (void)close(file);
    *out = digest_finish(&running);
    return good;
}

static void mismatch(struct audit *audit, const char *name, const char *what)
{
    findings_add(&audit->findings, FINDING_JOURNAL_MISMATCH, FINDING_NO_INDEX,
                 "'private/files/%s' %s", name, what);
}

static bool check_file(struct audit *audit, const char *folder, const char *name, struct error *err)
{
    struct digest digest;
    char hex[DIGEST_HEX_SIZE];
    const char *path = arena_printf(&audit->arena, "%s/%s", folder, name);
    if (!digest_of_file(path, &digest, err))
        return false;
    digest_hex(&digest, hex);
    if (strncmp(name, hex, DIGEST_HEX_SIZE - 1) != 0 ||
        strcmp(name + DIGEST_HEX_SIZE - 1, NAME_END) != 0)
        mismatch(audit, name, "is not the file that its name hashes");
    return true;
}

struct feeds {
    struct audit *audit;
    const char *folder;
};

static bool check_feed(void *context, const char *feed, struct error *err)
{
    (void)err;
    const struct feeds *feeds = context;
    const char *name = arena_printf(&feeds->audit->arena, "%s" NAME_END, feed);
    if (!file_exists(arena_printf(&feeds->audit->arena, "%s/%s", feeds->folder, name)))
        mismatch(feeds->audit, name, "is not there, and receipts name it");
    return true;
}

bool audit_kept_files(struct audit *audit, struct error *err)
{
    if (!audit->has_journal)
        return true; /* the public half alone, or nobody's business */
    const char *folder = arena_printf(&audit->arena, "%s/private/files", audit->archive);
    struct feeds feeds = {audit, folder};
    DIR *files = opendir(folder);
    bool good = true;
    if (files == NULL && errno != ENOENT)
        return error_set_errno(err, ERROR_SYSTEM, "cannot open '%s'", folder);
    for (struct dirent *file; good && files != NULL && (file = readdir(files)) != NULL;)
        if (file->d_name[0] != '.') /* files on their way begin so */
            good = check_file(audit, folder, file->d_name, err);
    if (files != NULL)
        (void)closedir(files);
    return good && audit_file_feeds_each(audit->store, audit->log.log, check_feed, &feeds, err);
}
