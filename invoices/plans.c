#include "invoices/plans.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "core/canonical.h"
#include "store/contents.h"

#define FILE_SIZE_MAX (8 << 20)

bool plans_read_json(const char *path, json_t **out, struct text *out_canonical, struct error *err)
{
    struct text CLEANUP(text_release) bytes;
    json_t *json = NULL;
    text_init(&bytes);
    if (!file_read(path, FILE_SIZE_MAX, &bytes, err) ||
        !canonical_parse(bytes.data, bytes.size, path, &json, err))
        return false;
    if (canonical_write(json, out_canonical, err)) {
        *out = json;
        return true;
    }
    json_decref(json);
    return false;
}

/* ------------------------------------------------------------------------------ of a contract */

static bool is_listed(const struct plan_set *set, const struct contract_plan *wanted)
{
    for (size_t i = 0; i < set->count; i++)
        if (set->plans[i]->version == wanted->version &&
            strcmp(set->plans[i]->id, wanted->plan) == 0)
            return true;
    return false;
}

/* A version that the session has read. */
struct plan_kept {
    struct plan_kept *next;
    uint64_t index;
    struct plan plan;
};

struct plan_memo {
    struct arena arena;
    struct plan_kept *first;
};

struct plan_memo *plan_memo_open(void)
{
    struct plan_memo *memo = memory_alloc(sizeof(*memo));
    arena_init(&memo->arena);
    return memo;
}

void plan_memo_release(struct plan_memo *memo)
{
    if (memo == NULL)
        return;
    arena_release(&memo->arena);
    free(memo);
}

static struct plan_kept *find_kept(const struct session *session,
                                   const struct contract_plan *wanted)
{
    struct plan_kept *kept = session->plans->first;
    while (kept != NULL &&
           (kept->plan.version != wanted->version || strcmp(kept->plan.id, wanted->plan) != 0))
        kept = kept->next;
    return kept;
}

static bool read_plan(struct session *session, const struct contract_plan *wanted,
                      struct plan_kept **out, struct error *err)
{
    struct content content;
    struct plan_memo *memo = session->plans;
    if (!content_version(session->store, session->log.log, ENTRY_PLAN, 0, wanted->plan,
                         wanted->version, &session->arena, &content, err)) {
        if (err->code != ERROR_NOT_FOUND)
            return false;
        return error_set(err, ERROR_INPUT,
                         "plan '%s' has no version %" PRIu32
                         " in the book: `daybook-invoices plan apply` first",
                         wanted->plan, wanted->version);
    }
    *out = find_kept(session, wanted); /* of who joined, and read it meanwhile */
    if (*out != NULL)
        return true;
    struct plan_kept *kept = arena_alloc(&memo->arena, sizeof(*kept));
    if (!plan_parse(content.bytes, content.size, arena_text(&memo->arena, wanted->plan),
                    wanted->version, &memo->arena, &kept->plan, err))
        return false;
    kept->index = content.index;
    kept->next = memo->first;
    memo->first = kept;
    *out = kept;
    return true;
}

static bool add_plan(struct session *session, const struct contract_plan *wanted,
                     struct plan_set *set, struct error *err)
{
    struct plan_kept *kept = find_kept(session, wanted);
    if (kept == NULL && !read_plan(session, wanted, &kept, err))
        return false;
    set->plans[set->count] = &kept->plan;
    set->indexes[set->count++] = kept->index;
    return true;
}

bool plans_of_contract(struct session *session, const struct contract *contract,
                       struct plan_set *out, struct error *err)
{
    struct plan_set set = {
        .plans = arena_array(&session->arena, contract->plan_count + 1, sizeof(*set.plans)),
        .indexes = arena_array(&session->arena, contract->plan_count + 1, sizeof(*set.indexes)),
    };
    for (size_t i = 0; i < contract->plan_count; i++)
        if (!is_listed(&set, &contract->plans[i]) &&
            !add_plan(session, &contract->plans[i], &set, err))
            return false;
    *out = set;
    return true;
}

/* ---------------------------------------------------------------------------------- commands */

/* Under the head's lock, which serialises the control stream. */
bool plan_decide(void *context, struct session *session, struct error *err)
{
    struct plan_change *change = context;
    struct content before;
    struct head head;
    struct signed_entry entry;
    int log = session->log.log;
    if (!append_lock(session->store, &session->writer, &head, err))
        return false;
    change->decided = true;
    change->version = 1;
    if (content_latest(session->store, log, ENTRY_PLAN, 0, change->id, CONTENT_LAST,
                       &session->arena, &before, err)) {
        struct digest hash = digest_of(change->canonical->data, change->canonical->size);
        change->decided = !digest_equals(&hash, &before.hash);
        change->version = before.version + (change->decided ? 1 : 0);
        change->index = before.index;
    } else if (err->code != ERROR_NOT_FOUND) {
        return false;
    }
    if (!change->decided)
        return true;
    struct decided decided = {
        .kind = ENTRY_PLAN,
        .stream_seq = head.control_seq,
        .subject_id = change->id,
        .version = change->version,
        .content = change->canonical->data,
        .content_size = change->canonical->size,
    };
    session_sign(session, &decided, &entry);
    return append_entries(session->store, &head, &entry, 1, &change->index, err) &&
           session_content(session, change->index, &decided, err) &&
           append_unlock(session->store, &head, err);
}

bool plan_apply_command(const struct cli *cli, struct error *err)
{
    struct session CLEANUP(session_close) session = {0};
    struct arena CLEANUP(arena_release) arena;
    struct text CLEANUP(text_release) canonical;
    CLEANUP(json_release) json_t *json = NULL;
    const char *path = cli_argument(cli, 0);
    struct plan plan;
    arena_init(&arena);
    text_init(&canonical);
    if (!plans_read_json(path, &json, &canonical, err) ||
        !plan_compile(json, path, 1, &arena, &plan, err) ||
        !session_open(cli, ROLE_CONTROL, ROLE_DRAFT, &session, err))
        return false;
    struct plan_change change = {.id = plan.id, .canonical = &canonical};
    if (!session_transact(&session, plan_decide, &change, err))
        return false;
    printf("plan '%s': version %" PRIu32 "%s (entry %" PRIu64 ")\n", plan.id, change.version,
           change.decided ? "" : " says the same already", change.index);
    return true;
}
