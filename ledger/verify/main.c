/*
 * daybook-verify: checks a log or an invoice's proof bundle with nothing but public keys.
 *
 * Exit status: 0 verified, 1 not verified (every finding is printed), 2 could not check.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/cli.h"
#include "base/file.h"
#include "base/log.h"
#include "verify/bundle.h"
#include "verify/fingerprint.h"
#include "verify/log.h"
#include "verify/predecessor.h"
#include "verify/signatures.h"

#define STATUS_NOT_VERIFIED 1

static bool read_vkey(const struct cli *cli, const char *option, struct public_key *out,
                      struct error *err)
{
    const char *given;
    return cli_required(cli, option, &given, err) &&
           (key_read_vkey(given, out, err) || error_prefix(err, "--%s: ", option));
}

static bool read_policy(const char *path, struct arena *arena, struct policy *out,
                        struct error *err)
{
    struct text bytes CLEANUP(text_release);
    text_init(&bytes);
    return file_read(path, POLICY_SIZE_MAX, &bytes, err) &&
           (policy_parse(bytes.data, bytes.size, arena, out, err) ||
            error_prefix(err, "--policy '%s': ", path));
}

/* The log key is the given one or the policy's only one; where both say one, they agree. */
static bool read_log_key(const struct cli *cli, const struct policy *policy, struct public_key *out,
                         struct error *err)
{
    bool is_by_policy = policy != NULL && policy->log_count > 0;
    if (is_by_policy && policy->log_count == 1 && cli_text(cli, "vkey") == NULL) {
        *out = policy->logs[0].key;
        return true;
    }
    if (!read_vkey(cli, "vkey", out, err))
        return false;
    return !is_by_policy || policy_lists_log(policy, out) ||
           error_set(err, ERROR_INPUT, "--vkey: the policy does not list the log '%s'", out->name);
}

/* What is pinned; the policy lives in the arena. */
static bool read_keys(const struct cli *cli, struct arena *arena, struct verify_keys *out,
                      struct error *err)
{
    const char *path = cli_text(cli, "policy");
    struct policy *policy = path != NULL ? arena_alloc(arena, sizeof *policy) : NULL;
    out->policy = policy;
    return (policy == NULL || read_policy(path, arena, policy, err)) &&
           read_log_key(cli, policy, &out->log, err) && read_vkey(cli, "root", &out->root, err);
}

/* An origin may come from a checkpoint that nobody signed. */
static char *quoted(const char *text)
{
    json_t *string = json_string(text);
    char *json = json_dumps(string, JSON_ENCODE_ANY);
    json_decref(string);
    return json != NULL ? json : strdup("null");
}

/* What both commands say: the findings, what witnesses have seen, and in the end the verdict. */
struct saying {
    const struct cli *cli;
    const struct verify_keys *keys;
    const struct checkpoint *checkpoint;
    const struct verify_witnesses *witnesses;
    const struct findings *findings;
    struct text members; /* of JSON, each with a comma before it */
    struct text verdict; /* behind "verified" or "NOT VERIFIED" */
};

static void saying_release(struct saying *saying)
{
    text_release(&saying->members);
    text_release(&saying->verdict);
}

static void say_lines(const struct saying *saying)
{
    struct text lines CLEANUP(text_release);
    text_init(&lines);
    findings_format(saying->findings, &lines);
    if (saying->keys->policy != NULL)
        verify_witnesses_format(saying->witnesses, &lines);
    printf("%s%s%s", lines.data, saying->findings->total == 0 ? "verified" : "NOT VERIFIED",
           saying->verdict.data);
}

static void say_json(const struct saying *saying)
{
    struct text lines CLEANUP(text_release);
    struct text counts CLEANUP(text_release);
    struct text witnesses CLEANUP(text_release);
    text_init(&lines);
    text_init(&counts);
    text_init(&witnesses);
    if (saying->keys->policy != NULL) {
        text_append(&witnesses, ", \"witnesses\": ");
        verify_witnesses_format_json(saying->witnesses, &witnesses);
    }
    findings_format_json(saying->findings, &lines, &counts);
    char *origin = quoted(saying->checkpoint->origin);
    printf("{\"verified\": %s, \"origin\": %s, \"size\": %" PRIu64
           "%s%s, \"counts\": %s, \"findings\": %s}\n",
           saying->findings->total == 0 ? "true" : "false", origin, saying->checkpoint->size,
           saying->members.data, witnesses.data, counts.data, lines.data);
    free(origin);
}

static void say(const struct saying *saying)
{
    if (cli_switch(saying->cli, "json"))
        say_json(saying);
    else
        say_lines(saying);
    if (saying->findings->total > 0)
        cli_exit_status(saying->cli, STATUS_NOT_VERIFIED);
}

/* A checkpoint that the caller kept; it counts only if the log key signed it. */
static bool read_seen(const char *path, const struct verify_keys *keys, struct verify_seen *out,
                      struct error *err)
{
    struct checkpoint checkpoint;
    struct text note CLEANUP(text_release);
    text_init(&note);
    if (!file_read(path, CHECKPOINT_NOTE_SIZE_MAX, &note, err))
        return false;
    if (!checkpoint_open(note.data, note.size, &keys->log, &checkpoint, err)) {
        err->code = ERROR_INPUT; /* status 2: could not check */
        return error_prefix(err, "--seen '%s': ", path);
    }
    *out = (struct verify_seen){.size = checkpoint.size, .root = checkpoint.root};
    return true;
}

static void print_log(const struct cli *cli, const struct verify_keys *keys,
                      const struct verify_log_report *report, const struct findings *findings)
{
    struct saying CLEANUP(saying_release) saying = {
        .cli = cli,
        .keys = keys,
        .checkpoint = &report->checkpoint,
        .witnesses = &report->witnesses,
        .findings = findings,
    };
    text_init(&saying.members);
    text_init(&saying.verdict);
    text_printf(&saying.members,
                ", \"signatures\": %" PRIu64 ", \"unchecked_signatures\": %" PRIu64
                ", \"tiles\": %" PRIu64 ", \"key_entries\": %" PRIu64,
                report->signatures, report->unchecked_signatures, report->tiles,
                report->key_entries);
    bool is_part = report->unchecked_signatures > 0;
    text_printf(&saying.verdict, "%s: %s, %" PRIu64 " entries, %" PRIu64 " signatures hold, ",
                is_part && findings->total == 0 ? " in part" : "", report->checkpoint.origin,
                report->checkpoint.size, report->signatures);
    if (is_part)
        text_printf(&saying.verdict, "%" PRIu64 " signatures NOT CHECKED, ",
                    report->unchecked_signatures);
    text_printf(&saying.verdict, "%" PRIu64 " tiles, %" PRIu64 " findings\n", report->tiles,
                findings->total);
    if (report->has_previous)
        text_printf(&saying.verdict,
                    "it succeeds '%s': %" PRIu64 " entries are common, %" PRIu64
                    " were carried over, %" PRIu64 " of the %" PRIu64 " are not in it\n",
                    report->previous.origin, report->previous.common,
                    report->opened.opened_at - report->previous.common,
                    report->opened.previous_size - 1 - report->opened.opened_at,
                    report->opened.previous_size - 1);
    if (report->is_closed)
        text_printf(&saying.verdict,
                    "it is closed; '%s' succeeds it, with its first %" PRIu64 " entries\n",
                    report->successor.key.name, report->successor.common);
    say(&saying);
}

static bool run_log(const struct cli *cli, struct error *err)
{
    struct arena arena CLEANUP(arena_release);
    struct verify_keys keys;
    struct verify_log_report report;
    struct findings findings;
    arena_init(&arena);
    if (!read_keys(cli, &arena, &keys, err))
        return false;
    struct verify_seen seen;
    const char *seen_path = cli_text(cli, "seen");
    if (seen_path != NULL && !read_seen(seen_path, &keys, &seen, err))
        return false;
    uint64_t sample = VERIFY_ALL;
    if (cli_text(cli, "sample") != NULL && !cli_u64(cli, "sample", &sample, err))
        return false;
    findings_init(&findings);
    struct verify_log_report older;
    const char *older_folder = cli_text(cli, "predecessor");
    const char *folder = cli_argument(cli, 0);
    bool checked = verify_log(folder, &keys, seen_path != NULL ? &seen : NULL, sample, &report,
                              &findings, err) &&
                   (older_folder == NULL || verify_predecessor(folder, older_folder, &keys, &report,
                                                               &older, &findings, err));
    if (checked)
        print_log(cli, &keys, &report, &findings);
    findings_release(&findings);
    if (!checked)
        err->code = ERROR_INPUT; /* status 2: could not check */
    return checked;
}

static void print_bundle(const struct cli *cli, const struct verify_keys *keys,
                         const struct verify_bundle_report *report, const struct findings *findings)
{
    struct saying CLEANUP(saying_release) saying = {
        .cli = cli,
        .keys = keys,
        .checkpoint = &report->checkpoint,
        .witnesses = &report->witnesses,
        .findings = findings,
    };
    text_init(&saying.members);
    text_init(&saying.verdict);
    text_printf(&saying.members,
                ", \"document_index\": %" PRIu64 ", \"entries\": %" PRIu64
                ", \"usage_entries\": %" PRIu64 ", \"signatures\": %" PRIu64,
                report->document_index, report->entries, report->usage_entries, report->signatures);
    text_printf(&saying.verdict,
                ": document at %" PRIu64 " of %s, %" PRIu64 " entries, %" PRIu64
                " signatures hold, %" PRIu64 " findings\n",
                report->document_index, report->checkpoint.origin, report->entries,
                report->signatures, findings->total);
    say(&saying);
}

static bool run_bundle(const struct cli *cli, struct error *err)
{
    struct arena arena CLEANUP(arena_release);
    struct verify_keys keys;
    struct verify_bundle_report report;
    struct findings findings;
    arena_init(&arena);
    if (!read_keys(cli, &arena, &keys, err))
        return false;
    findings_init(&findings);
    bool checked = verify_bundle(cli_argument(cli, 0), cli_text(cli, "log"),
                                 cli_text(cli, "explode"), &keys, &report, &findings, err);
    if (checked)
        print_bundle(cli, &keys, &report, &findings);
    findings_release(&findings);
    if (!checked)
        err->code = ERROR_INPUT; /* status 2: could not check */
    return checked;
}

static const struct cli_option options[] = {
    {"vkey", "VKEY", NULL, "the log's verifier key, or a file that holds it"},
    {"root", "VKEY", NULL, "the root key's verifier key, or a file that holds it"},
    {"policy", "FILE", NULL, "whose witnesses must have cosigned (C2SP tlog-policy)"},
    {"json", NULL, NULL, "the report as JSON"},
    {0},
};
static const struct cli_option log_options[] = {
    {"seen", "FILE", NULL, "a checkpoint of this log from earlier: the log must extend it"},
    {"predecessor", "DIR", NULL, "the public files of the log that this one succeeds, too"},
    {"sample", "N", NULL,
     "verify only N signatures, at random, and the root key's; all else whole"},
    {0},
};
static const struct cli_option bundle_options[] = {
    {"log", "DIR", NULL, "the log's public files too: no key entry was left out, one tree"},
    {"explode", "DIR", NULL,
     "when it is verified: a C2SP tlog-proof of each entry, into this folder"},
    {0},
};
static bool run_fingerprint(const struct cli *cli, struct error *err)
{
    for (size_t i = 0; i < cli_argument_count(cli); i++)
        if (!fingerprint_print(cli_argument(cli, i), err))
            return false;
    return true;
}

static const struct cli_command commands[] = {
    {"log", "DIR", "a whole log from its public files", run_log, log_options},
    {"bundle", "FILE", "an invoice from its proof bundle", run_bundle, bundle_options},
    {"fingerprint", "KEY...", "what to compare before a key or policy is trusted", run_fingerprint,
     NULL},
    {0},
};

int main(int argc, char **argv)
{
    static const struct cli_program program = {
        .name = "daybook-verify",
        .help =
            "Checks a Daybook log or proof bundle with public keys alone: 0 verified, 1 not verified, 2 could "
            "not check.",
        .commands = commands,
        .common_options = options,
    };
    core_init();
    return cli_main(&program, argc, argv);
}
