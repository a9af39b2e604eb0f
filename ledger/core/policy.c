/*
 * Trust policies. Source: C2SP tlog-policy.md.
 */
#include "core/policy.h"

#include <string.h>

#include "base/number.h"
#include "core/note.h"

#define WORDS_MAX (3 + POLICY_PARTIES_MAX)

/* A file on its way to a policy. */
struct reading {
    struct policy *policy;
    struct arena *arena;
    bool has_quorum;
};

/* --------------------------------------------------------------------------------------- words */

static bool check_octets(struct slice line, struct error *err)
{
    for (size_t i = 0; i < line.size; i++) {
        unsigned char octet = (unsigned char)line.data[i];

        if ((octet < 0x20 && octet != '\t') || octet == 0x7f)
            return error_set(err, ERROR_INPUT, "control character 0x%02x", octet);
    }
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Copies of the line's words; a line of more than any line may have is refused. */
static bool split(struct slice line, struct arena *arena, const char *out_words[WORDS_MAX],
                  size_t *out_count, struct error *err)
{
    size_t count = 0;

    for (size_t i = 0; i < line.size;) {
        size_t from = i;

        while (i < line.size && !is_blank(line.data[i]))
            i++;
        if (i == from) {
            i++;
            continue;
        }
        if (count == 0 && line.data[from] == '#')
            break;
        if (count == WORDS_MAX)
            return error_set(err, ERROR_INPUT, "more than %d words", WORDS_MAX);
        out_words[count++] = arena_text_n(arena, line.data + from, i - from);
    }
    *out_count = count;
    return true;
}

/* ------------------------------------------------------------------------------ logs, witnesses */

static bool same_bytes(const struct public_key *a, const struct public_key *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static bool parse_key(const char *word, enum key_type type, const char *what,
                      struct public_key *out, struct error *err)
{
    return key_parse_vkey(word, out, err) &&
           (out->type == type || error_set(err, ERROR_INPUT, "key '%s' is of type 0x%02x, not %s",
                                           out->name, (unsigned)out->type, what));
}

static bool add_log(struct reading *reading, const char **words, size_t count, struct error *err)
{
    struct policy *policy = reading->policy;
    struct policy_log log = {.url = count > 2 ? words[2] : NULL};

    if (count < 2 || count > 3)
        return error_set(err, ERROR_INPUT, "a log is 'log VKEY [URL]'");
    if (policy->log_count == POLICY_LOGS_MAX)
        return error_set(err, ERROR_INPUT, "more than %d logs", POLICY_LOGS_MAX);
    if (!parse_key(words[1], KEY_TYPE_ED25519, "that of a log (0x01)", &log.key, err))
        return false;
    for (size_t i = 0; i < policy->log_count; i++)
        if (same_bytes(&policy->logs[i].key, &log.key))
            return error_set(err, ERROR_INPUT, "the key of log '%s' is there already",
                             log.key.name);
    policy->logs[policy->log_count++] = log;
    return true;
}

static const struct policy_party *find_party(const struct policy *policy, const char *name)
{
    for (size_t i = 0; i < policy->party_count; i++)
        if (strcmp(policy->parties[i].name, name) == 0)
            return &policy->parties[i];
    return NULL;
}

static bool check_new_name(const struct policy *policy, const char *name, struct error *err)
{
    if (strcmp(name, "none") == 0)
        return error_set(err, ERROR_INPUT, "the name 'none' is taken by the quorum line");
    return find_party(policy, name) == NULL ||
           error_set(err, ERROR_INPUT, "the name '%.80s' is there already", name);
}

static bool add_witness(struct reading *reading, const char **words, size_t count,
                        struct error *err)
{
    struct policy *policy = reading->policy;
    struct policy_party party = {.url = count > 3 ? words[3] : NULL};

    if (count < 3 || count > 4)
        return error_set(err, ERROR_INPUT, "a witness is 'witness NAME VKEY [URL]'");
    if (policy->witness_count == POLICY_WITNESSES_MAX)
        return error_set(err, ERROR_INPUT, "more than %d witnesses", POLICY_WITNESSES_MAX);
    party.name = words[1];
    if (!check_new_name(policy, party.name, err) ||
        !parse_key(words[2], KEY_TYPE_COSIGNATURE, "cosignature/v1 (0x04)", &party.key, err))
        return false;
    for (size_t i = 0; i < policy->party_count; i++)
        if (policy_is_witness(&policy->parties[i]) &&
            same_bytes(&policy->parties[i].key, &party.key))
            return error_set(err, ERROR_INPUT, "the key of witness '%.80s' is that of '%.80s'",
                             party.name, policy->parties[i].name);
    policy->parties[policy->party_count++] = party;
    policy->witness_count++;
    return true;
}

/* ------------------------------------------------------------------------------ groups, quorum */

static bool parse_threshold(const char *word, size_t member_count, size_t *out, struct error *err)
{
    uint64_t number;

    if (strcmp(word, "all") == 0)
        number = member_count;
    else if (strcmp(word, "any") == 0)
        number = 1;
    else if (!number_parse_u64(word, strlen(word), "a group's threshold", &number, err))
        return false;
    if (number < 1 || number > member_count)
        return error_set(err, ERROR_INPUT, "a threshold of %.20s for %zu members", word,
                         member_count);
    *out = (size_t)number;
    return true;
}

static bool add_member(struct policy *policy, struct policy_party *group, const char *name,
                       struct error *err)
{
    const struct policy_party *found = find_party(policy, name);
    struct policy_party *member;

    if (found == NULL)
        return error_set(err, ERROR_INPUT, "'%.80s' is on no line before this one", name);
    member = &policy->parties[found - policy->parties];
    if (member->is_member)
        return error_set(err, ERROR_INPUT, "'%.80s' is a member twice", name);
    member->is_member = true;
    group->members[group->member_count++] = (unsigned char)(found - policy->parties);
    return true;
}

static bool add_group(struct reading *reading, const char **words, size_t count, struct error *err)
{
    struct policy *policy = reading->policy;
    struct policy_party *group = &policy->parties[policy->party_count];

    if (count < 4)
        return error_set(err, ERROR_INPUT, "a group is 'group NAME all|any|K MEMBER...'");
    if (policy->party_count - policy->witness_count == POLICY_GROUPS_MAX)
        return error_set(err, ERROR_INPUT, "more than %d groups", POLICY_GROUPS_MAX);
    *group = (struct policy_party){.name = words[1]};
    if (!check_new_name(policy, group->name, err) ||
        !parse_threshold(words[2], count - 3, &group->threshold, err))
        return false;
    for (size_t i = 3; i < count; i++)
        if (!add_member(policy, group, words[i], err))
            return false;
    policy->party_count++;
    return true;
}

static bool set_quorum(struct reading *reading, const char **words, size_t count, struct error *err)
{
    struct policy *policy = reading->policy;

    if (count != 2)
        return error_set(err, ERROR_INPUT, "a quorum is 'quorum NAME' or 'quorum none'");
    if (reading->has_quorum)
        return error_set(err, ERROR_INPUT, "a second quorum");
    reading->has_quorum = true;
    policy->quorum = POLICY_QUORUM_NONE;
    if (strcmp(words[1], "none") == 0)
        return true;
    const struct policy_party *party = find_party(policy, words[1]);
    if (party == NULL)
        return error_set(err, ERROR_INPUT, "'%.80s' is on no line before this one", words[1]);
    policy->quorum = (size_t)(party - policy->parties);
    return true;
}

/* ------------------------------------------------------------------------------------- the file */

static const struct {
    const char *word;
    bool (*add)(struct reading *reading, const char **words, size_t count, struct error *err);
} lines[] = {
    {"log", add_log},
    {"witness", add_witness},
    {"group", add_group},
    {"quorum", set_quorum},
};

static bool take_line(struct reading *reading, struct slice line, struct error *err)
{
    const char *words[WORDS_MAX];
    size_t count = 0;

    if (!check_octets(line, err) || !split(line, reading->arena, words, &count, err))
        return false;
    if (count == 0)
        return true;
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        if (strcmp(words[0], lines[i].word) == 0)
            return lines[i].add(reading, words, count, err);
    return error_set(err, ERROR_INPUT, "'%.20s' is none of log, witness, group, quorum", words[0]);
}

bool policy_parse(const char *text, size_t size, struct arena *arena, struct policy *out,
                  struct error *err)
{
    struct reading reading = {.policy = arena_alloc(arena, sizeof(*out)), .arena = arena};

    reading.policy->digest = digest_of(text, size);
    if (size > POLICY_SIZE_MAX)
        return error_set(err, ERROR_INPUT, "a policy of more than %d bytes", POLICY_SIZE_MAX);
    for (size_t number = 1; size > 0; number++) {
        const char *end = memchr(text, '\n', size);
        struct slice line = {text, end ? (size_t)(end - text) : size};

        if (end == NULL)
            return error_set(err, ERROR_INPUT, "a policy's line %zu has no newline", number);
        if (!take_line(&reading, line, err))
            return error_prefix(err, "a policy's line %zu: ", number);
        text += line.size + 1;
        size -= line.size + 1;
    }
    if (!reading.has_quorum)
        return error_set(err, ERROR_INPUT, "a policy has no quorum line");
    *out = *reading.policy;
    return true;
}

/* ------------------------------------------------------------------------------------- judging */

bool policy_is_witness(const struct policy_party *party)
{
    return party->threshold == 0;
}

bool policy_lists_log(const struct policy *policy, const struct public_key *key)
{
    for (size_t i = 0; i < policy->log_count; i++)
        if (strcmp(policy->logs[i].key.name, key->name) == 0 &&
            same_bytes(&policy->logs[i].key, key))
            return true;
    return false;
}

/* A group stands after its members, so one pass is enough. */
bool policy_is_reached(const struct policy *policy, const bool has_signed[POLICY_PARTIES_MAX])
{
    bool is_reached[POLICY_PARTIES_MAX] = {false};

    for (size_t i = 0; i < policy->party_count; i++) {
        const struct policy_party *party = &policy->parties[i];
        size_t count = 0;

        for (size_t m = 0; m < party->member_count; m++)
            count += is_reached[party->members[m]] ? 1 : 0;
        is_reached[i] = policy_is_witness(party) ? has_signed[i] : count >= party->threshold;
    }
    return policy->quorum == POLICY_QUORUM_NONE || is_reached[policy->quorum];
}

/* The log's key first, then the witnesses', in the order of their parties. */
static size_t list_keys(const struct policy *policy, const struct public_key *log_key,
                        struct public_key out_keys[1 + POLICY_WITNESSES_MAX],
                        size_t out_parties[1 + POLICY_WITNESSES_MAX])
{
    size_t count = 1;

    out_keys[0] = *log_key;
    for (size_t i = 0; i < policy->party_count; i++)
        if (policy_is_witness(&policy->parties[i])) {
            out_parties[count] = i;
            out_keys[count++] = policy->parties[i].key;
        }
    return count;
}

/* The least time at which those who had signed by then were enough. */
static uint64_t reached_at(const struct policy *policy, const struct policy_verdict *verdict)
{
    uint64_t best = 0;

    for (size_t i = 0; i < policy->party_count; i++) {
        bool by_then[POLICY_PARTIES_MAX] = {false};
        uint64_t time = verdict->time_seconds[i];

        if (!verdict->has_signed[i] || (best != 0 && time >= best))
            continue;
        for (size_t j = 0; j < policy->party_count; j++)
            by_then[j] = verdict->has_signed[j] && verdict->time_seconds[j] <= time;
        if (policy_is_reached(policy, by_then))
            best = time;
    }
    return best;
}

bool policy_open(const struct policy *policy, const struct public_key *log_key, const char *note,
                 size_t size, struct checkpoint *out_checkpoint, struct policy_verdict *out,
                 struct error *err)
{
    struct public_key keys[1 + POLICY_WITNESSES_MAX];
    size_t parties[1 + POLICY_WITNESSES_MAX];
    size_t count = list_keys(policy, log_key, keys, parties);
    struct policy_verdict verdict = {.is_reached = false};
    struct checkpoint checkpoint;
    struct note opened;

    if (!checkpoint_open(note, size, log_key, &checkpoint, err) ||
        !note_open(note, size, keys, count, &opened, err))
        return false;
    for (size_t i = 0; i < opened.verified_count; i++) {
        const struct public_key *key = opened.verified[i].key;
        size_t party;

        if (key == &keys[0])
            continue; /* the log itself */
        party = parties[key - keys];
        verdict.has_signed[party] = true;
        verdict.time_seconds[party] = opened.verified[i].time_seconds;
        verdict.witness_count++;
    }
    verdict.is_reached = policy_is_reached(policy, verdict.has_signed);
    if (verdict.is_reached)
        verdict.reached_seconds = reached_at(policy, &verdict);
    *out_checkpoint = checkpoint;
    *out = verdict;
    return true;
}
