/* What witnesses said of the log: notes beside the archive, rows with their lines. By the log's own
 * signature their notes count as much as the published one; their own lines are verified under a
 * policy, and else only read. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/note.h"
#include "ledger/audit_parts.h"
#include "store/audit.h"

static void say(struct audit *audit, const char *what, uint64_t size, const char *why)
{
    findings_add(&audit->findings, FINDING_WITNESS_SIGNATURE, FINDING_NO_INDEX,
                 "%s under size %" PRIu64 ": %s", what, size, why);
}

/* The note's lines of the policy's witnesses hold. */
static void verify_lines(struct audit *audit, struct slice note, const char *what, uint64_t size)
{
    struct checkpoint checkpoint;
    struct policy_verdict verdict;
    struct error why;
    if (audit->policy != NULL && !policy_open(audit->policy, &audit->keys.log_key, note.data,
                                              note.size, &checkpoint, &verdict, &why))
        say(audit, what, size, why.message);
}

void audit_witnessed_sizes(struct audit *audit)
{
    for (size_t i = audit->outside.is_published; i < audit->outside.note_count; i++) {
        const struct audit_note *note = &audit->outside.notes[i];
        struct checkpoint checkpoint;
        if (!audit_open_note(audit, note->bytes.data, note->bytes.size, note->what, 0, &checkpoint))
            continue;
        audit_add_size(audit, checkpoint.size, &checkpoint.root, note->what,
                       FINDING_CHECKPOINT_ROOT);
        verify_lines(audit, note->bytes, note->what, checkpoint.size);
    }
}

/* "name+0123abcd": how rows name the signer of a line. */
static bool is_signer(const struct note_line *line, struct slice signer)
{
    char id[10];
    snprintf(id, sizeof(id), "+%08" PRIx32, line->id);
    return signer.size == line->name.size + 9 &&
           memcmp(signer.data, line->name.data, line->name.size) == 0 &&
           memcmp(signer.data + line->name.size, id, 9) == 0;
}

static bool check_row(void *context, const struct audit_cosignature *row, struct error *err)
{
    (void)err;
    struct audit *audit = context;
    struct text CLEANUP(text_release) note;
    struct note_line lines[NOTE_SIGNATURES_MAX];
    struct slice text;
    size_t count = 0;
    struct error why;
    text_init(&note);
    if (row->note.data == NULL) {
        say(audit, "the row of a witness's line", row->size, "it is of no sealed size");
        return true;
    }
    text_append_n(&note, row->note.data, row->note.size);
    text_append_n(&note, row->line.data, row->line.size);
    if (!note_read_lines(note.data, note.size, &text, lines, &count, &why))
        say(audit, "the row of a witness's line", row->size, why.message);
    else if (count != 2 || !is_signer(&lines[1], row->signer))
        say(audit, "the row of a witness's line", row->size, "it is not its signer's");
    else
        verify_lines(audit, (struct slice){note.data, note.size}, "the row of a witness's line",
                     row->size);
    return true;
}

bool audit_cosignatures(struct audit *audit, struct error *err)
{
    return audit_cosignatures_each(audit->store, audit->log.log, check_row, audit, err);
}
