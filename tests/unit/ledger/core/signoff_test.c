#include "testing.h"

#include "core/canonical.h"
#include "core/signoff.h"

#define ORIGIN "daybook.example/eu1"
#define AT 9 /* where the document stands */

enum { ADA, BOB, EVE, PEOPLE }; /* drafts and issues; approves; may all at once */

struct fixture {
    struct secret_key *people[PEOPLE];
    struct keyring ring;
    json_t *document;
};

static struct secret_key *key_of(const char *name, unsigned char seed_byte)
{
    unsigned char seed[32] = {seed_byte};
    struct secret_key *key;
    struct error err;
    assert_ok(key_from_seed(name, seed, &key, &err));
    return key;
}

static void apply(struct fixture *fixture, uint64_t index, enum entry_kind kind, json_t *content)
{
    struct error err;
    assert_ok(keyring_apply(&fixture->ring, index, kind, content, &err));
    json_decref(content);
}

static void grant(struct fixture *fixture, uint64_t index, int who, unsigned roles, bool grants)
{
    const struct public_key *key = key_public(fixture->people[who]);
    apply(fixture, index, ENTRY_KEY, keyring_grant_content(key, roles, grants));
}

static int set_up(void **state)
{
    struct fixture *fixture = test_calloc(1, sizeof *fixture);
    struct secret_key *log = key_of(ORIGIN, 1), *root = key_of("root", 2);
    core_init();
    keyring_init(&fixture->ring);
    apply(fixture, 0, ENTRY_LOG,
          keyring_log_content(ORIGIN, key_public(log), key_public(root), NULL));
    key_release(log);
    key_release(root);
    for (int i = 0; i < PEOPLE; i++)
        fixture->people[i] = key_of("person", (unsigned char)(3 + i));
    grant(fixture, 1, ADA, ROLE_DRAFT | ROLE_ISSUE, true);
    grant(fixture, 2, BOB, ROLE_DRAFT | ROLE_APPROVE, true);
    grant(fixture, 3, EVE, ROLES_OPERATOR, true);
    fixture->document = json_pack("{s:s,s:s}", "number", "DE-2026-000001", "total", "12.34");
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 0; i < PEOPLE; i++)
        key_release(fixture->people[i]);
    keyring_release(&fixture->ring);
    json_decref(fixture->document);
    test_free(fixture);
    return 0;
}

static void sign(struct fixture *fixture, int drafter, int approver, int issuer)
{
    const int who[SIGNOFF_STEPS] = {drafter, approver, issuer};
    struct signoff signoffs[SIGNOFF_STEPS];
    struct digest draft;
    struct error err;
    assert_ok(signoff_draft(fixture->document, &draft, &err));
    for (unsigned i = 0; i < SIGNOFF_STEPS; i++)
        signoff_sign(fixture->people[who[i]], (enum signoff_step)i, &draft, &signoffs[i]);
    json_object_set_new(fixture->document, "signoffs", signoffs_json(signoffs));
}

/* How many findings; `said` is in the last of them. */
static size_t check(struct fixture *fixture, int issuer, const char *said)
{
    struct findings findings;
    struct digest hash = key_hash(key_public(fixture->people[issuer])->bytes);
    findings_init(&findings);
    signoffs_check(&fixture->ring, AT, &hash, fixture->document, &findings);
    size_t count = findings.counts[FINDING_DOCUMENT_SIGNOFF];
    assert_int_equal(count, findings.total);
    if (said != NULL)
        assert_non_null(strstr(findings.lines[findings.line_count - 1].detail, said));
    findings_release(&findings);
    return count;
}

static void takes_a_draft_that_another_approved(void **state)
{
    struct fixture *fixture = *state;
    sign(fixture, ADA, BOB, ADA);
    assert_int_equal(check(fixture, ADA, NULL), 0);
}

static void a_drafter_never_approves_his_own_draft_whatever_he_may(void **state)
{
    struct fixture *fixture = *state;
    sign(fixture, BOB, BOB, ADA);
    assert_int_equal(check(fixture, ADA, "its approver is its drafter"), 1);
    sign(fixture, EVE, EVE, EVE);
    assert_int_equal(check(fixture, EVE, "its approver is its drafter"), 1);
}

static void each_step_needs_its_role(void **state)
{
    struct fixture *fixture = *state;
    sign(fixture, BOB, ADA, ADA);
    assert_int_equal(check(fixture, ADA, "does not hold the role 'approve'"), 1);
    sign(fixture, ADA, BOB, BOB);
    assert_int_equal(check(fixture, BOB, "does not hold the role 'issue'"), 1);
}

static void a_role_counts_where_the_document_stands(void **state)
{
    struct fixture *fixture = *state;
    sign(fixture, ADA, BOB, ADA);
    grant(fixture, AT, BOB, ROLE_DRAFT | ROLE_APPROVE, false);
    assert_int_equal(check(fixture, ADA, NULL), 0);
    grant(fixture, AT + 1, ADA, ROLE_DRAFT | ROLE_ISSUE, false);
    assert_int_equal(check(fixture, ADA, NULL), 0);
}

static void a_revoked_approver_has_approved_nothing(void **state)
{
    struct fixture *fixture = *state;
    sign(fixture, ADA, BOB, ADA);
    grant(fixture, 5, BOB, ROLE_DRAFT | ROLE_APPROVE, false);
    assert_int_equal(check(fixture, ADA, "does not hold the role 'approve'"), 1);
}

static void what_was_approved_is_what_is_issued(void **state)
{
    struct fixture *fixture = *state;
    sign(fixture, ADA, BOB, ADA);
    json_object_set_new(fixture->document, "number", json_string("DE-2026-000002"));
    assert_int_equal(check(fixture, ADA, NULL), 0); /* the number comes after the approval */
    json_object_set_new(fixture->document, "total", json_string("12.35"));
    assert_int_equal(check(fixture, ADA, "the issue is not signed by"), 3);
}

static void a_signature_is_of_one_step(void **state)
{
    struct fixture *fixture = *state;
    sign(fixture, BOB, EVE, EVE);
    json_t *signoffs = json_object_get(fixture->document, "signoffs");
    json_object_set(signoffs, "approve", json_object_get(signoffs, "draft"));
    assert_int_equal(check(fixture, EVE, "its approver is its drafter"), 2);
}

static void the_entry_names_who_issued(void **state)
{
    struct fixture *fixture = *state;
    sign(fixture, ADA, BOB, ADA);
    assert_int_equal(check(fixture, BOB, "its entry names another operator"), 1);
}

static void only_operators_of_old_ledgers_issue_without_approval(void **state)
{
    struct fixture *fixture = *state;
    assert_int_equal(check(fixture, EVE, NULL), 0);
    assert_int_equal(check(fixture, ADA, "nobody has signed off its draft"), 1);
    grant(fixture, 5, EVE, ROLES_OPERATOR, false);
    assert_int_equal(check(fixture, EVE, "nobody has signed off its draft"), 1);
    /* All four roles, but not at once. */
    grant(fixture, 6, EVE, ROLES_OPERATOR & ~(unsigned)ROLE_APPROVE, true);
    grant(fixture, 7, EVE, ROLE_APPROVE, true);
    assert_int_equal(check(fixture, EVE, "nobody has signed off its draft"), 1);
}

static void refuses_other_forms(void **state)
{
    static const char *const forms[] = {
        "null",
        "[]",
        "{}",
        "{\"approve\":1,\"draft\":2,\"issue\":3}",
        "{\"approve\":{},\"draft\":{},\"issue\":{}}",
    };
    struct fixture *fixture = *state;
    struct signoff signoffs[SIGNOFF_STEPS];
    struct error err;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        json_object_set_new(fixture->document, "signoffs",
                            json_loads(forms[i], JSON_DECODE_ANY, NULL));
        assert_refused(signoffs_parse(fixture->document, signoffs, &err), ERROR_INPUT);
        assert_int_equal(check(fixture, EVE, NULL), 1);
    }
    sign(fixture, ADA, BOB, ADA);
    json_object_set_new(json_object_get(fixture->document, "signoffs"), "pay", json_object());
    assert_refused(signoffs_parse(fixture->document, signoffs, &err), ERROR_INPUT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(takes_a_draft_that_another_approved),
        TEST(a_drafter_never_approves_his_own_draft_whatever_he_may),
        TEST(each_step_needs_its_role),
        TEST(a_role_counts_where_the_document_stands),
        TEST(a_revoked_approver_has_approved_nothing),
        TEST(what_was_approved_is_what_is_issued),
        TEST(a_signature_is_of_one_step),
        TEST(the_entry_names_who_issued),
        TEST(only_operators_of_old_ledgers_issue_without_approval),
        TEST(refuses_other_forms),
    };
    return run_with_core(tests);
}
