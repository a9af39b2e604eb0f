/* A policy's quorum over one note. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "core/note.h"
#include "verify/witnesses.h"

#define ORIGIN "daybook.example/test"

struct fixture {
    struct arena arena;
    struct secret_key *log;
    struct policy policy; /* two of the witnesses a, b and c */
};

static struct secret_key *key_of(const char *name, char fill)
{
    unsigned char seed[32];
    struct secret_key *key;
    struct error err;
    memset(seed, fill, sizeof seed);
    assert_true(key_from_seed(name, seed, &key, &err));
    return key;
}

static int set_up(void **state)
{
    struct fixture *fixture = memory_alloc(sizeof *fixture);
    struct text text CLEANUP(text_release);
    struct error err;
    core_init();
    arena_init(&fixture->arena);
    fixture->log = key_of(ORIGIN, 'L');
    text_init(&text);
    for (const char *seed = "abc"; *seed != '\0'; seed++) {
        struct secret_key *witness = key_of("witness.example/w", *seed);
        struct public_key cosigner = key_cosigner(key_public(witness));
        char vkey[VKEY_SIZE];
        text_printf(&text, "witness %c %s\n", *seed, key_format_vkey(&cosigner, vkey));
        key_release(witness);
    }
    text_append(&text, "group two 2 a b c\nquorum two\n");
    assert_true(policy_parse(text.data, text.size, &fixture->arena, &fixture->policy, &err));
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    key_release(fixture->log);
    arena_release(&fixture->arena);
    free(fixture);
    return 0;
}

/* A checkpoint of 300 entries with a line for each seed; "a" signed at 1000, "b" at 1001 … */
static void make_note(const struct fixture *fixture, const char *seeds, struct text *out)
{
    struct checkpoint checkpoint = {.origin = ORIGIN, .size = 300};
    struct text text CLEANUP(text_release);
    checkpoint.root = digest_of("root", 4);
    text_init(&text);
    checkpoint_format(&checkpoint, &text);
    checkpoint_sign(&checkpoint, fixture->log, out);
    for (; *seeds != '\0'; seeds++) {
        struct secret_key *witness = key_of("witness.example/w", *seeds);
        note_cosign((struct slice){text.data, text.size}, witness, 1000 + (uint64_t)(*seeds - 'a'),
                    out);
        key_release(witness);
    }
}

/* Whether it could be opened; the findings as they are printed. */
static bool judge(const struct fixture *fixture, const struct text *note,
                  struct verify_witnesses *out, struct text *out_findings)
{
    struct checkpoint checkpoint;
    struct findings findings;
    findings_init(&findings);
    bool opened = verify_witnesses(note->data, note->size, key_public(fixture->log),
                                   &fixture->policy, &checkpoint, out, &findings);
    text_clear(out_findings);
    findings_format(&findings, out_findings);
    findings_release(&findings);
    return opened;
}

static void says_who_is_missing_and_by_when_there_were_enough(void **state)
{
    static const struct {
        const char *seeds, *finding, *words, *json;
    } cases[] = {
        {"", "the quorum 'two' is not reached: 0 of 3 witnesses cosigned size 300, not: a b c\n",
         "0 of 3 witnesses cosigned size 300, too few\n",
         "{\"known\": 3, \"cosigned\": 0, \"quorum\": false, \"size\": 300, \"time\": null}"},
        {"bd", "the quorum 'two' is not reached: 1 of 3 witnesses cosigned size 300, not: a c\n",
         "1 of 3 witnesses cosigned size 300, too few\n",
         "{\"known\": 3, \"cosigned\": 1, \"quorum\": false, \"size\": 300, \"time\": null}"},
        {"ca", NULL, "2 of 3 witnesses cosigned size 300, enough by 1970-01-01T00:16:42Z\n",
         "{\"known\": 3, \"cosigned\": 2, \"quorum\": true, \"size\": 300, \"time\": "
         "\"1970-01-01T00:16:42Z\"}"},
        {"abc", NULL, "3 of 3 witnesses cosigned size 300, enough by 1970-01-01T00:16:41Z\n",
         "{\"known\": 3, \"cosigned\": 3, \"quorum\": true, \"size\": 300, \"time\": "
         "\"1970-01-01T00:16:41Z\"}"},
    };
    struct text note CLEANUP(text_release);
    struct text findings CLEANUP(text_release);
    struct text words CLEANUP(text_release);
    struct verify_witnesses witnesses;
    text_init(&note);
    text_init(&findings);
    text_init(&words);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        text_clear(&note);
        make_note(*state, cases[i].seeds, &note);
        assert_true(judge(*state, &note, &witnesses, &findings));
        assert_int_equal(witnesses.is_reached, cases[i].finding == NULL);
        if (cases[i].finding != NULL)
            assert_non_null(strstr(findings.data, cases[i].finding));
        else
            assert_string_equal(findings.data, "");
        text_clear(&words);
        verify_witnesses_format(&witnesses, &words);
        assert_string_equal(words.data, cases[i].words);
        text_clear(&words);
        verify_witnesses_format_json(&witnesses, &words);
        assert_string_equal(words.data, cases[i].json);
    }
}

/* A bit changed anywhere is a finding, and the right one: of the text, of the log's line, of a
 * witness's. */
static void finds_every_changed_bit(void **state)
{
    struct text note CLEANUP(text_release);
    struct text findings CLEANUP(text_release);
    struct verify_witnesses witnesses;
    text_init(&note);
    text_init(&findings);
    make_note(*state, "ab", &note);
    const char *line = strstr(note.data, "\n\n") + 2;
    const char *witness_line = strchr(line, '\n') + 1;
    for (size_t i = 0; i < note.size; i++) {
        bool is_witness = note.data + i >= witness_line;
        note.data[i] ^= 1;
        bool opened = judge(*state, &note, &witnesses, &findings);
        assert_true(findings.size > 0);
        assert_false(witnesses.is_reached);
        if (!is_witness)
            assert_false(opened);
        assert_true(strstr(findings.data, "checkpoint_") != NULL ||
                    strstr(findings.data, "witness_") != NULL);
        note.data[i] ^= 1;
    }
    assert_true(judge(*state, &note, &witnesses, &findings) && witnesses.is_reached);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(says_who_is_missing_and_by_when_there_were_enough, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(finds_every_changed_bit, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
