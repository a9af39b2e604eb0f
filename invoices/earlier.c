#include "invoices/earlier.h"

#include "core/canonical.h"
#include "invoices/document.h"

bool earlier_documents(struct session *session, const struct tenant *tenant,
                       const struct period *period, struct document_row **out, size_t *out_count,
                       struct error *err)
{
    size_t count, kept = 0;
    struct document_row *rows;
    if (!documents_list(session->store, session->log.log, tenant->number, &session->arena, &rows,
                        &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (rows[i].period_from_us < period->from_us)
            rows[kept++] = rows[i];
    *out = rows;
    *out_count = kept;
    return true;
}

void continued_release(struct continued *continued)
{
    json_decref(continued->json);
}

bool continued_read(struct session *session, const struct document_row *documents, size_t count,
                    struct continued *out, struct error *err)
{
    if (count == 0)
        return true;
    if (!document_content(session, documents[count - 1].index, &out->json, err))
        return false;
    const json_t *cut = json_array_get(json_object_get(out->json, "cut"), 0);
    out->usage_seq = document_next(out->json, "usage");
    out->money_seq = document_next(out->json, "money");
    out->size = (uint64_t)json_integer_value(json_object_get(cut, "size"));
    out->forward = json_object_get(out->json, "forward");
    return true;
}

bool earlier_history(struct session *session, const struct contract *contract,
                     const struct document_row *documents, size_t count, bool is_pools,
                     struct history *out, struct error *err)
{
    history_init(out, contract->exponent, &session->arena);
    out->is_pools = is_pools;
    if (!contract_has_money(contract))
        return true;
    for (size_t i = 0; i < count; i++) {
        CLEANUP(json_release) json_t *json = NULL;
        if (!document_content(session, documents[i].index, &json, err) ||
            !history_add(out, contract, json, &documents[i].hash, err))
            return error_prefix(err, "'%s': ", documents[i].document_id);
    }
    return true;
}
