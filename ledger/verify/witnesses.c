#include "verify/witnesses.h"

#include <inttypes.h>

#include "base/instant.h"

static void add_missing(const struct policy *policy, const struct policy_verdict *verdict,
                        const struct checkpoint *checkpoint, struct findings *findings)
{
    struct text CLEANUP(text_release) names;
    text_init(&names);
    for (size_t i = 0; i < policy->party_count; i++)
        if (policy_is_witness(&policy->parties[i]) && !verdict->has_signed[i])
            text_printf(&names, " %s", policy->parties[i].name);
    findings_add(findings, FINDING_WITNESS_QUORUM, FINDING_NO_INDEX,
                 "the quorum '%s' is not reached: %zu of %zu witnesses cosigned size %" PRIu64
                 ", not:%s",
                 policy->parties[policy->quorum].name, verdict->witness_count,
                 policy->witness_count, checkpoint->size, names.data);
}

static bool add_unopened(enum finding finding, const struct error *why, struct findings *findings)
{
    findings_add(findings, why->code == ERROR_SIGNATURE ? finding : FINDING_CHECKPOINT_MALFORMED,
                 FINDING_NO_INDEX, "%s", why->message);
    return false;
}

bool verify_witnesses(const char *note, size_t size, const struct public_key *log_key,
                      const struct policy *policy, struct checkpoint *out_checkpoint,
                      struct verify_witnesses *out, struct findings *findings)
{
    struct policy_verdict verdict;
    struct checkpoint checkpoint;
    struct error why;
    *out = (struct verify_witnesses){.known = policy->witness_count};
    if (!checkpoint_open(note, size, log_key, &checkpoint, &why))
        return add_unopened(FINDING_CHECKPOINT_SIGNATURE, &why, findings);
    out->size = checkpoint.size;
    if (!policy_open(policy, log_key, note, size, &checkpoint, &verdict, &why)) {
        add_unopened(FINDING_WITNESS_SIGNATURE, &why, findings);
    } else {
        out->is_reached = verdict.is_reached;
        out->cosigned = verdict.witness_count;
        out->reached_seconds = verdict.reached_seconds;
        if (!verdict.is_reached)
            add_missing(policy, &verdict, &checkpoint, findings);
    }
    *out_checkpoint = checkpoint;
    return true;
}

/* A cosigner may state any time; one beyond the year 9999 is shown as none. */
static const char *time_text(const struct verify_witnesses *witnesses, char out[INSTANT_TEXT_SIZE])
{
    if (witnesses->reached_seconds == 0 ||
        witnesses->reached_seconds > (uint64_t)(INSTANT_MAX / SECOND_US))
        return NULL;
    return instant_format((int64_t)witnesses->reached_seconds * SECOND_US, out);
}

void verify_witnesses_format(const struct verify_witnesses *witnesses, struct text *out)
{
    char time[INSTANT_TEXT_SIZE];
    const char *by = time_text(witnesses, time);
    text_printf(out, "%zu of %zu witnesses cosigned size %" PRIu64, witnesses->cosigned,
                witnesses->known, witnesses->size);
    if (by != NULL)
        text_printf(out, ", enough by %s", by);
    else
        text_append(out, witnesses->is_reached ? ", enough" : ", too few");
    text_append_char(out, '\n');
}

void verify_witnesses_format_json(const struct verify_witnesses *witnesses, struct text *out)
{
    char time[INSTANT_TEXT_SIZE];
    const char *by = time_text(witnesses, time);
    text_printf(out,
                "{\"known\": %zu, \"cosigned\": %zu, \"quorum\": %s, \"size\": %" PRIu64
                ", \"time\": ",
                witnesses->known, witnesses->cosigned, witnesses->is_reached ? "true" : "false",
                witnesses->size);
    if (by != NULL)
        text_printf(out, "\"%s\"}", by);
    else
        text_append(out, "null}");
}
