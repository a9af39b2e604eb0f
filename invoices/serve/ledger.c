#include "serve/ledger.h"

#include "store/checkpoints.h"

bool checkpoint_answer(struct call *call, struct error *err)
{
    struct checkpoint_row row;
    if (!checkpoint_latest(call->store, call->serve->log, &call->arena, &row, err))
        return err->code == ERROR_NOT_FOUND
                   ? call_refuse(call, 404, "not_sealed", NULL, "the log is not sealed yet")
                   : false;
    text_append_n(&call->answer.body, row.note, row.note_size);
    call->answer.status = 200;
    call->answer.content_type = "text/plain; charset=utf-8";
    call->answer.cache_control = "private, no-cache";
    return true;
}
