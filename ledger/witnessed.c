#include "ledger/witnessed.h"

#include <dirent.h>
#include <errno.h>

#include "base/file.h"

static bool is_known(const struct witnessed *witnessed, const struct digest *digest)
{
    for (size_t i = 0; i < witnessed->count && i < WITNESSED_KNOWN_MAX; i++)
        if (digest_equals(&witnessed->known[i], digest))
            return true;
    return false;
}

struct looking {
    struct witnessed *witnessed;
    const char *folder;
    const struct public_key *log_key;
    witnessed_visitor *visit;
    void *context;
};

static bool look(const struct looking *looking, const char *name, struct error *err)
{
    struct witnessed *witnessed = looking->witnessed;
    struct text CLEANUP(text_release) path;
    struct text CLEANUP(text_release) note;
    struct checkpoint checkpoint;
    text_init(&path);
    text_init(&note);
    text_printf(&path, "%s/%s", looking->folder, name);
    if (!file_read(path.data, CHECKPOINT_NOTE_SIZE_MAX, &note, err)) {
        if (err->code == ERROR_NOT_FOUND) /* somebody has just taken it away */
            return true;
        err->code = ERROR_HALT;
        return error_prefix(err, "what witnesses have seen: ");
    }
    struct digest digest = digest_of2(name, slice_of(name).size, note.data, note.size);
    if (is_known(witnessed, &digest))
        return true;
    if (!checkpoint_open(note.data, note.size, looking->log_key, &checkpoint, err)) {
        err->code = ERROR_HALT;
        return error_prefix(err, "what witnesses have seen, '%s': ", path.data);
    }
    if (!looking->visit(looking->context, path.data, &checkpoint,
                        (struct slice){note.data, note.size}, err))
        return false;
    witnessed->known[witnessed->count++ % WITNESSED_KNOWN_MAX] = digest;
    return true;
}

bool witnessed_each_new(struct witnessed *witnessed, const char *archive_root,
                        const struct public_key *log_key, witnessed_visitor *visit, void *context,
                        struct error *err)
{
    struct text CLEANUP(text_release) folder;
    bool good = true;
    text_init(&folder);
    text_printf(&folder, "%s/public/witnessed", archive_root);
    struct looking looking = {witnessed, folder.data, log_key, visit, context};
    DIR *directory = opendir(folder.data);
    if (directory == NULL)
        return errno == ENOENT ||
               error_set_errno(err, ERROR_SYSTEM, "cannot open '%s'", folder.data);
    for (struct dirent *entry; good && (entry = readdir(directory)) != NULL;)
        if (entry->d_name[0] != '.') /* files on their way begin so */
            good = look(&looking, entry->d_name, err);
    closedir(directory);
    return good;
}
