/*
 * Policies of witnesses (core/policy).
 *
 * A policy that is taken holds what its header says of groups, and more witnesses never make it
 * less reached.
 */
#include <assert.h>
#include <string.h>

#include "core/policy.h"
#include "fuzz/fuzz.h"

#define WITNESSES 3

const char *const fuzz_words[] = {"log ", "witness ", "group ", "quorum ", "all", "any", "none",
                                  "\n",   "#",        "\t",     " ",       "g1",  "g2",  "w0",
                                  "w1",   "w2",       "0",      "1",       "2",   "+",   NULL};

static void add_lines(struct text *policy)
{
    struct secret_key *log = fuzz_key("daybook.example/log", 1);
    char vkey[VKEY_SIZE];
    text_printf(policy, "# who we trust\nlog %s https://daybook.example/log\n",
                key_format_vkey(key_public(log), vkey));
    key_release(log);
    for (unsigned i = 0; i < WITNESSES; i++) {
        struct secret_key *witness = fuzz_key("witness.example/w", (unsigned char)(10 + i));
        struct public_key cosigner = key_cosigner(key_public(witness));
        text_printf(policy, "witness w%u %s\n", i, key_format_vkey(&cosigner, vkey));
        key_release(witness);
    }
}

void fuzz_seeds(struct fuzz_corpus *corpus)
{
    static const char *const ends[] = {"quorum none\n", "quorum w1\n",
                                       "group g1 2 w0 w1 w2\nquorum g1\n",
                                       "group g1 any w0 w1\ngroup g2 all g1 w2\nquorum g2\n"};
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        struct text policy CLEANUP(text_release);
        text_init(&policy);
        add_lines(&policy);
        text_append(&policy, ends[i]);
        fuzz_add(corpus, policy.data, policy.size);
    }
}

static void check_key(const struct public_key *key, enum key_type type)
{
    char vkey[VKEY_SIZE];
    struct public_key again;
    struct error err;
    assert(key->type == type);
    assert(key_parse_vkey(key_format_vkey(key, vkey), &again, &err));
    assert(memcmp(again.bytes, key->bytes, sizeof again.bytes) == 0 && again.id == key->id);
}

/* Each party is a member at most once, of a group that stands behind it. */
static void check_parties(const struct policy *policy)
{
    size_t witnesses = 0, uses[POLICY_PARTIES_MAX] = {0};
    for (size_t i = 0; i < policy->party_count; i++) {
        const struct policy_party *party = &policy->parties[i];
        if (policy_is_witness(party)) {
            check_key(&party->key, KEY_TYPE_COSIGNATURE);
            witnesses++;
            continue;
        }
        assert(party->threshold >= 1 && party->threshold <= party->member_count);
        for (size_t m = 0; m < party->member_count; m++) {
            assert(party->members[m] < i);
            uses[party->members[m]]++;
        }
    }
    assert(witnesses == policy->witness_count && witnesses <= POLICY_WITNESSES_MAX);
    for (size_t i = 0; i < policy->party_count; i++)
        assert(uses[i] == (policy->parties[i].is_member ? 1 : 0));
}

static void check_quorum(const struct policy *policy)
{
    bool has_signed[POLICY_PARTIES_MAX] = {false};
    bool is_reached = policy_is_reached(policy, has_signed);
    assert(is_reached == (policy->quorum == POLICY_QUORUM_NONE));
    assert(is_reached || policy->quorum < policy->party_count);
    for (size_t i = 0; i < policy->party_count; i++) {
        has_signed[i] = policy_is_witness(&policy->parties[i]);
        bool is_still = policy_is_reached(policy, has_signed);
        assert(is_still || !is_reached);
        is_reached = is_still;
    }
    assert(is_reached);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct policy policy;
    struct arena arena CLEANUP(arena_release);
    struct error err;
    arena_init(&arena);
    core_init();
    if (!policy_parse((const char *)data, size, &arena, &policy, &err))
        return 0;
    struct digest digest = digest_of(data, size);
    assert(digest_equals(&policy.digest, &digest));
    assert(policy.log_count <= POLICY_LOGS_MAX && policy.party_count <= POLICY_PARTIES_MAX);
    for (size_t i = 0; i < policy.log_count; i++)
        check_key(&policy.logs[i].key, KEY_TYPE_ED25519);
    check_parties(&policy);
    check_quorum(&policy);
    fuzz_accept();
    return 0;
}
