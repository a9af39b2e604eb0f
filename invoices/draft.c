#include <inttypes.h>
#include <stdio.h>

#include "core/canonical.h"
#include "invoices/issue.h"
#include "invoices/matter.h"
#include "invoices/render/text.h"
#include "store/money.h"

static bool rate_all(struct session *session, struct matters *matters, struct draft *out,
                     struct error *err)
{
    for (size_t i = 0; i < matters->count; i++) {
        struct draft CLEANUP(draft_release) draft = {0};
        struct draft *to = i == matters->named ? out : &draft;
        if (!matter_reviewed(session, &matters->items[i], to, err))
            return matter_prefix(matters, &matters->items[i], err);
    }
    return true;
}

/* Under the locks as review was, and then as if nothing had been: a look takes nothing. */
static bool read_draft(struct session *session, struct matters *matters, struct draft *out,
                       struct error *err)
{
    bool issued;
    if (!store_begin(session->store, err))
        return false;
    bool good =
        matters_lock(session, matters, &issued, err) && rate_all(session, matters, out, err);
    store_rollback(session->store);
    return good;
}

bool draft_command(const struct cli *cli, struct error *err)
{
    struct session CLEANUP(session_close) session = {0};
    struct matters CLEANUP(matters_release) matters = {0};
    struct draft CLEANUP(draft_release) draft = {0};
    struct text CLEANUP(text_release) text;
    char hash[DIGEST_HEX_SIZE];
    text_init(&text);
    if (!session_look(cli, &session, err) || !matters_find(cli, &session, &matters, err))
        return false;
    if (!read_draft(&session, &matters, &draft, err))
        return matters_prefix(&matters, "draft", err);
    if (cli_switch(cli, "json")) {
        if (!canonical_write(draft.json, &text, err))
            return false;
    } else {
        json_object_set_new(draft.json, "number", json_string("(draft)"));
        render_text(draft.json, &text);
    }
    fputs(text.data, stdout);
    const struct review_row *review = &matters.items[matters.named].review;
    struct digest seen = matters_draft(&matters);
    fprintf(stderr, "review %" PRIu32 ", %s: `approve --draft %s`\n", review->version,
            review->is_approved ? "approved" : "not approved yet", digest_hex(&seen, hash));
    return true;
}
