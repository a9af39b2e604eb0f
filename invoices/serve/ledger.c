#include "serve/ledger.h"

#include "store/checkpoints.h"

bool checkpoint_answer_from(struct call *call, struct store *store, const char *cache_control,
                            struct error *err)
{
    struct checkpoint_row row;
    if (!checkpoint_latest(store, call->serve->log, &call->arena, &row, err))
        return err->code == ERROR_NOT_FOUND
                   ? call_refuse(call, 404, "not_sealed", NULL, "the log is not sealed yet")
                   : false;
    text_append_n(&call->answer.body, row.note, row.note_size);
    call->answer.status = 200;
    call->answer.content_type = "text/plain; charset=utf-8";
    call->answer.cache_control = cache_control;
    return true;
}

bool checkpoint_answer(struct call *call, struct error *err)
{
    return checkpoint_answer_from(call, call->store, "private, no-cache", err);
}
