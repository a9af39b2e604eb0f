#include "ledger/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "ledger/audit_parts.h"
#include "ledger/control.h"
#include "store/places.h"

#define STATUS_FINDINGS 1

static void audit_release(struct audit *audit)
{
    for (size_t level = 0; level < EDGE_LEVELS; level++)
        free(audit->levels[level].hashes);
    free(audit->sizes);
    free(audit->outside.notes);
    free(audit->streams.slots);
    free(audit->contents);
    findings_release(&audit->findings);
    keyring_release(&audit->keys);
    if (audit->salt_key != NULL)
        key_release_symmetric(audit->salt_key);
    if (audit->store != NULL)
        store_close(audit->store);
    arena_release(&audit->arena);
    free(audit);
}

static void audit_cleanup(struct audit **audit)
{
    audit_release(*audit);
}

/* The salt key, archive and state file are looked at where they are named or lie in their places.
 */
static bool find_files(const struct cli *cli, struct audit *audit, struct error *err)
{
    const char *salt = cli_text(cli, "salt-key");
    bool has_keys = cli_text(cli, "keys") != NULL;
    if (salt == NULL && has_keys && !places_secret(cli, &audit->arena, "salt.key", &salt, err))
        return false;
    bool is_wanted = salt != NULL && (cli_text(cli, "salt-key") != NULL || file_exists(salt));
    if (is_wanted && !key_read_symmetric(salt, &audit->salt_key, err))
        return false;
    audit->archive = cli_text(cli, "archive");
    if (cli_text(cli, "state") != NULL || has_keys) {
        if (!places_state(cli, &audit->arena, &audit->state_path, err))
            return false;
        if (cli_text(cli, "state") == NULL && !file_exists(audit->state_path))
            audit->state_path = NULL;
    }
    return true;
}

static bool read_policy(const struct cli *cli, struct audit *audit, struct error *err)
{
    const char *path = cli_text(cli, "policy");
    struct text CLEANUP(text_release) bytes;
    text_init(&bytes);
    if (path == NULL)
        return true;
    struct policy *policy = arena_alloc(&audit->arena, sizeof *policy);
    audit->policy = policy;
    return file_read(path, POLICY_SIZE_MAX, &bytes, err) &&
           policy_parse(bytes.data, bytes.size, &audit->arena, policy, err);
}

static bool open_audit(const struct cli *cli, struct audit *audit, struct error *err)
{
    arena_init(&audit->arena);
    findings_init(&audit->findings);
    keyring_init(&audit->keys);
    edge_init(&audit->edge);
    if (!cli_u64(cli, "sample", &audit->sample, err) || !find_files(cli, audit, err) ||
        !read_policy(cli, audit, err))
        return false;
    if (audit->sample == 0)
        return error_set(err, ERROR_INPUT, "--sample is 1 or more");
    return audit_look_outside(audit, err) && control_look(cli, &audit->store, &audit->log, err) &&
           store_begin_snapshot(audit->store, err) &&
           head_read(audit->store, audit->log.log, &audit->head, err);
}

static bool run_audit(struct audit *audit, const char *since, struct error *err)
{
    if (!audit_read_keys(audit, err) || !audit_read_sizes(audit, err) ||
        !audit_begin(audit, since, err) || !audit_entries(audit, err))
        return false;
    audit_end_sizes(audit);
    return audit_high_tiles(audit, err) && audit_contents(audit, err) && audit_rules(audit, err);
}

static const char *scope_of(const struct audit *audit)
{
    return audit->salt_key != NULL ? "bodies checked against commitments"
                                   : "without the salt key: only public bodies were checked";
}

static void print_text(const struct audit *audit)
{
    struct text CLEANUP(text_release) lines;
    text_init(&lines);
    findings_format(&audit->findings, &lines);
    printf("%saudited: %s, %" PRIu64 " entries from %" PRIu64 ", %" PRIu64
           " sealed, %s, 1 in %" PRIu64 " signatures, %" PRIu64 " findings\n",
           lines.data == NULL ? "" : lines.data, audit->log.origin, audit->entries, audit->from,
           audit->sealed, scope_of(audit), audit->sample, audit->findings.total);
}

static void print_json(const struct audit *audit)
{
    struct text CLEANUP(text_release) lines;
    struct text CLEANUP(text_release) counts;
    text_init(&lines);
    text_init(&counts);
    findings_format_json(&audit->findings, &lines, &counts);
    printf("{\"origin\":\"%s\",\"entries\":%" PRIu64 ",\"since\":%" PRIu64 ",\"sealed\":%" PRIu64
           ",\"bodies_checked\":%s,\"sample\":%" PRIu64 ",\"total\":%" PRIu64
           ",\"counts\":%s,\"findings\":%s}\n",
           audit->log.origin, audit->entries, audit->since, audit->sealed,
           audit->salt_key != NULL ? "true" : "false", audit->sample, audit->findings.total,
           counts.data, lines.data);
}

bool audit_command(const struct cli *cli, struct error *err)
{
    struct audit *CLEANUP(audit_cleanup) audit = memory_alloc(sizeof(*audit));
    if (!open_audit(cli, audit, err) || !run_audit(audit, cli_text(cli, "since"), err)) {
        err->code = ERROR_INPUT; /* status 2: it could not be looked */
        return false;
    }
    if (cli_switch(cli, "json"))
        print_json(audit);
    else
        print_text(audit);
    if (audit->findings.total > 0)
        cli_exit_status(cli, STATUS_FINDINGS);
    return true;
}
