#include "testing.h"

#include "core/note.h"
#include "core/policy.h"

#define WITNESSES 4

/* A policy's keys: witnesses "w0" … of seeds 10 …, log "daybook.example/log" of seed 1. */
struct fixture {
    struct arena arena;
    struct secret_key *log;
    struct secret_key *witnesses[WITNESSES];
    char log_vkey[VKEY_SIZE];
    char vkeys[WITNESSES][VKEY_SIZE];
};

static struct secret_key *key_of(const char *name, unsigned char seed_byte)
{
    unsigned char seed[32] = {seed_byte};
    struct secret_key *key;
    struct error err;

    assert_ok(key_from_seed(name, seed, &key, &err));
    return key;
}

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));
    assert_non_null(fixture);

    core_init();
    arena_init(&fixture->arena);
    fixture->log = key_of("daybook.example/log", 1);
    key_format_vkey(key_public(fixture->log), fixture->log_vkey);
    for (unsigned char i = 0; i < WITNESSES; i++) {
        char name[32];
        struct public_key cosigner;

        snprintf(name, sizeof(name), "witness.example/w%u", (unsigned)i);
        fixture->witnesses[i] = key_of(name, (unsigned char)(10 + i));
        cosigner = key_cosigner(key_public(fixture->witnesses[i]));
        key_format_vkey(&cosigner, fixture->vkeys[i]);
    }
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    key_release(fixture->log);
    for (size_t i = 0; i < WITNESSES; i++)
        key_release(fixture->witnesses[i]);
    arena_release(&fixture->arena);
    free(fixture);
    return 0;
}

/* In `form`, %L is the log's vkey, %0 … %3 are the witnesses'. */
static const char *fill_in(struct fixture *fixture, const char *form)
{
    struct text text;
    const char *filled;

    text_init(&text);
    for (const char *c = form; *c != '\0'; c++) {
        if (*c != '%')
            text_append_char(&text, *c);
        else if (*++c == 'L')
            text_append(&text, fixture->log_vkey);
        else
            text_append(&text, fixture->vkeys[*c - '0']);
    }
    filled = arena_text(&fixture->arena, text.data);
    text_release(&text);
    return filled;
}

static bool parse(struct fixture *fixture, const char *form, struct policy *out, struct error *err)
{
    const char *text = fill_in(fixture, form);

    return policy_parse(text, strlen(text), &fixture->arena, out, err);
}

/* ------------------------------------------------------------------------------------- reading */

static void reads_the_example_of_the_specification(void **state)
{
    struct fixture *fixture = *state;
    struct policy policy;
    struct error err;

    assert_ok(parse(fixture,
                    "# who we trust\n"
                    "log %L https://log.example/\n\n"
                    "witness X1 %0 http://127.0.0.1:1/\nwitness X2 %1\n \twitness  X3\t%2 \n"
                    "group X-witnesses 2 X1 X2 X3\n"
                    "  # another organisation's\n"
                    "witness Y1 %3\ngroup Y-witnesses any Y1\n"
                    "group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n",
                    &policy, &err));
    assert_int_equal(policy.log_count, 1);
    assert_int_equal(policy.witness_count, 4);
    assert_int_equal(policy.party_count, 7);
    assert_string_equal(policy.logs[0].url, "https://log.example/");
    assert_string_equal(policy.parties[0].url, "http://127.0.0.1:1/");
    assert_null(policy.parties[1].url);
    assert_int_equal(policy.parties[3].threshold, 2);
    assert_int_equal(policy.parties[policy.quorum].threshold, 2);
    assert_true(policy_lists_log(&policy, key_public(fixture->log)));
    assert_false(policy_lists_log(&policy, key_public(fixture->witnesses[0])));
}

static void refuses_what_is_no_policy_and_names_the_line(void **state)
{
    static const struct {
        const char *form, *why;
    } cases[] = {
        {"", "no quorum"},
        {"log %L\n", "no quorum"},
        {"quorum none", "newline"},
        {"quorum none\nquorum none\n", "line 2: a second quorum"},
        {"quorum\n", "line 1: a quorum is"},
        {"quorum none none\n", "line 1: a quorum is"},
        {"quorum w\nwitness w %0\n", "line 1: 'w' is on no line before"},
        {"quorum none\r\n", "control character 0x0d"},
        {"quorum none\x7f\n", "control character 0x7f"},
        {"Quorum none\n", "'Quorum' is none of"},
        {"log\nquorum none\n", "a log is"},
        {"log %L u v\nquorum none\n", "a log is"},
        {"log %L\nlog %L\nquorum none\n", "line 2: the key of log"},
        {"log %0\nquorum none\n", "type 0x04, not that of a log"},
        {"log nonsense\nquorum none\n", "not a verifier key"},
        {"witness w %L\nquorum none\n", "type 0x01, not cosignature/v1"},
        {"witness w\nquorum none\n", "a witness is"},
        {"witness w %0 u v\nquorum none\n", "a witness is"},
        {"witness none %0\nquorum none\n", "'none' is taken"},
        {"witness w %0\nwitness w %1\nquorum none\n", "'w' is there already"},
        {"witness v %0\nwitness w %0\nquorum none\n", "is that of 'v'"},
        {"witness w %0\ngroup w any w\nquorum none\n", "'w' is there already"},
        {"witness w %0\ngroup none any w\nquorum none\n", "'none' is taken"},
        {"witness w %0\ngroup g any\nquorum none\n", "a group is"},
        {"witness w %0\ngroup g 0 w\nquorum none\n", "a threshold of 0 for 1"},
        {"witness w %0\ngroup g 2 w\nquorum none\n", "a threshold of 2 for 1"},
        {"witness w %0\ngroup g 01 w\nquorum none\n", "threshold"},
        {"witness w %0\ngroup g -1 w\nquorum none\n", "threshold"},
        {"witness w %0\ngroup g most w\nquorum none\n", "threshold"},
        {"witness w %0\ngroup g any v\nquorum none\n", "'v' is on no line before"},
        {"witness w %0\ngroup g any g\nquorum none\n", "'g' is on no line before"},
        {"witness w %0\ngroup g any w none\nquorum none\n", "'none' is on no line before"},
        {"witness w %0\ngroup g any w w\nquorum none\n", "'w' is a member twice"},
        {"witness w %0\ngroup g any w\ngroup h any w\nquorum none\n", "'w' is a member twice"},
    };
    struct policy policy = {.log_count = 77};
    struct error err;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        if (parse(*state, cases[i].form, &policy, &err))
            fail_msg("'%s' was not refused", cases[i].form);
        assert_int_equal(err.code, ERROR_INPUT);
        if (strstr(err.message, cases[i].why) == NULL)
            fail_msg("'%s': '%s' does not say '%s'", cases[i].form, err.message, cases[i].why);
    }
    assert_int_equal(policy.log_count, 77);
}

static void takes_as_many_as_the_specification_recommends(void **state)
{
    struct fixture *fixture = *state;
    struct text text;
    struct policy policy;
    struct error err;

    text_init(&text);
    for (unsigned char i = 0; i < POLICY_LOGS_MAX; i++) {
        unsigned char seed[32] = {100, i};
        struct secret_key *key;
        struct public_key cosigner;
        char vkey[VKEY_SIZE];

        assert_ok(key_from_seed("daybook.example/x", seed, &key, &err));
        text_printf(&text, "log %s\n", key_format_vkey(key_public(key), vkey));
        cosigner = key_cosigner(key_public(key));
        text_printf(&text, "witness w%u %s\n", (unsigned)i, key_format_vkey(&cosigner, vkey));
        text_printf(&text, "group g%u all w%u\n", (unsigned)i, (unsigned)i);
        key_release(key);
    }
    text_append(&text, "quorum g31\n");
    assert_ok(policy_parse(text.data, text.size, &fixture->arena, &policy, &err));
    assert_int_equal(policy.party_count, POLICY_PARTIES_MAX);
    text_printf(&text, "log %s\n", fixture->log_vkey);
    assert_refused(policy_parse(text.data, text.size, &fixture->arena, &policy, &err), ERROR_INPUT);
    text_release(&text);
}

/* ------------------------------------------------------------------------------------- judging */

static void counts_witnesses_by_group(void **state)
{
    static const char form[] = "witness a %0\nwitness b %1\nwitness c %2\nwitness d %3\n"
                               "group two 2 a b c\ngroup both all two d\nquorum both\n";
    struct policy policy;
    struct error err;

    assert_ok(parse(*state, form, &policy, &err));
    for (unsigned set = 0; set < 16; set++) {
        bool has_signed[POLICY_PARTIES_MAX] = {set & 1, set & 2, set & 4, set & 8};
        unsigned of_three = (set & 1) + (set >> 1 & 1) + (set >> 2 & 1);

        assert_int_equal(policy_is_reached(&policy, has_signed), of_three >= 2 && (set & 8) != 0);
    }
    assert_ok(parse(*state, "witness a %0\nquorum none\n", &policy, &err));
    assert_true(policy_is_reached(&policy, (bool[POLICY_PARTIES_MAX]){false}));
}

static void append_checkpoint(struct fixture *fixture, struct text *note)
{
    struct checkpoint checkpoint = {.origin = "daybook.example/log", .size = 5};

    checkpoint.root = digest_of("root", 4);
    checkpoint_sign(&checkpoint, fixture->log, note);
}

/* Cosigns whatever the note says already. */
static void cosign(struct fixture *fixture, size_t witness, uint64_t time, struct text *note)
{
    struct slice text;
    struct error err;

    assert_ok(note_read_unverified(note->data, note->size, &text, &err));
    struct text line;
    text_init(&line);
    note_cosign(text, fixture->witnesses[witness], time, &line);
    text_append_n(note, line.data, line.size);
    text_release(&line);
}

static void opens_a_note_and_says_who_cosigned_and_when(void **state)
{
    struct fixture *fixture = *state;
    struct policy policy;
    struct policy_verdict verdict;
    struct checkpoint checkpoint;
    struct text note;
    struct error err;

    assert_ok(parse(fixture,
                    "witness a %0\nwitness b %1\nwitness c %2\ngroup g 2 a b c\nquorum g\n",
                    &policy, &err));
    text_init(&note);
    append_checkpoint(fixture, &note);
    assert_ok(policy_open(&policy, key_public(fixture->log), note.data, note.size, &checkpoint,
                          &verdict, &err));
    assert_false(verdict.is_reached);
    cosign(fixture, 3, 100, &note); /* of nobody that the policy knows */
    cosign(fixture, 0, 1000, &note);
    assert_ok(policy_open(&policy, key_public(fixture->log), note.data, note.size, &checkpoint,
                          &verdict, &err));
    assert_true(!verdict.is_reached && verdict.witness_count == 1 && verdict.has_signed[0]);
    cosign(fixture, 2, 3000, &note);
    cosign(fixture, 1, 2000, &note);
    assert_ok(policy_open(&policy, key_public(fixture->log), note.data, note.size, &checkpoint,
                          &verdict, &err));
    assert_true(verdict.is_reached && verdict.witness_count == 3);
    assert_int_equal(verdict.reached_seconds, 2000);
    assert_int_equal(checkpoint.size, 5);
    text_release(&note);
}

static void one_broken_line_of_a_known_witness_spoils_the_note(void **state)
{
    struct fixture *fixture = *state;
    struct policy policy, other;
    struct policy_verdict verdict = {.witness_count = 77};
    struct checkpoint checkpoint;
    struct text note;
    struct error err;

    assert_ok(
        parse(fixture, "witness a %0\nwitness b %1\ngroup g any a b\nquorum g\n", &policy, &err));
    assert_ok(parse(fixture, "witness a %0\nquorum a\n", &other, &err));
    text_init(&note);
    append_checkpoint(fixture, &note);
    cosign(fixture, 0, 1000, &note);
    cosign(fixture, 1, 1000, &note);
    /* The last base64 digits hold the signature's end. */
    note.data[note.size - 8] = note.data[note.size - 8] == 'A' ? 'B' : 'A';
    assert_refused(policy_open(&policy, key_public(fixture->log), note.data, note.size, &checkpoint,
                               &verdict, &err),
                   ERROR_SIGNATURE);
    assert_int_equal(verdict.witness_count, 77);
    assert_ok(policy_open(&other, key_public(fixture->log), note.data, note.size, &checkpoint,
                          &verdict, &err));
    assert_true(verdict.is_reached);
    text_release(&note);
}

static void cosignatures_alone_do_not_make_a_checkpoint(void **state)
{
    struct fixture *fixture = *state;
    struct secret_key *other = key_of("daybook.example/log", 2);
    struct policy policy;
    struct policy_verdict verdict;
    struct checkpoint checkpoint;
    struct text note;
    struct error err;

    assert_ok(parse(fixture, "witness a %0\nquorum a\n", &policy, &err));
    text_init(&note);
    append_checkpoint(fixture, &note);
    cosign(fixture, 0, 1000, &note);
    assert_refused(
        policy_open(&policy, key_public(other), note.data, note.size, &checkpoint, &verdict, &err),
        ERROR_SIGNATURE);
    text_release(&note);
    key_release(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_example_of_the_specification),
        cmocka_unit_test(refuses_what_is_no_policy_and_names_the_line),
        cmocka_unit_test(takes_as_many_as_the_specification_recommends),
        cmocka_unit_test(counts_witnesses_by_group),
        cmocka_unit_test(opens_a_note_and_says_who_cosigned_and_when),
        cmocka_unit_test(one_broken_line_of_a_known_witness_spoils_the_note),
        cmocka_unit_test(cosignatures_alone_do_not_make_a_checkpoint),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
