/*
 * daybook-verify bundle over a small bundle that this test makes itself: whole, changed, and forged
 * by an operator who holds every key and seals what he likes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "base/instant.h"
#include "core/canonical.h"
#include "core/keyring.h"
#include "core/leaf.h"
#include "core/proof.h"
#include "core/series.h"
#include "core/tree.h"
#include "verify/bundle.h"

#define ORIGIN "daybook.example/test"
#define TENANT 7

/* A tenant of two invoices; the bundle is the second one's. */
enum {
    AT_LOG,
    AT_INGEST, /* grants of one key, each of a role */
    AT_CONTROL,
    AT_INVOICES,
    AT_OPERATOR,
    AT_TENANT,
    AT_PLAN,
    AT_CONTRACT,
    AT_USAGE_0, /* of September */
    AT_USAGE_1, /* of October, came in September's grace: carried */
    AT_PERIOD_1,
    AT_DOCUMENT_1,
    AT_TRANSFER_1,
    AT_USAGE_2, /* of September, late */
    AT_USAGE_3, /* of October */
    AT_USAGE_4, /* of November: forward */
    AT_PERIOD_2,
    AT_DOCUMENT_2,
    AT_TRANSFER_2,
    AT_OTHERS, /* entries that the bundle does not hold */
    SIZE = AT_OTHERS + 3
};

/* One thing that the forger does before he signs. */
struct forgery {
    const char *name;
    unsigned at;
    const char *path;  /* member of the content, "period.from" */
    const char *value; /* JSON; NULL: the member goes */
    void (*change)(struct entry *entry);
    const char *findings;
};

struct fixture {
    char path[64];
    struct secret_key *root, *log, *writer, *person;
    struct verify_keys keys;
    struct leaf leaves[SIZE];
    struct digest contents[SIZE];
    struct tree_memory tree;
    struct text descriptor;
    struct digest series;
    const struct forgery *forgery;
    json_t *bundle;
};

/* ------------------------------------------------------------------------------- small things */

static struct secret_key *key_of(const char *name, unsigned char fill)
{
    unsigned char seed[32];
    struct secret_key *key;
    struct error err;
    memset(seed, fill, sizeof seed);
    assert_true(key_from_seed(name, seed, &key, &err));
    return key;
}

static json_t *hex_json(const void *bytes, size_t size)
{
    char hex[2 * SERIES_DESCRIPTOR_SIZE_MAX + 1];
    hex_encode(bytes, size, hex);
    return json_string(hex);
}

static json_t *hash_json(const struct digest *hash)
{
    return hex_json(hash->bytes, DIGEST_SIZE);
}

static json_t *base64_json(const struct digest *hash)
{
    char text[BASE64_SIZE(DIGEST_SIZE)];
    return json_string(base64_encode(hash->bytes, DIGEST_SIZE, text, sizeof text));
}

static json_t *parse(const char *text)
{
    json_error_t why;
    json_t *value = json_loads(text, JSON_DECODE_ANY, &why);
    assert_non_null(value);
    return value;
}

static struct digest root_at(const struct fixture *fixture, uint64_t size)
{
    return tree_memory_root(&fixture->tree, size);
}

/* Sets or removes a member below the content; "a.0.b" goes into a list. */
static void set_member(json_t *json, const char *path, const char *value)
{
    char name[64];
    size_t size = strcspn(path, ".");
    snprintf(name, sizeof name, "%.*s", (int)size, path);
    if (path[size] == '.')
        set_member(json_is_array(json) ? json_array_get(json, (size_t)atoi(name))
                                       : json_object_get(json, name),
                   path + size + 1, value);
    else if (value == NULL)
        assert_int_equal(json_object_del(json, name), 0);
    else if (json_is_array(json))
        assert_int_equal(json_array_append_new(json, parse(value)), 0);
    else
        assert_int_equal(json_object_set_new(json, name, parse(value)), 0);
}

/* ------------------------------------------------------------------------------------ entries */

static bool is_in_bundle(uint64_t index)
{
    return index < AT_OTHERS && index != AT_USAGE_0;
}

static void add_entry(struct fixture *fixture, uint64_t index, struct entry entry)
{
    unsigned char tenant_key[32] = {5}, body[BODY_SIZE_MAX];
    const struct forgery *forgery = fixture->forgery;
    struct leaf *leaf = &fixture->leaves[index];
    entry.ledger = ledger_id_of_origin(ORIGIN);
    if (forgery != NULL && forgery->at == index && forgery->change != NULL)
        forgery->change(&entry);
    leaf_sign(entry_kind_is_public(entry.kind) ? fixture->root : fixture->writer, tenant_key,
              &entry, leaf);
    struct digest hash = leaf_hash(leaf);
    tree_memory_append(&fixture->tree, &hash);
    if (!is_in_bundle(index))
        return;
    struct salt salt = leaf_salt(tenant_key, &entry);
    size_t size = body_encode(&entry, body);
    json_array_append_new(json_object_get(fixture->bundle, "entries"),
                          json_pack("{s:I,s:o,s:o,s:o,s:o}", "index", (json_int_t)index, "body",
                                    hex_json(body, size), "salt", hex_json(salt.bytes, 32),
                                    "signature", hex_json(leaf->signature.bytes, SIGNATURE_SIZE),
                                    "writer", hex_json(leaf->writer.bytes, DIGEST_SIZE)));
}

static void add_control(struct fixture *fixture, uint64_t index, enum entry_kind kind, uint64_t seq,
                        const char *subject, json_t *content)
{
    bool is_ledgers = kind == ENTRY_TENANT || kind == ENTRY_PLAN || entry_kind_is_public(kind);
    struct entry entry = {.kind = kind,
                          .tenant = is_ledgers ? 0 : TENANT,
                          .stream = is_ledgers ? STREAM_CONTROL : STREAM_MONEY,
                          .stream_seq = seq};
    struct text bytes CLEANUP(text_release);
    const struct forgery *forgery = fixture->forgery;
    struct error err;
    text_init(&bytes);
    if (forgery != NULL && forgery->at == index && forgery->path != NULL)
        set_member(content, forgery->path, forgery->value);
    assert_true(canonical_write(content, &bytes, &err));
    entry.control.version = 1;
    entry.control.subject = digest_subject(entry_kind_word(kind), subject);
    entry.control.operator_key = key_hash(key_public(fixture->person)->bytes);
    entry.control.content = fixture->contents[index] = digest_of(bytes.data, bytes.size);
    add_entry(fixture, index, entry);
    json_array_append_new(
        json_object_get(fixture->bundle, "contents"),
        json_pack("{s:I,s:s}", "index", (json_int_t)index, "content", bytes.data));
    if (index == AT_DOCUMENT_2)
        json_object_set_new(fixture->bundle, "document", json_string(bytes.data));
    json_decref(content);
}

static void add_usage(struct fixture *fixture, uint64_t index, uint64_t seq, const char *from)
{
    struct entry entry = {
        .kind = ENTRY_USAGE, .tenant = TENANT, .stream = STREAM_USAGE, .stream_seq = seq};
    struct error err;
    entry.usage.series = fixture->series;
    assert_true(instant_parse(from, strlen(from), "from", &entry.usage.from_us, &err));
    entry.usage.length_seconds = 3600;
    entry.usage.quantity = 10;
    entry.usage.contributions = 1;
    add_entry(fixture, index, entry);
}

static void add_transfer(struct fixture *fixture, uint64_t index, uint64_t seq)
{
    struct entry entry = {
        .kind = ENTRY_TRANSFER, .tenant = TENANT, .stream = STREAM_MONEY, .stream_seq = seq};
    entry.transfer = (struct transfer_body){.debit = digest_subject("account", "receivable:acme"),
                                            .credit = digest_subject("account", "revenue:seller"),
                                            .amount = 1234,
                                            .currency = "EUR",
                                            .exponent = 2,
                                            .code = 1,
                                            .document = fixture->contents[index - 1]};
    add_entry(fixture, index, entry);
}

/* ----------------------------------------------------------------------------------- contents */

static json_t *cut_json(const struct fixture *fixture, uint64_t size)
{
    struct digest root = root_at(fixture, size);
    return json_pack("[{s:s,s:I,s:o}]", "origin", ORIGIN, "size", (json_int_t)size, "root",
                     hash_json(&root));
}

static json_t *period_json(const struct fixture *fixture, uint64_t size, const char *label,
                           const char *from, const char *to, json_t *previous)
{
    return json_pack("{s:s,s:{s:s,s:i},s:s,s:s,s:s,s:o,s:o}", "tenant", "acme", "contract", "id",
                     "c", "version", 1, "label", label, "from", from, "to", to, "cut",
                     cut_json(fixture, size), "previous", previous);
}

static json_t *range_json(int from, int to)
{
    return json_pack("{s:i,s:i,s:i}", "from_seq", from, "to_seq", to, "next", to);
}

/* An entry set of one usage entry, or of none. */
static json_t *set_json(const struct fixture *fixture, unsigned index)
{
    struct digest hash = leaf_hash(&fixture->leaves[index]);
    struct digest set = digest_of(hash.bytes, index == 0 ? 0 : DIGEST_SIZE);
    return json_pack("{s:i,s:o}", "count", index == 0 ? 0 : 1, "hash", hash_json(&set));
}

static json_t *usage_json(const struct fixture *fixture, const char *label, int entries)
{
    char quantity[16];
    snprintf(quantity, sizeof quantity, "%d", 10 * entries);
    return json_pack("{s:s,s:o,s:s,s:i}", "period", label, "series", hash_json(&fixture->series),
                     "quantity", quantity, "entries", entries);
}

/* All that both documents say. */
static json_t *document_json(const struct fixture *fixture, const char *number)
{
    struct ledger_id ledger = ledger_id_of_origin(ORIGIN);
    json_t *series = json_pack("[{s:o,s:o}]", "series", hash_json(&fixture->series), "descriptor",
                               hex_json(fixture->descriptor.data, fixture->descriptor.size));
    return json_pack(
        "{s:s,s:s,s:o,s:{s:s,s:s},s:{s:s},s:{s:s,s:i,s:i,s:o},s:[{s:s,s:i,s:i,s:o}],s:s,s:i,s:s,"
        "s:s,s:s,s:o}",
        "number", number, "document", "invoice", "ledger_id",
        hex_json(ledger.bytes, sizeof ledger.bytes), "tenant", "id", "acme", "number", "7",
        "seller", "id", "seller", "contract", "id", "c", "version", 1, "index", AT_CONTRACT, "hash",
        hash_json(&fixture->contents[AT_CONTRACT]), "plans", "plan", "p", "version", 1, "index",
        AT_PLAN, "hash", hash_json(&fixture->contents[AT_PLAN]), "currency", "EUR", "exponent", 2,
        "net", "10.37", "tax", "1.97", "total", "12.34", "series", series);
}

static json_t *document_1(const struct fixture *fixture)
{
    json_t *document = document_json(fixture, "N-1");
    json_t *more = json_pack(
        "{s:{s:s,s:s,s:s,s:i},s:o,s:{s:o,s:o},s:[o],s:o,s:o}", "period", "label", "2026-09", "from",
        "2026-09-01T00:00:00Z", "to", "2026-10-01T00:00:00Z", "index", AT_PERIOD_1, "cut",
        cut_json(fixture, AT_PERIOD_1), "entries", "usage", range_json(0, 2), "money",
        range_json(0, 2), "usage", usage_json(fixture, "2026-09", 1), "carried",
        set_json(fixture, 0), "forward", set_json(fixture, AT_USAGE_1));
    json_object_update(document, more);
    json_decref(more);
    return document;
}

static json_t *document_2(const struct fixture *fixture)
{
    json_t *document = document_json(fixture, "N-2");
    json_t *more =
        json_pack("{s:{s:s,s:s,s:s,s:i},s:o,s:{s:o,s:o},s:[o,o],s:o,s:o}", "period", "label",
                  "2026-10", "from", "2026-10-01T00:00:00Z", "to", "2026-11-01T00:00:00Z", "index",
                  AT_PERIOD_2, "cut", cut_json(fixture, AT_PERIOD_2), "entries", "usage",
                  range_json(2, 5), "money", range_json(2, 5), "usage",
                  usage_json(fixture, "2026-09", 1), usage_json(fixture, "2026-10", 2), "carried",
                  set_json(fixture, AT_USAGE_1), "forward", set_json(fixture, AT_USAGE_4));
    json_object_update(document, more);
    json_decref(more);
    return document;
}

static json_t *contract_json(void)
{
    return json_pack("{s:s,s:s,s:s,s:{s:s},s:[{s:s,s:i}]}", "contract", "c", "tenant", "acme",
                     "currency", "EUR", "legal_entity", "id", "seller", "plans", "plan", "p",
                     "version", 1);
}

/* ------------------------------------------------------------------------------------ the log */

static void add_keys(struct fixture *fixture)
{
    static const unsigned roles[] = {ROLE_INGEST, ROLE_CONTROL, ROLE_INVOICES, ROLE_ISSUE};
    add_control(fixture, AT_LOG, ENTRY_LOG, 0, ORIGIN,
                keyring_log_content(ORIGIN, &fixture->keys.log, &fixture->keys.root));
    for (uint64_t i = 0; i < COUNT_OF(roles); i++)
        add_control(fixture, i + 1, ENTRY_KEY, i + 1, "key",
                    keyring_grant_content(
                        key_public(roles[i] == ROLE_ISSUE ? fixture->person : fixture->writer),
                        roles[i], true));
}

static void add_entries(struct fixture *fixture)
{
    add_keys(fixture);
    add_control(fixture, AT_TENANT, ENTRY_TENANT, 5, "acme",
                json_pack("{s:s,s:s}", "id", "acme", "number", "7"));
    add_control(fixture, AT_PLAN, ENTRY_PLAN, 6, "p", json_pack("{s:s}", "plan", "p"));
    add_control(fixture, AT_CONTRACT, ENTRY_CONTRACT, 0, "c", contract_json());
    add_usage(fixture, AT_USAGE_0, 0, "2026-09-02T00:00:00Z");
    add_usage(fixture, AT_USAGE_1, 1, "2026-10-02T00:00:00Z");
    add_control(fixture, AT_PERIOD_1, ENTRY_PERIOD, 1, "2026-09",
                period_json(fixture, AT_PERIOD_1, "2026-09", "2026-09-01T00:00:00Z",
                            "2026-10-01T00:00:00Z", json_null()));
    add_control(fixture, AT_DOCUMENT_1, ENTRY_DOCUMENT, 2, "N-1", document_1(fixture));
    add_transfer(fixture, AT_TRANSFER_1, 3);
    add_usage(fixture, AT_USAGE_2, 2, "2026-09-03T00:00:00Z");
    add_usage(fixture, AT_USAGE_3, 3, "2026-10-03T00:00:00Z");
    add_usage(fixture, AT_USAGE_4, 4, "2026-11-03T00:00:00Z");
    add_control(fixture, AT_PERIOD_2, ENTRY_PERIOD, 4, "2026-10",
                period_json(fixture, AT_PERIOD_2, "2026-10", "2026-10-01T00:00:00Z",
                            "2026-11-01T00:00:00Z", json_integer(AT_PERIOD_1)));
    add_control(fixture, AT_DOCUMENT_2, ENTRY_DOCUMENT, 5, "N-2", document_2(fixture));
    add_transfer(fixture, AT_TRANSFER_2, 6);
    for (uint64_t i = AT_OTHERS; i < SIZE; i++)
        add_usage(fixture, i, i, "2026-11-04T00:00:00Z");
}

static void set_hashes(struct fixture *fixture, const char *name, const struct digest *hashes,
                       size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, base64_json(&hashes[i]));
    json_object_set_new(fixture->bundle, name, list);
}

/* The checkpoint, and the proofs over what the bundle holds. */
static void seal(struct fixture *fixture)
{
    struct checkpoint checkpoint = {.origin = ORIGIN, .size = SIZE};
    struct text note CLEANUP(text_release);
    struct arena arena CLEANUP(arena_release);
    struct digest *hashes;
    struct proof cut;
    uint64_t indexes[SIZE];
    size_t count = 0, hash_count;
    struct error err;
    text_init(&note);
    arena_init(&arena);
    for (uint64_t i = 0; i < SIZE; i++)
        if (is_in_bundle(i))
            indexes[count++] = i;
    checkpoint.root = root_at(fixture, SIZE);
    checkpoint_sign(&checkpoint, fixture->log, &note);
    json_object_set_new(fixture->bundle, "checkpoint", json_string(note.data));
    assert_true(proof_make_many(indexes, count, SIZE, tree_memory_read, &fixture->tree, &arena,
                                &hashes, &hash_count, &err));
    set_hashes(fixture, "proof", hashes, hash_count);
    assert_true(
        proof_make_consistency(AT_PERIOD_2, SIZE, tree_memory_read, &fixture->tree, &cut, &err));
    set_hashes(fixture, "cut_proof", cut.hashes, cut.count);
}

/* The bundle, as this forger has it; NULL: an honest one. */
static void make(struct fixture *fixture, const struct forgery *forgery)
{
    char log_vkey[VKEY_SIZE], root_vkey[VKEY_SIZE];
    fixture->forgery = forgery;
    json_decref(fixture->bundle);
    tree_memory_release(&fixture->tree);
    tree_memory_init(&fixture->tree);
    fixture->bundle = json_pack("{s:i,s:s,s:i,s:i,s:[],s:[],s:[{s:o}],s:s,s:s}", "daybook_bundle",
                                1, "origin", ORIGIN, "size", SIZE, "document_index", AT_DOCUMENT_2,
                                "entries", "contents", "series", "descriptor",
                                hex_json(fixture->descriptor.data, fixture->descriptor.size),
                                "log_vkey", key_format_vkey(&fixture->keys.log, log_vkey),
                                "root_vkey", key_format_vkey(&fixture->keys.root, root_vkey));
    add_entries(fixture);
    seal(fixture);
}

static int set_up(void **state)
{
    struct fixture *fixture = memory_alloc(sizeof *fixture);
    struct series series = {
        .meter = slice_of("gpu_time"), .unit = slice_of("s"), .aggregation = AGGREGATION_SUM};
    struct error err;
    core_init();
    snprintf(fixture->path, sizeof fixture->path, "/tmp/daybook-bundle-XXXXXX");
    int file = mkstemp(fixture->path);
    assert_true(file >= 0);
    close(file);
    fixture->root = key_of(ORIGIN "/root", 1);
    fixture->log = key_of(ORIGIN, 2);
    fixture->writer = key_of(ORIGIN "/writer", 3);
    fixture->person = key_of(ORIGIN "/operator", 4);
    fixture->keys.log = *key_public(fixture->log);
    fixture->keys.root = *key_public(fixture->root);
    tree_memory_init(&fixture->tree);
    text_init(&fixture->descriptor);
    assert_true(series_encode(&series, &fixture->descriptor, &err));
    fixture->series = digest_of(fixture->descriptor.data, fixture->descriptor.size);
    make(fixture, NULL);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    unlink(fixture->path);
    key_release(fixture->root);
    key_release(fixture->log);
    key_release(fixture->writer);
    key_release(fixture->person);
    tree_memory_release(&fixture->tree);
    text_release(&fixture->descriptor);
    json_decref(fixture->bundle);
    free(fixture);
    return 0;
}

/* ---------------------------------------------------------------------------------- verifying */

static void write_file(const struct fixture *fixture, const char *bytes, size_t size)
{
    FILE *file = fopen(fixture->path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* The findings' words, in the table's order, separated by spaces. */
static bool words_are(const struct fixture *fixture, const char *expected)
{
    struct verify_bundle_report report;
    struct findings findings;
    struct error err = {0};
    struct text words CLEANUP(text_release);
    struct text lines CLEANUP(text_release);
    struct text bytes CLEANUP(text_release);
    text_init(&words);
    text_init(&lines);
    text_init(&bytes);
    assert_true(canonical_write(fixture->bundle, &bytes, &err));
    write_file(fixture, bytes.data, bytes.size);
    findings_init(&findings);
    assert_true(verify_bundle(fixture->path, NULL, &fixture->keys, &report, &findings, &err));
    for (enum finding f = 0; f < FINDING_COUNT; f++)
        if (findings.counts[f] > 0)
            text_printf(&words, "%s%s", words.size > 0 ? " " : "", finding_word(f));
    bool same = strcmp(words.data, expected) == 0;
    findings_format(&findings, &lines);
    if (!same)
        print_message("# '%s' expected, found:\n%s", expected, lines.data);
    findings_release(&findings);
    return same;
}

static void expect_findings(const struct fixture *fixture, const char *expected)
{
    assert_true(words_are(fixture, expected));
}

static void verifies_an_intact_bundle(void **state)
{
    expect_findings(*state, "");
}

/* ------------------------------------------------------------------------------------ forgers */

static void by_a_stranger(struct entry *entry)
{
    entry->control.operator_key.bytes[0] ^= 1;
}

static void for_another_tenant(struct entry *entry)
{
    entry->tenant = TENANT + 1;
}

static void same_number_again(struct entry *entry)
{
    entry->stream_seq--;
}

static void number_left_out(struct entry *entry)
{
    entry->stream_seq++;
}

static void more_usage(struct entry *entry)
{
    entry->usage.quantity++;
}

static void enormous(struct entry *entry)
{
    entry->usage.quantity = INT128_MAX;
}

static void more_money(struct entry *entry)
{
    entry->transfer.amount++;
}

static void the_other_way(struct entry *entry)
{
    struct digest debit = entry->transfer.debit;
    entry->transfer.debit = entry->transfer.credit;
    entry->transfer.credit = debit;
}

static void in_dollars(struct entry *entry)
{
    memcpy(entry->transfer.currency, "USD", 3);
}

static void for_another_document(struct entry *entry)
{
    entry->transfer.document.bytes[0] ^= 1;
}

static void another_subject(struct entry *entry)
{
    entry->control.subject.bytes[0] ^= 1;
}

static void second_version(struct entry *entry)
{
    entry->control.version++;
}

/* What is signed is as the forger wants it: hashes, signatures, proofs and checkpoint all hold. */
static const struct forgery forgeries[] = {
    /* whom and by whom */
    {"a plan by an operator that was not granted", AT_PLAN, NULL, NULL, by_a_stranger,
     "entry_operator"},
    {"a document by an operator that was not granted", AT_DOCUMENT_2, NULL, NULL, by_a_stranger,
     "entry_operator"},
    {"another tenant's number under this one's name", AT_TENANT, "number", "\"8\"", NULL,
     "bundle_document"},
    {"another tenant's usage", AT_USAGE_3, NULL, NULL, for_another_tenant,
     "stream_gap bundle_entries bundle_usage"},
    {"another tenant's contract", AT_CONTRACT, NULL, NULL, for_another_tenant, "bundle_entries"},
    {"a contract that names another tenant", AT_CONTRACT, "tenant", "\"umbrella\"", NULL,
     "bundle_document"},
    {"a period that names another tenant", AT_PERIOD_2, "tenant", "\"umbrella\"", NULL,
     "bundle_document"},
    /* what was agreed */
    {"a plan that the contract does not name", AT_CONTRACT, "plans.0.plan", "\"q\"", NULL,
     "bundle_document"},
    {"a plan's version that the contract does not name", AT_CONTRACT, "plans.0.version", "2", NULL,
     "bundle_document"},
    {"a plan under another one's name", AT_PLAN, "plan", "\"q\"", NULL,
     "content_mismatch bundle_document"},
    {"a plan in another version", AT_PLAN, NULL, NULL, second_version, "bundle_document"},
    {"the document names another plan by hash", AT_DOCUMENT_2, "plans.0.hash", "\"00\"", NULL,
     "bundle_document"},
    {"the document names another contract by hash", AT_DOCUMENT_2, "contract.hash", "\"00\"", NULL,
     "bundle_document"},
    {"the document names no hash of its contract", AT_DOCUMENT_2, "contract.hash", NULL, NULL,
     "bundle_document"},
    {"the document leaves out its plan", AT_DOCUMENT_2, "plans", "[]", NULL,
     "bundle_entries bundle_document"},
    {"another version of the contract than the period's", AT_PERIOD_2, "contract.version", "2",
     NULL, "bundle_document"},
    {"another currency than the contract's", AT_CONTRACT, "currency", "\"USD\"", NULL,
     "bundle_document"},
    {"another seller than the contract's", AT_CONTRACT, "legal_entity.id", "\"other\"", NULL,
     "bundle_document"},
    /* period and cut */
    {"a longer period than was closed", AT_DOCUMENT_2, "period.to", "\"2026-12-01T00:00:00Z\"",
     NULL, "bundle_forward bundle_usage bundle_document"},
    {"a shorter period than was closed", AT_DOCUMENT_2, "period.to", "\"2026-10-02T00:00:00Z\"",
     NULL, "bundle_forward bundle_usage bundle_document"},
    {"another label than was closed", AT_DOCUMENT_2, "period.label", "\"2026-11\"", NULL,
     "bundle_usage bundle_document"},
    {"a period that begins before the last one's end", AT_DOCUMENT_2, "period.from",
     "\"2026-09-02T00:00:00Z\"", NULL,
     "content_malformed bundle_usage bundle_document bundle_previous"},
    {"a cut that was never sealed", AT_DOCUMENT_2, "cut.0.root",
     "\"0000000000000000000000000000000000000000000000000000000000000000\"", NULL,
     "proof_invalid bundle_document"},
    {"another cut than the period's", AT_PERIOD_2, "cut.0.size", "15", NULL, "bundle_document"},
    {"a cut after the period's entry", AT_DOCUMENT_2, "cut.0.size", "17", NULL, "bundle_document"},
    {"a cut before its usage", AT_DOCUMENT_2, "cut.0.size", "15", NULL,
     "proof_invalid bundle_entries bundle_document"},
    {"a cut of another log", AT_DOCUMENT_2, "cut.0.origin", "\"other\"", NULL, "bundle_document"},
    {"a cut of nothing", AT_DOCUMENT_2, "cut.0.size", "0", NULL,
     "proof_invalid bundle_entries bundle_document bundle_previous"},
    {"two cuts", AT_DOCUMENT_2, "cut.1", "{}", NULL, "bundle_document"},
    {"the period before ends before its usage", AT_PERIOD_1, "to", "\"2026-09-03T00:00:00Z\"", NULL,
     "bundle_usage"},
    {"the period before is not named", AT_PERIOD_2, "previous", "3", NULL,
     "bundle_entries bundle_usage"},
    {"usage moved into an earlier period", AT_DOCUMENT_2, "usage.0.period", "\"2026-08\"", NULL,
     "bundle_usage"},
    {"usage said to be of no period", AT_DOCUMENT_2, "usage.0.unrated", "true", NULL,
     "bundle_usage"},
    {"periods that overlap", AT_PERIOD_1, "to", "\"2026-10-02T00:00:00Z\"", NULL,
     "content_malformed bundle_entries bundle_usage"},
    /* usage */
    {"more usage than the document counts", AT_USAGE_3, NULL, NULL, more_usage, "bundle_usage"},
    {"usage that overflows", AT_USAGE_3, NULL, NULL, enormous, "bundle_usage"},
    {"a total that is not the usage's", AT_DOCUMENT_2, "usage.1.quantity", "\"30\"", NULL,
     "bundle_usage"},
    {"a total that is counted twice", AT_DOCUMENT_2, "usage.2",
     "{\"entries\":0,\"period\":\"2026-09\",\"quantity\":\"0\",\"series\":"
     "\"0000000000000000000000000000000000000000000000000000000000000000\"}",
     NULL, "bundle_usage"},
    {"a stream_seq used twice", AT_USAGE_3, NULL, NULL, same_number_again,
     "stream_gap stream_order"},
    {"a stream_seq left out", AT_USAGE_3, NULL, NULL, number_left_out, "stream_gap stream_order"},
    {"usage left out of the range", AT_DOCUMENT_2, "entries.usage.to_seq", "4", NULL,
     "bundle_document"},
    {"a range that another begins in", AT_DOCUMENT_2, "entries.usage.from_seq", "3", NULL,
     "bundle_forward bundle_previous"},
    {"usage billed twice", AT_DOCUMENT_2, "entries.usage.from_seq", "1", NULL,
     "bundle_forward bundle_previous"},
    {"another forward hash", AT_DOCUMENT_2, "forward.hash",
     "\"0000000000000000000000000000000000000000000000000000000000000000\"", NULL,
     "bundle_forward"},
    {"the document before carried another entry", AT_DOCUMENT_1, "forward.count", "2", NULL,
     "bundle_previous"},
    {"the document before ended elsewhere", AT_DOCUMENT_1, "entries.usage.next", "1", NULL,
     "bundle_previous"},
    {"the document before ended elsewhere in the money", AT_DOCUMENT_1, "entries.money.next", "3",
     NULL, "bundle_previous"},
    {"the document before was of the same period", AT_DOCUMENT_1, "period.to",
     "\"2026-11-01T00:00:00Z\"", NULL, "bundle_previous"},
    {"the document before had a later cut", AT_DOCUMENT_1, "cut.0.size", "17", NULL,
     "bundle_previous"},
    /* money */
    {"more money than the total", AT_TRANSFER_2, NULL, NULL, more_money, "bundle_document"},
    {"money the other way", AT_TRANSFER_2, NULL, NULL, the_other_way, "bundle_document"},
    {"money in dollars", AT_TRANSFER_2, NULL, NULL, in_dollars, "bundle_document"},
    {"money for another document", AT_TRANSFER_2, NULL, NULL, for_another_document,
     "bundle_document"},
    {"money between documents", AT_TRANSFER_1, NULL, NULL, for_another_document, "bundle_previous"},
    {"a hundred times the total", AT_DOCUMENT_2, "total", "\"1234\"", NULL, "bundle_document"},
    {"a credit note that was booked as an invoice", AT_DOCUMENT_2, "total", "\"-12.34\"", NULL,
     "bundle_document"},
    {"a tax that was not added", AT_DOCUMENT_2, "tax", "\"2.97\"", NULL, "bundle_document"},
    {"an invoice called a credit note", AT_DOCUMENT_2, "document", "\"credit_note\"", NULL,
     "bundle_document"},
    {"a document outside its range", AT_DOCUMENT_2, NULL, NULL, number_left_out,
     "stream_gap stream_order bundle_entries"},
    {"a document as if it were the first", AT_DOCUMENT_2, "entries.money.from_seq", "0", NULL,
     "bundle_previous"},
    {"money left out of the range", AT_DOCUMENT_2, "entries.money.from_seq", "4", NULL,
     "bundle_previous"},
    {"another number than the entry's", AT_DOCUMENT_2, NULL, NULL, another_subject,
     "content_mismatch"},
    {"a document of another ledger", AT_DOCUMENT_2, "ledger_id", "\"00\"", NULL, "entry_ledger"},
};

static void names_every_forgery_and_nothing_else(void **state)
{
    struct fixture *fixture = *state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(forgeries); i++) {
        make(fixture, &forgeries[i]);
        if (words_are(fixture, forgeries[i].findings))
            continue;
        print_message("# ^ %s\n", forgeries[i].name);
        wrong++;
    }
    make(fixture, NULL);
    expect_findings(fixture, "");
    assert_int_equal(wrong, 0);
}

/* --------------------------------------------------------------------------- changed afterwards */

/* Changes a digit of a text member of a list's item. */
static void flip(const struct fixture *fixture, const char *list, size_t item, const char *member,
                 size_t at)
{
    json_t *object = json_array_get(json_object_get(fixture->bundle, list), item);
    char *text = strdup(json_string_value(json_object_get(object, member)));
    assert_true(at < strlen(text));
    text[at] = text[at] == '1' ? '2' : '1';
    json_object_set_new(object, member, json_string(text));
    free(text);
}

static void names_every_flipped_member_and_nothing_else(void **state)
{
    static const struct {
        const char *list;
        size_t item;
        const char *member;
        size_t at;
        const char *findings;
    } rows[] = {
        {"entries", AT_USAGE_1 - 1, "salt", 3, "proof_invalid entry_signature bundle_forward"},
        {"entries", AT_CONTRACT, "signature", 9, "proof_invalid entry_signature"},
        {"entries", AT_CONTRACT, "writer", 0, "proof_invalid entry_writer"},
        {"contents", AT_CONTRACT, "content", 7, "content_mismatch"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct fixture *fixture = *state;
        json_t *whole = json_deep_copy(fixture->bundle);
        flip(fixture, rows[i].list, rows[i].item, rows[i].member, rows[i].at);
        print_message("# %s %zu %s\n", rows[i].list, rows[i].item, rows[i].member);
        expect_findings(fixture, rows[i].findings);
        json_decref(fixture->bundle);
        fixture->bundle = whole;
    }
}

static bool file_verifies(const struct fixture *fixture)
{
    struct verify_bundle_report report;
    struct findings findings;
    struct error err = {0};
    findings_init(&findings);
    assert_true(verify_bundle(fixture->path, NULL, &fixture->keys, &report, &findings, &err));
    bool verifies = findings.total == 0;
    findings_release(&findings);
    return verifies;
}

static bool verifies_with(const struct fixture *fixture, int file, size_t at, char byte)
{
    assert_int_equal(pwrite(file, &byte, 1, (off_t)at), 1);
    return file_verifies(fixture);
}

static bool is_in_long_hex(const struct text *bytes, size_t at)
{
    for (size_t i = at < 8 ? 0 : at - 8; i < at + 8 && i < bytes->size; i++)
        if (memchr("0123456789abcdef", bytes->data[i], 16) == NULL)
            return false;
    return true;
}

/* Each byte, a letter also in the other case. Of long hex, all of which is hashed, every fourth
 * digit becomes another digit (that takes the time of a whole verification), the rest none. */
static void verifies_no_bundle_with_a_changed_byte(void **state)
{
    struct fixture *fixture = *state;
    struct text bytes CLEANUP(text_release);
    struct error err;
    text_init(&bytes);
    assert_true(canonical_write(fixture->bundle, &bytes, &err));
    write_file(fixture, bytes.data, bytes.size);
    assert_true(file_verifies(fixture));
    int file = open(fixture->path, O_WRONLY);
    assert_true(file >= 0);
    for (size_t i = 0; i < bytes.size; i++) {
        char byte = bytes.data[i], folded = (char)(byte | 0x20);
        bool is_letter = folded >= 'a' && folded <= 'z';
        char mask = i % 4 != 0 && is_in_long_hex(&bytes, i) ? 0x40 : 0x01;
        if (verifies_with(fixture, file, i, (char)(byte ^ mask)) ||
            (is_letter && verifies_with(fixture, file, i, (char)(byte ^ 0x20))))
            fail_msg("byte %zu changed, and it verifies: %.30s", i, bytes.data + i);
        assert_int_equal(pwrite(file, &byte, 1, (off_t)i), 1);
    }
    assert_true(file_verifies(fixture));
    close(file);
}

static void verifies_no_bundle_that_is_cut_off(void **state)
{
    struct fixture *fixture = *state;
    struct text bytes CLEANUP(text_release);
    struct error err;
    text_init(&bytes);
    assert_true(canonical_write(fixture->bundle, &bytes, &err));
    write_file(fixture, bytes.data, bytes.size);
    for (size_t size = bytes.size; size-- > 0;) {
        assert_int_equal(truncate(fixture->path, (off_t)size), 0);
        assert_false(file_verifies(fixture));
    }
}

static void refuses_members_that_nobody_reads(void **state)
{
    struct fixture *fixture = *state;
    json_object_set_new(fixture->bundle, "note", json_string("paid"));
    expect_findings(fixture, "bundle_malformed");
    make(fixture, NULL);
    json_object_set_new(json_array_get(json_object_get(fixture->bundle, "entries"), 2), "note",
                        json_string("paid"));
    expect_findings(fixture, "bundle_malformed");
}

static void finds_a_descriptor_that_nothing_needs(void **state)
{
    struct fixture *fixture = *state;
    json_t *series = json_object_get(fixture->bundle, "series");
    json_array_append(series, json_array_get(series, 0));
    expect_findings(fixture, "series_mismatch");
}

/* Leaves out what the bundle's proof then no longer covers: the proof is made again. */
static void finds_an_entry_that_was_left_out(void **state)
{
    struct fixture *fixture = *state;
    json_array_remove(json_object_get(fixture->bundle, "entries"), AT_USAGE_3 - 1);
    expect_findings(fixture, "proof_invalid stream_gap bundle_usage");
}

static void finds_another_document(void **state)
{
    struct fixture *fixture = *state;
    char *text = strdup(json_string_value(json_object_get(fixture->bundle, "document")));
    char *quantity = strstr(text, "\"20\"");
    assert_non_null(quantity);
    quantity[1] = '4';
    json_object_set_new(fixture->bundle, "document", json_string(text));
    free(text);
    expect_findings(fixture, "bundle_usage bundle_document");
}

static void refuses_other_pinned_keys(void **state)
{
    struct fixture *fixture = *state;
    struct secret_key *other = key_of(ORIGIN, 9);
    fixture->keys.log = *key_public(other);
    expect_findings(fixture, "checkpoint_signature key_chain");
    key_release(other);
}

static void refuses_what_is_no_bundle(void **state)
{
    struct fixture *fixture = *state;
    json_object_clear(fixture->bundle);
    expect_findings(fixture, "bundle_malformed");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(verifies_an_intact_bundle),
        TEST(names_every_forgery_and_nothing_else),
        TEST(names_every_flipped_member_and_nothing_else),
        TEST(verifies_no_bundle_with_a_changed_byte),
        TEST(verifies_no_bundle_that_is_cut_off),
        TEST(refuses_members_that_nobody_reads),
        TEST(finds_a_descriptor_that_nothing_needs),
        TEST(finds_an_entry_that_was_left_out),
        TEST(finds_another_document),
        TEST(refuses_other_pinned_keys),
        TEST(refuses_what_is_no_bundle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
