/* What lies beside the database: what was published, what witnesses have seen, what the sealer
 * remembers. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "ledger/audit_parts.h"
#include "ledger/state.h"

/* No such file is no note. */
static bool take_note(struct audit *audit, const char *name, const char *what, bool *out_is_there,
                      struct error *err)
{
    struct text CLEANUP(text_release) note;
    struct audit_outside *outside = &audit->outside;
    text_init(&note);
    const char *path = arena_printf(&audit->arena, "%s/public/%s", audit->archive, name);
    *out_is_there = file_read(path, CHECKPOINT_NOTE_SIZE_MAX, &note, err);
    if (!*out_is_there)
        return err->code == ERROR_NOT_FOUND;
    outside->notes = memory_grow(outside->notes, &outside->note_capacity, outside->note_count + 1,
                                 sizeof(*outside->notes));
    const char *bytes = arena_text_n(&audit->arena, note.size > 0 ? note.data : "", note.size);
    outside->notes[outside->note_count++] = (struct audit_note){what, {bytes, note.size}};
    return true;
}

static bool take_witnessed(struct audit *audit, struct error *err)
{
    const char *folder = arena_printf(&audit->arena, "%s/public/witnessed", audit->archive);
    DIR *files = opendir(folder);
    bool good = true;
    if (files == NULL)
        return errno == ENOENT || error_set_errno(err, ERROR_SYSTEM, "cannot open '%s'", folder);
    for (struct dirent *file; good && (file = readdir(files)) != NULL;) {
        bool is_there;
        const char *name = arena_printf(&audit->arena, "witnessed/%s", file->d_name);
        if (file->d_name[0] != '.') /* files on their way begin so */
            good = take_note(audit, name, name, &is_there, err);
    }
    (void)closedir(files);
    return good;
}

bool audit_look_outside(struct audit *audit, struct error *err)
{
    struct audit_outside *outside = &audit->outside;
    if (audit->state_path != NULL)
        outside->has_state = state_read(audit->state_path, &outside->state, &outside->state_error);
    return audit->archive == NULL || (take_note(audit, "checkpoint", "the published checkpoint",
                                                &outside->is_published, err) &&
                                      take_witnessed(audit, err));
}
