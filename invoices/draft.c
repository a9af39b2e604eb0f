#include <inttypes.h>
#include <stdio.h>

#include "core/canonical.h"
#include "invoices/issue.h"
#include "invoices/matter.h"
#include "invoices/render/text.h"
#include "store/money.h"

/* Under the lock as review was, and then as if nothing had been: a look takes nothing. */
static bool read_draft(struct session *session, struct matter *matter, struct draft *out,
                       struct error *err)
{
    uint64_t next_seq;
    if (!store_begin(session->store, err))
        return false;
    bool good =
        money_head_lock(session->store, session->log.log, matter->tenant.number, &next_seq, err) &&
        matter_reviewed(session, matter, next_seq, out, err);
    store_rollback(session->store);
    return good;
}

bool draft_command(const struct cli *cli, struct error *err)
{
    struct session CLEANUP(session_close) session = {0};
    struct matter CLEANUP(matter_release) matter = {0};
    struct draft CLEANUP(draft_release) draft = {0};
    struct text CLEANUP(text_release) text;
    char hash[DIGEST_HEX_SIZE];
    text_init(&text);
    if (!session_look(cli, &session, err) || !matter_find(cli, &session, &matter, err))
        return false;
    if (!read_draft(&session, &matter, &draft, err))
        return matter_prefix(&matter, "draft", err);
    if (cli_switch(cli, "json")) {
        if (!canonical_write(draft.json, &text, err))
            return false;
    } else {
        json_object_set_new(draft.json, "number", json_string("(draft)"));
        render_text(draft.json, &text);
    }
    fputs(text.data, stdout);
    fprintf(stderr, "review %" PRIu32 ", %s: `approve --draft %s`\n", matter.review.version,
            matter.review.is_approved ? "approved" : "not approved yet",
            digest_hex(&draft.hash, hash));
    return true;
}
