#include "testing.h"

#include "core/keyring.h"

#define ORIGIN "daybook.example/eu1"

/* The keys of a small ledger, and its ring after the log was opened. */
struct ledger {
    struct public_key log, root, ingest, operator_key;
    struct keyring ring;
};

static struct public_key public_of(const char *name, unsigned char seed_byte)
{
    unsigned char seed[32] = {seed_byte};
    struct secret_key *key;
    struct public_key public;
    struct error err;

    assert_ok(key_from_seed(name, seed, &key, &err));
    public = *key_public(key);
    key_release(key);
    return public;
}

/* Applies and forgets the content. */
static bool apply(struct ledger *ledger, uint64_t index, enum entry_kind kind, json_t *content,
                  struct error *err)
{
    bool ok = keyring_apply(&ledger->ring, index, kind, content, err);

    json_decref(content);
    return ok;
}

static bool grant(struct ledger *ledger, uint64_t index, const struct public_key *key,
                  unsigned roles, struct error *err)
{
    return apply(ledger, index, ENTRY_KEY, keyring_grant_content(key, roles, true), err);
}

static bool revoke(struct ledger *ledger, uint64_t index, const struct public_key *key,
                   unsigned roles, struct error *err)
{
    return apply(ledger, index, ENTRY_KEY, keyring_grant_content(key, roles, false), err);
}

static int open_ledger(void **state)
{
    struct ledger *ledger = test_calloc(1, sizeof(*ledger));
    struct error err;

    core_init();
    ledger->log = public_of(ORIGIN, 1);
    ledger->root = public_of("root", 2);
    ledger->ingest = public_of("ingest", 3);
    ledger->operator_key = public_of("ada", 4);
    keyring_init(&ledger->ring);
    assert_ok(apply(ledger, 0, ENTRY_LOG,
                    keyring_log_content(ORIGIN, &ledger->log, &ledger->root, NULL), &err));
    *state = ledger;
    return 0;
}

static int close_ledger(void **state)
{
    struct ledger *ledger = *state;

    keyring_release(&ledger->ring);
    test_free(ledger);
    return 0;
}

static bool holds(const struct ledger *ledger, const struct public_key *key, uint64_t index,
                  unsigned roles)
{
    struct digest hash = key_hash(key->bytes);

    return keyring_find(&ledger->ring, &hash, index, roles) != NULL;
}

static void the_first_entry_names_log_and_root_key(void **state)
{
    struct ledger *ledger = *state;

    assert_string_equal(ledger->ring.origin, ORIGIN);
    assert_memory_equal(ledger->ring.log_key.bytes, ledger->log.bytes, 32);
    assert_memory_equal(ledger->ring.root_key.bytes, ledger->root.bytes, 32);
    assert_true(holds(ledger, &ledger->root, 0, ROLE_ROOT)); /* it signs the first entry itself */
    assert_true(holds(ledger, &ledger->root, 99, ROLE_ROOT));
    assert_false(holds(ledger, &ledger->root, 99, ROLE_INGEST));
    assert_true(holds(ledger, &ledger->log, 1, ROLE_LOG));
    assert_false(holds(ledger, &ledger->log, 1, ROLE_ROOT));
}

static void a_grant_holds_after_its_index_and_up_to_its_revocation(void **state)
{
    struct ledger *ledger = *state;
    struct error err;

    assert_ok(grant(ledger, 5, &ledger->ingest, ROLE_INGEST, &err));
    assert_ok(revoke(ledger, 9, &ledger->ingest, ROLE_INGEST, &err));
    assert_false(holds(ledger, &ledger->ingest, 4, ROLE_INGEST));
    assert_false(holds(ledger, &ledger->ingest, 5, ROLE_INGEST));
    assert_true(holds(ledger, &ledger->ingest, 6, ROLE_INGEST));
    assert_true(holds(ledger, &ledger->ingest, 9, ROLE_INGEST));
    assert_false(holds(ledger, &ledger->ingest, 10, ROLE_INGEST));
    assert_false(holds(ledger, &ledger->ingest, 6, ROLE_CONTROL | ROLE_INVOICES | ROLE_ROOT));
    assert_ok(grant(ledger, 20, &ledger->ingest, ROLE_INGEST, &err));
    assert_false(holds(ledger, &ledger->ingest, 15, ROLE_INGEST));
    assert_true(holds(ledger, &ledger->ingest, 21, ROLE_INGEST));
}

static void one_key_may_hold_several_grants_of_different_roles(void **state)
{
    struct ledger *ledger = *state;
    struct error err;

    assert_ok(grant(ledger, 1, &ledger->operator_key, ROLE_DRAFT | ROLE_APPROVE, &err));
    assert_refused(grant(ledger, 2, &ledger->operator_key, ROLE_APPROVE, &err), ERROR_CONFLICT);
    assert_ok(grant(ledger, 3, &ledger->operator_key, ROLE_ISSUE, &err));
    assert_refused(revoke(ledger, 4, &ledger->operator_key, ROLE_DRAFT, &err), ERROR_CONFLICT);
    assert_ok(revoke(ledger, 4, &ledger->operator_key, ROLE_DRAFT | ROLE_APPROVE, &err));
    assert_false(holds(ledger, &ledger->operator_key, 5, ROLE_APPROVE));
    assert_true(holds(ledger, &ledger->operator_key, 5, ROLE_ISSUE));
    assert_refused(revoke(ledger, 6, &ledger->operator_key, ROLE_DRAFT | ROLE_APPROVE, &err),
                   ERROR_CONFLICT);
}

static void the_root_is_neither_granted_nor_revoked(void **state)
{
    struct ledger *ledger = *state;
    struct error err;

    assert_refused(grant(ledger, 1, &ledger->ingest, ROLE_ROOT, &err), ERROR_INPUT);
    assert_refused(grant(ledger, 1, &ledger->ingest, ROLE_ROOT | ROLE_INGEST, &err), ERROR_INPUT);
    assert_refused(revoke(ledger, 1, &ledger->root, ROLE_ROOT, &err), ERROR_CONFLICT);
    assert_true(holds(ledger, &ledger->root, 2, ROLE_ROOT));
}

static void entries_come_in_order_and_none_after_the_end(void **state)
{
    struct ledger *ledger = *state;
    struct error err;
    struct key_successor successor = {.key = public_of("daybook.example/eu1/b", 5), .common = 3};

    assert_ok(grant(ledger, 5, &ledger->ingest, ROLE_INGEST, &err));
    assert_refused(grant(ledger, 5, &ledger->operator_key, ROLE_DRAFT, &err), ERROR_CONFLICT);
    assert_refused(grant(ledger, 4, &ledger->operator_key, ROLE_DRAFT, &err), ERROR_CONFLICT);
    assert_refused(apply(ledger, 6, ENTRY_LOG,
                         keyring_log_content(ORIGIN, &ledger->log, &ledger->root, NULL), &err),
                   ERROR_CONFLICT);
    assert_ok(apply(ledger, 7, ENTRY_LOG, keyring_close_content(&ledger->ring, &successor), &err));
    assert_refused(grant(ledger, 8, &ledger->operator_key, ROLE_DRAFT, &err), ERROR_CONFLICT);
}

static void a_log_begins_with_the_entry_that_opens_it(void **state)
{
    struct ledger *ledger = *state;
    struct error err;

    keyring_release(&ledger->ring);
    assert_refused(grant(ledger, 0, &ledger->ingest, ROLE_INGEST, &err), ERROR_CONFLICT);
    assert_refused(apply(ledger, 1, ENTRY_LOG,
                         keyring_log_content(ORIGIN, &ledger->log, &ledger->root, NULL), &err),
                   ERROR_CONFLICT);
    assert_refused(
        apply(ledger, 0, ENTRY_LOG,
              keyring_log_content("daybook.example/other", &ledger->log, &ledger->root, NULL),
              &err),
        ERROR_INPUT);
    assert_refused(apply(ledger, 0, ENTRY_LOG,
                         keyring_log_content(ORIGIN, &ledger->log, &ledger->log, NULL), &err),
                   ERROR_INPUT);
    assert_int_equal(ledger->ring.count, 0);
}

static void refuses_contents_of_another_form(void **state)
{
    static const char *const keys[] = {
        "{}",
        "[]",
        "null",
        "{\"action\":\"grant\",\"key\":\"x\",\"roles\":[\"ingest\"]}",
        "{\"action\":\"lend\",\"key\":\"%s\",\"roles\":[\"ingest\"]}",
        "{\"action\":\"grant\",\"key\":\"%s\",\"roles\":[]}",
        "{\"action\":\"grant\",\"key\":\"%s\",\"roles\":\"ingest\"}",
        "{\"action\":\"grant\",\"key\":\"%s\",\"roles\":[\"Ingest\"]}",
        "{\"action\":\"grant\",\"key\":\"%s\",\"roles\":[\"ingest\",\"ingest\"]}",
        "{\"action\":\"grant\",\"key\":\"%s\",\"roles\":[1]}",
        "{\"action\":\"grant\",\"key\":\"%s\",\"roles\":[\"ingest\"],\"until\":\"1\"}",
        "{\"action\":\"grant\",\"key\":\"%s\"}",
    };
    struct ledger *ledger = *state;
    size_t before = ledger->ring.count;
    struct error err;
    char vkey[VKEY_SIZE];

    key_format_vkey(&ledger->ingest, vkey);
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        const char *hole = strstr(keys[i], "%s");
        char text[600];

        snprintf(text, sizeof(text), "%.*s%s%s",
                 hole ? (int)(hole - keys[i]) : (int)strlen(keys[i]), keys[i], hole ? vkey : "",
                 hole ? hole + 2 : "");
        assert_refused(apply(ledger, 1, ENTRY_KEY, json_loads(text, JSON_DECODE_ANY, NULL), &err),
                       ERROR_INPUT);
    }
    assert_int_equal(ledger->ring.count, before);
}

#define CHAIN                                                                                      \
    "{\"feed\":\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\","              \
    "\"incarnation\":1,\"partition\":0,\"next\":\"100\",\"taken\":\"250\"}"

/* Entries 0 to 19 are common, 20 and 21 were carried, this one stands at 22; the log before had 30
 * and was closed by entry 30. */
static json_t *succession(const struct ledger *ledger, const struct public_key *log_key,
                          const char *chains)
{
    struct key_previous previous = {
        .origin = ORIGIN, .size = 31, .common = 20, .carried = 2, .lost = 8};
    previous.chains = json_loads(chains, 0, NULL);
    json_t *content = keyring_succeed_content(&ledger->ring, log_key, &previous);

    json_decref(previous.chains);
    return content;
}

static void a_successor_opens_under_a_new_name_after_what_it_carries(void **state)
{
    struct ledger *ledger = *state;
    struct public_key second = public_of("daybook.example/eu1/b", 5);
    struct public_key third = public_of("daybook.example/eu1/c", 6);
    struct error err;

    assert_ok(grant(ledger, 21, &ledger->ingest, ROLE_INGEST, &err));
    assert_ok(apply(ledger, 22, ENTRY_LOG, succession(ledger, &second, "[" CHAIN "]"), &err));
    assert_string_equal(ledger->ring.origin, second.name);
    assert_memory_equal(ledger->ring.log_key.bytes, second.bytes, 32);
    assert_int_equal(keyring_log(&ledger->ring, ORIGIN)->common, 20);
    assert_int_equal(keyring_log(&ledger->ring, second.name)->common, UINT64_MAX);
    assert_int_equal(keyring_log(&ledger->ring, second.name)->previous_size, 31);
    assert_null(keyring_log(&ledger->ring, third.name));
    assert_true(holds(ledger, &ledger->ingest, 23, ROLE_INGEST));
    assert_true(holds(ledger, &second, 23, ROLE_LOG));
    /* what is common with the next one holds the entry that opened this one */
    assert_refused(apply(ledger, 40, ENTRY_LOG, succession(ledger, &third, "[]"), &err),
                   ERROR_CONFLICT);
}

static void a_successors_numbers_are_those_of_its_place(void **state)
{
    static const struct {
        const char *member; /* of previous */
        const char *value;
        enum error_code code;
    } cases[] = {
        {"origin", "\"daybook.example/other\"", ERROR_CONFLICT},
        {"size", "\"22\"", ERROR_CONFLICT},
        {"size", "\"031\"", ERROR_INPUT},
        {"size", "31", ERROR_INPUT},
        {"root", "\"ba\"", ERROR_INPUT},
        {"common", "\"19\"", ERROR_CONFLICT},
        {"common", "\"0\"", ERROR_CONFLICT},
        {"carried", "\"3\"", ERROR_CONFLICT},
        {"lost", "\"7\"", ERROR_CONFLICT},
        {"chains", "{}", ERROR_INPUT},
        {"chains", "[{}]", ERROR_INPUT},
        {"more", "1", ERROR_INPUT},
    };
    struct ledger *ledger = *state;
    struct public_key second = public_of("daybook.example/eu1/b", 5);
    struct error err;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        json_t *content = succession(ledger, &second, "[" CHAIN "]");
        json_object_set_new(json_object_get(content, "previous"), cases[i].member,
                            json_loads(cases[i].value, JSON_DECODE_ANY, NULL));
        assert_refused(apply(ledger, 22, ENTRY_LOG, content, &err), cases[i].code);
        assert_string_equal(ledger->ring.origin, ORIGIN);
    }
    assert_refused(apply(ledger, 23, ENTRY_LOG, succession(ledger, &second, "[]"), &err),
                   ERROR_CONFLICT);
    assert_ok(apply(ledger, 22, ENTRY_LOG, succession(ledger, &second, "[]"), &err));
}

static void a_successor_has_a_new_log_key_and_the_same_root_key(void **state)
{
    struct ledger *ledger = *state;
    struct public_key again = ledger->log;
    struct public_key second = public_of("daybook.example/eu1/b", 5);
    struct error err;
    char vkey[VKEY_SIZE];

    snprintf(again.name, sizeof again.name, "%s", second.name);
    assert_refused(apply(ledger, 22, ENTRY_LOG, succession(ledger, &again, "[]"), &err),
                   ERROR_INPUT); /* a vkey's id is of name and key */
    assert_refused(apply(ledger, 22, ENTRY_LOG, succession(ledger, &ledger->log, "[]"), &err),
                   ERROR_CONFLICT);
    json_t *content = succession(ledger, &second, "[]");
    json_object_set_new(content, "root_key", json_string(key_format_vkey(&ledger->ingest, vkey)));
    assert_refused(apply(ledger, 22, ENTRY_LOG, content, &err), ERROR_CONFLICT);
    content = succession(ledger, &second, "[]");
    json_object_set_new(content, "previous", json_null());
    assert_refused(apply(ledger, 22, ENTRY_LOG, content, &err), ERROR_CONFLICT);
    keyring_release(&ledger->ring);
    content = keyring_log_content(ORIGIN, &ledger->log, &ledger->root, NULL);
    json_object_set_new(content, "previous", json_object());
    assert_refused(apply(ledger, 0, ENTRY_LOG, content, &err), ERROR_INPUT);
}

static void what_closes_a_log_names_its_one_successor(void **state)
{
    struct ledger *ledger = *state;
    struct key_successor successor = {.key = public_of("daybook.example/eu1/b", 5), .common = 20};
    struct error err;

    json_t *content = keyring_close_content(&ledger->ring, &successor);
    json_object_del(content, "successor");
    assert_refused(apply(ledger, 30, ENTRY_LOG, content, &err), ERROR_INPUT);
    successor.common = 31;
    assert_refused(
        apply(ledger, 30, ENTRY_LOG, keyring_close_content(&ledger->ring, &successor), &err),
        ERROR_INPUT);
    successor.common = 20;
    assert_ok(apply(ledger, 30, ENTRY_LOG, keyring_close_content(&ledger->ring, &successor), &err));
    assert_true(ledger->ring.closed);
    assert_string_equal(ledger->ring.successor.key.name, successor.key.name);
    assert_refused(apply(ledger, 31, ENTRY_LOG, succession(ledger, &successor.key, "[]"), &err),
                   ERROR_CONFLICT);
}

static void the_log_entry_says_which_symmetric_keys_are_the_ledgers(void **state)
{
    static const unsigned char salt[32] = {1}, dedup[32] = {2};
    struct ledger *ledger = *state;
    struct error err;
    struct digest secrets[KEYRING_SECRETS] = {
        [KEYRING_SALT] = keyring_secret_hash(KEYRING_SALT, salt),
        [KEYRING_DEDUP] = keyring_secret_hash(KEYRING_DEDUP, dedup),
    };

    assert_ok(keyring_check_secret(&ledger->ring, KEYRING_SALT, dedup, &err)); /* unsaid */
    keyring_release(&ledger->ring);
    assert_ok(apply(ledger, 0, ENTRY_LOG,
                    keyring_log_content(ORIGIN, &ledger->log, &ledger->root, secrets), &err));
    assert_ok(keyring_check_secret(&ledger->ring, KEYRING_SALT, salt, &err));
    assert_ok(keyring_check_secret(&ledger->ring, KEYRING_DEDUP, dedup, &err));
    assert_false(keyring_check_secret(&ledger->ring, KEYRING_DEDUP, salt, &err));
    assert_int_equal(err.code, ERROR_CONFLICT);
    assert_false(keyring_check_secret(&ledger->ring, KEYRING_SALT, dedup, &err));
}

static void every_kind_needs_one_role_of_a_writer(void **state)
{
    (void)state;
    for (int kind = ENTRY_USAGE; kind <= ENTRY_KIND_LAST; kind++) {
        unsigned role = keyring_role_of_kind((enum entry_kind)kind);

        assert_true(role == ROLE_ROOT || role == ROLE_INGEST || role == ROLE_CONTROL ||
                    role == ROLE_INVOICES);
        assert_int_equal(role == ROLE_ROOT, entry_kind_is_public((enum entry_kind)kind));
        assert_non_null(key_role_word((enum key_role)role));
    }
    assert_null(key_role_word((enum key_role)(ROLE_ROOT | ROLE_INGEST)));
}

#define LEDGER_TEST(name) cmocka_unit_test_setup_teardown(name, open_ledger, close_ledger)

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEDGER_TEST(the_first_entry_names_log_and_root_key),
        LEDGER_TEST(a_grant_holds_after_its_index_and_up_to_its_revocation),
        LEDGER_TEST(one_key_may_hold_several_grants_of_different_roles),
        LEDGER_TEST(the_root_is_neither_granted_nor_revoked),
        LEDGER_TEST(entries_come_in_order_and_none_after_the_end),
        LEDGER_TEST(a_log_begins_with_the_entry_that_opens_it),
        LEDGER_TEST(refuses_contents_of_another_form),
        LEDGER_TEST(a_successor_opens_under_a_new_name_after_what_it_carries),
        LEDGER_TEST(a_successors_numbers_are_those_of_its_place),
        LEDGER_TEST(a_successor_has_a_new_log_key_and_the_same_root_key),
        LEDGER_TEST(what_closes_a_log_names_its_one_successor),
        LEDGER_TEST(every_kind_needs_one_role_of_a_writer),
        LEDGER_TEST(the_log_entry_says_which_symmetric_keys_are_the_ledgers),
    };

    return run_with_core(tests);
}
