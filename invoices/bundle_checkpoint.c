#include "invoices/bundle_checkpoint.h"

#include <inttypes.h>
#include <string.h>

#include "base/file.h"
#include "core/canonical.h"
#include "invoices/document.h"

bool bundle_policy_read(const struct cli *cli, struct session *session, const struct policy **out,
                        struct error *err)
{
    const char *path = cli_text(cli, "policy");
    struct text CLEANUP(text_release) bytes;
    text_init(&bytes);
    *out = NULL;
    if (path == NULL)
        return true;
    struct policy *policy = arena_alloc(&session->arena, sizeof *policy);
    if (!file_read(path, POLICY_SIZE_MAX, &bytes, err) ||
        (!policy_parse(bytes.data, bytes.size, &session->arena, policy, err) &&
         !error_prefix(err, "--policy '%s': ", path)))
        return false;
    const struct public_key *log_key = &session->writer.keys.log_key;
    if (policy->log_count > 0 && !policy_lists_log(policy, log_key))
        return error_set(err, ERROR_INPUT, "--policy '%s' does not list the log '%s'", path,
                         log_key->name);
    *out = policy;
    return true;
}

bool bundle_policy_suits(struct session *session, const struct policy *policy,
                         const json_t *document, struct error *err)
{
    CLEANUP(json_release) json_t *contract = NULL;
    char hex[DIGEST_HEX_SIZE] = "";
    const json_t *index = json_object_get(json_object_get(document, "contract"), "index");
    if (!document_content(session, (uint64_t)json_integer_value(index), &contract, err))
        return false;
    const char *wanted = json_string_value(json_object_get(contract, "quorum_policy"));
    if (policy != NULL)
        digest_hex(&policy->digest, hex);
    return wanted == NULL || strcmp(wanted, hex) == 0 ||
           error_set(err, ERROR_NOT_FOUND,
                     "its contract asks for the witnesses of policy %s, which --policy must name",
                     wanted);
}

struct search {
    struct session *session;
    const struct policy *policy;
    bool found;
    struct checkpoint_row row;
};

/* A line that does not hold spoils one size, not those after it. */
static bool is_enough(const struct search *search, const struct checkpoint_row *row)
{
    struct checkpoint checkpoint;
    struct policy_verdict verdict;
    struct error ignored;
    if (search->policy == NULL)
        return true;
    return policy_open(search->policy, &search->session->writer.keys.log_key, row->note,
                       row->note_size, &checkpoint, &verdict, &ignored) &&
           checkpoint.size == row->size && verdict.is_reached;
}

static bool look(void *context, const struct checkpoint_row *row, struct error *err)
{
    struct search *search = context;
    (void)err;
    if (search->found || !is_enough(search, row))
        return true;
    search->row = *row;
    search->row.note = arena_text_n(&search->session->arena, row->note, row->note_size);
    search->found = true;
    return true;
}

bool bundle_checkpoint(struct session *session, const struct policy *policy, uint64_t index,
                       struct checkpoint_row *out, struct error *err)
{
    struct search search = {.session = session, .policy = policy};
    const struct keyring *keys = &session->writer.keys;
    int log = session->log.log;
    /* Before the entry that opens the log's newest name, checkpoints are the older log's. */
    uint64_t opened_at = keys->logs[keys->log_count - 1].opened_at;
    if (index < opened_at)
        index = opened_at;
    if (!checkpoints_each_cosigned(session->store, log, index, look, &search, err))
        return false;
    if (search.found) {
        *out = search.row;
        return true;
    }
    bool is_asked = policy != NULL && policy->quorum != POLICY_QUORUM_NONE;
    return checkpoint_covering(session->store, log, index, &session->arena, out, err) &&
           (!is_asked || error_set(err, ERROR_NOT_FOUND,
                                   "entry %" PRIu64 " is sealed, and no checkpoint with it has the "
                                   "policy's quorum yet",
                                   index));
}
