#include "harness/sample_bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/instant.h"
#include "core/canonical.h"
#include "core/checkpoint.h"
#include "core/keyring.h"
#include "core/proof.h"
#include "core/series.h"
#include "core/signoff.h"

static void must(bool good)
{
    if (!good)
        abort();
}

/* ------------------------------------------------------------------------------- small things */

static struct secret_key *key_of(const char *name, unsigned char fill)
{
    unsigned char seed[32];
    struct secret_key *key;
    struct error err;
    memset(seed, fill, sizeof seed);
    must(key_from_seed(name, seed, &key, &err));
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
    must(value != NULL);
    return value;
}

static struct digest root_at(const struct bundle_sample *sample, uint64_t size)
{
    return tree_memory_root(&sample->tree, size);
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
        must(json_object_del(json, name) == 0);
    else if (json_is_array(json))
        must(json_array_append_new(json, parse(value)) == 0);
    else
        must(json_object_set_new(json, name, parse(value)) == 0);
}

/* ------------------------------------------------------------------------------------ entries */

static bool is_in_bundle(uint64_t index)
{
    return index < AT_OTHERS;
}

static void add_entry(struct bundle_sample *sample, uint64_t index, struct entry entry)
{
    unsigned char tenant_key[32] = {5}, body[BODY_SIZE_MAX];
    const struct bundle_forgery *forgery = sample->forgery;
    struct leaf *leaf = &sample->leaves[index];
    entry.ledger = ledger_id_of_origin(SAMPLE_ORIGIN);
    if (forgery != NULL && forgery->change != NULL &&
        (forgery->at == index || forgery->at == SAMPLE_SIZE))
        forgery->change(&entry);
    leaf_sign(entry_kind_is_public(entry.kind) ? sample->root : sample->writer, tenant_key, &entry,
              leaf);
    struct digest hash = leaf_hash(leaf);
    tree_memory_append(&sample->tree, &hash);
    if (!is_in_bundle(index))
        return;
    struct salt salt = leaf_salt(tenant_key, &entry);
    size_t size = body_encode(&entry, body);
    json_array_append_new(json_object_get(sample->bundle, "entries"),
                          json_pack("{s:I,s:o,s:o,s:o,s:o}", "index", (json_int_t)index, "body",
                                    hex_json(body, size), "salt", hex_json(salt.bytes, 32),
                                    "signature", hex_json(leaf->signature.bytes, SIGNATURE_SIZE),
                                    "writer", hex_json(leaf->writer.bytes, DIGEST_SIZE)));
}

/* By the people's own keys, which a forger who holds every key has, too. */
static void sign_off(const struct bundle_sample *sample, json_t *document)
{
    struct signoff signoffs[SIGNOFF_STEPS];
    struct digest draft;
    struct error err;
    must(signoff_draft(document, &draft, &err));
    for (unsigned step = 0; step < SIGNOFF_STEPS; step++)
        signoff_sign(step == SIGNOFF_APPROVE ? sample->approver : sample->person,
                     (enum signoff_step)step, &draft, &signoffs[step]);
    json_object_set_new(document, "signoffs", signoffs_json(signoffs));
}

static void add_control(struct bundle_sample *sample, uint64_t index, enum entry_kind kind,
                        uint64_t seq, const char *subject, json_t *content)
{
    bool is_ledgers = kind == ENTRY_TENANT || kind == ENTRY_PLAN || entry_kind_is_public(kind);
    struct entry entry = {.kind = kind,
                          .tenant = is_ledgers ? 0 : SAMPLE_TENANT,
                          .stream = is_ledgers ? STREAM_CONTROL : STREAM_MONEY,
                          .stream_seq = seq};
    struct text bytes CLEANUP(text_release);
    const struct bundle_forgery *forgery = sample->forgery;
    struct error err;
    text_init(&bytes);
    bool is_forged = forgery != NULL && forgery->at == index && forgery->path != NULL;
    bool forges_signoffs = is_forged && strncmp(forgery->path, "signoffs", 8) == 0;
    if (is_forged && !forges_signoffs)
        set_member(content, forgery->path, forgery->value);
    if (kind == ENTRY_DOCUMENT)
        sign_off(sample, content);
    if (forges_signoffs)
        set_member(content, forgery->path, forgery->value);
    must(canonical_write(content, &bytes, &err));
    entry.control.version = 1;
    entry.control.subject = digest_subject(entry_kind_word(kind), subject);
    entry.control.operator_key = key_hash(key_public(sample->person)->bytes);
    entry.control.content = sample->contents[index] = digest_of(bytes.data, bytes.size);
    add_entry(sample, index, entry);
    json_array_append_new(
        json_object_get(sample->bundle, "contents"),
        json_pack("{s:I,s:s}", "index", (json_int_t)index, "content", bytes.data));
    if (index == AT_DOCUMENT_2)
        json_object_set_new(sample->bundle, "document", json_string(bytes.data));
    json_decref(content);
}

static void add_usage(struct bundle_sample *sample, uint64_t index, uint64_t seq, const char *from)
{
    struct entry entry = {
        .kind = ENTRY_USAGE, .tenant = SAMPLE_TENANT, .stream = STREAM_USAGE, .stream_seq = seq};
    struct error err;
    entry.usage.series = sample->series;
    must(instant_parse(from, strlen(from), "from", &entry.usage.from_us, &err));
    entry.usage.length_seconds = 3600;
    entry.usage.quantity = 10;
    entry.usage.contributions = 1;
    add_entry(sample, index, entry);
}

static void add_transfer(struct bundle_sample *sample, uint64_t index, uint64_t seq)
{
    struct entry entry = {
        .kind = ENTRY_TRANSFER, .tenant = SAMPLE_TENANT, .stream = STREAM_MONEY, .stream_seq = seq};
    entry.transfer = (struct transfer_body){.debit = digest_subject("account", "receivable:acme"),
                                            .credit = digest_subject("account", "revenue:seller"),
                                            .amount = 1234,
                                            .currency = "EUR",
                                            .exponent = 2,
                                            .code = 1,
                                            .document = sample->contents[index - 1]};
    add_entry(sample, index, entry);
}

/* ----------------------------------------------------------------------------------- contents */

static json_t *cut_json(const struct bundle_sample *sample, uint64_t size)
{
    struct digest root = root_at(sample, size);
    return json_pack("[{s:s,s:I,s:o}]", "origin", SAMPLE_ORIGIN, "size", (json_int_t)size, "root",
                     hash_json(&root));
}

static json_t *period_json(const struct bundle_sample *sample, uint64_t size, const char *label,
                           const char *from, const char *to, json_t *previous)
{
    return json_pack("{s:s,s:{s:s,s:i},s:s,s:s,s:s,s:o,s:o}", "tenant", "acme", "contract", "id",
                     "c", "version", 1, "label", label, "from", from, "to", to, "cut",
                     cut_json(sample, size), "previous", previous);
}

static json_t *range_json(int from, int to)
{
    return json_pack("{s:i,s:i,s:i}", "from_seq", from, "to_seq", to, "next", to);
}

/* An entry set of one usage entry, or of none. */
static json_t *set_json(const struct bundle_sample *sample, unsigned index)
{
    struct digest hash = leaf_hash(&sample->leaves[index]);
    struct digest set = digest_of(hash.bytes, index == 0 ? 0 : DIGEST_SIZE);
    return json_pack("{s:i,s:o}", "count", index == 0 ? 0 : 1, "hash", hash_json(&set));
}

static json_t *usage_json(const struct bundle_sample *sample, const char *label, int entries)
{
    char quantity[16];
    snprintf(quantity, sizeof quantity, "%d", 10 * entries);
    return json_pack("{s:s,s:o,s:s,s:i}", "period", label, "series", hash_json(&sample->series),
                     "quantity", quantity, "entries", entries);
}

/* All that both documents say. */
static json_t *document_json(const struct bundle_sample *sample, const char *number)
{
    struct ledger_id ledger = ledger_id_of_origin(SAMPLE_ORIGIN);
    json_t *series = json_pack("[{s:o,s:o}]", "series", hash_json(&sample->series), "descriptor",
                               hex_json(sample->descriptor.data, sample->descriptor.size));
    return json_pack(
        "{s:s,s:s,s:o,s:{s:s,s:s},s:{s:s},s:{s:s,s:i,s:i,s:o},s:[{s:s,s:i,s:i,s:o}],s:s,s:i,s:s,"
        "s:s,s:s,s:o}",
        "number", number, "document", "invoice", "ledger_id",
        hex_json(ledger.bytes, sizeof ledger.bytes), "tenant", "id", "acme", "number", "7",
        "seller", "id", "seller", "contract", "id", "c", "version", 1, "index", AT_CONTRACT, "hash",
        hash_json(&sample->contents[AT_CONTRACT]), "plans", "plan", "p", "version", 1, "index",
        AT_PLAN, "hash", hash_json(&sample->contents[AT_PLAN]), "currency", "EUR", "exponent", 2,
        "net", "10.37", "tax", "1.97", "total", "12.34", "series", series);
}

static json_t *document_1(const struct bundle_sample *sample)
{
    json_t *document = document_json(sample, "N-1");
    json_t *more = json_pack(
        "{s:{s:s,s:s,s:s,s:i},s:o,s:{s:o,s:o},s:[o],s:o,s:o}", "period", "label", "2026-09", "from",
        "2026-09-01T00:00:00Z", "to", "2026-10-01T00:00:00Z", "index", AT_PERIOD_1, "cut",
        cut_json(sample, AT_PERIOD_1), "entries", "usage", range_json(0, 2), "money",
        range_json(0, 2), "usage", usage_json(sample, "2026-09", 1), "carried", set_json(sample, 0),
        "forward", set_json(sample, AT_USAGE_1));
    json_object_update(document, more);
    json_decref(more);
    return document;
}

static json_t *document_2(const struct bundle_sample *sample)
{
    json_t *document = document_json(sample, "N-2");
    json_t *more =
        json_pack("{s:{s:s,s:s,s:s,s:i},s:o,s:{s:o,s:o},s:[o,o],s:o,s:o}", "period", "label",
                  "2026-10", "from", "2026-10-01T00:00:00Z", "to", "2026-11-01T00:00:00Z", "index",
                  AT_PERIOD_2, "cut", cut_json(sample, AT_PERIOD_2), "entries", "usage",
                  range_json(2, 5), "money", range_json(2, 5), "usage",
                  usage_json(sample, "2026-09", 1), usage_json(sample, "2026-10", 2), "carried",
                  set_json(sample, AT_USAGE_1), "forward", set_json(sample, AT_USAGE_4));
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

static void add_keys(struct bundle_sample *sample)
{
    const struct {
        const struct secret_key *key;
        unsigned roles;
    } grants[] = {
        {sample->writer, ROLE_INGEST},    {sample->writer, ROLE_CONTROL},
        {sample->writer, ROLE_INVOICES},  {sample->person, ROLE_DRAFT | ROLE_ISSUE | ROLE_OPERATE},
        {sample->approver, ROLE_APPROVE},
    };
    add_control(sample, AT_LOG, ENTRY_LOG, 0, SAMPLE_ORIGIN,
                keyring_log_content(SAMPLE_ORIGIN, &sample->log_key, &sample->root_key, NULL));
    for (uint64_t i = 0; i < COUNT_OF(grants); i++)
        add_control(sample, i + 1, ENTRY_KEY, i + 1, "key",
                    keyring_grant_content(key_public(grants[i].key), grants[i].roles, true));
}

static void add_entries(struct bundle_sample *sample)
{
    add_keys(sample);
    add_control(sample, AT_TENANT, ENTRY_TENANT, 6, "acme",
                json_pack("{s:s,s:s}", "id", "acme", "number", "7"));
    add_control(sample, AT_PLAN, ENTRY_PLAN, 7, "p", json_pack("{s:s}", "plan", "p"));
    add_control(sample, AT_CONTRACT, ENTRY_CONTRACT, 0, "c", contract_json());
    add_usage(sample, AT_USAGE_0, 0, "2026-09-02T00:00:00Z");
    add_usage(sample, AT_USAGE_1, 1, "2026-10-02T00:00:00Z");
    add_control(sample, AT_PERIOD_1, ENTRY_PERIOD, 1, "2026-09",
                period_json(sample, AT_PERIOD_1, "2026-09", "2026-09-01T00:00:00Z",
                            "2026-10-01T00:00:00Z", json_null()));
    add_control(sample, AT_DOCUMENT_1, ENTRY_DOCUMENT, 2, "N-1", document_1(sample));
    add_transfer(sample, AT_TRANSFER_1, 3);
    add_usage(sample, AT_USAGE_2, 2, "2026-09-03T00:00:00Z");
    add_usage(sample, AT_USAGE_3, 3, "2026-10-03T00:00:00Z");
    add_usage(sample, AT_USAGE_4, 4, "2026-11-03T00:00:00Z");
    add_control(sample, AT_PERIOD_2, ENTRY_PERIOD, 4, "2026-10",
                period_json(sample, AT_PERIOD_2, "2026-10", "2026-10-01T00:00:00Z",
                            "2026-11-01T00:00:00Z", json_integer(AT_PERIOD_1)));
    add_control(sample, AT_DOCUMENT_2, ENTRY_DOCUMENT, 5, "N-2", document_2(sample));
    add_transfer(sample, AT_TRANSFER_2, 6);
    for (uint64_t i = AT_OTHERS; i < SAMPLE_SIZE; i++)
        add_usage(sample, i, i, "2026-11-04T00:00:00Z");
}

static void set_hashes(struct bundle_sample *sample, const char *name, const struct digest *hashes,
                       size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, base64_json(&hashes[i]));
    json_object_set_new(sample->bundle, name, list);
}

/* The checkpoint, and the proofs over what the bundle holds. */
static void seal(struct bundle_sample *sample)
{
    struct checkpoint checkpoint = {.origin = SAMPLE_ORIGIN, .size = SAMPLE_SIZE};
    struct text note CLEANUP(text_release);
    struct arena arena CLEANUP(arena_release);
    struct digest *hashes;
    struct proof cut;
    uint64_t indexes[SAMPLE_SIZE];
    size_t count = 0, hash_count;
    struct error err;
    text_init(&note);
    arena_init(&arena);
    for (uint64_t i = 0; i < SAMPLE_SIZE; i++)
        if (is_in_bundle(i))
            indexes[count++] = i;
    checkpoint.root = root_at(sample, SAMPLE_SIZE);
    checkpoint_sign(&checkpoint, sample->log, &note);
    json_object_set_new(sample->bundle, "checkpoint", json_string(note.data));
    must(proof_make_many(indexes, count, SAMPLE_SIZE, tree_memory_read, &sample->tree, &arena,
                         &hashes, &hash_count, &err));
    set_hashes(sample, "proof", hashes, hash_count);
    must(proof_make_consistency(AT_PERIOD_2, SAMPLE_SIZE, tree_memory_read, &sample->tree, &cut,
                                &err));
    set_hashes(sample, "cut_proof", cut.hashes, cut.count);
}

void bundle_sample_make(struct bundle_sample *sample, const struct bundle_forgery *forgery)
{
    char log_vkey[VKEY_SIZE], root_vkey[VKEY_SIZE];
    sample->forgery = forgery;
    json_decref(sample->bundle);
    tree_memory_release(&sample->tree);
    tree_memory_init(&sample->tree);
    sample->bundle = json_pack("{s:i,s:s,s:i,s:i,s:[],s:[],s:[{s:o}],s:s,s:s}", "daybook_bundle", 1,
                               "origin", SAMPLE_ORIGIN, "size", SAMPLE_SIZE, "document_index",
                               AT_DOCUMENT_2, "entries", "contents", "series", "descriptor",
                               hex_json(sample->descriptor.data, sample->descriptor.size),
                               "log_vkey", key_format_vkey(&sample->log_key, log_vkey), "root_vkey",
                               key_format_vkey(&sample->root_key, root_vkey));
    add_entries(sample);
    seal(sample);
}

void bundle_sample_init(struct bundle_sample *sample)
{
    struct series series = {
        .meter = slice_of("gpu_time"), .unit = slice_of("s"), .aggregation = AGGREGATION_SUM};
    struct error err;
    core_init();
    *sample = (struct bundle_sample){.root = key_of(SAMPLE_ORIGIN "/root", 1),
                                     .log = key_of(SAMPLE_ORIGIN, 2),
                                     .writer = key_of(SAMPLE_ORIGIN "/writer", 3),
                                     .person = key_of(SAMPLE_ORIGIN "/operator", 4),
                                     .approver = key_of(SAMPLE_ORIGIN "/approver", 5)};
    sample->log_key = *key_public(sample->log);
    sample->root_key = *key_public(sample->root);
    tree_memory_init(&sample->tree);
    text_init(&sample->descriptor);
    must(series_encode(&series, &sample->descriptor, &err));
    sample->series = digest_of(sample->descriptor.data, sample->descriptor.size);
    bundle_sample_make(sample, NULL);
}

void bundle_sample_release(struct bundle_sample *sample)
{
    key_release(sample->root);
    key_release(sample->log);
    key_release(sample->writer);
    key_release(sample->person);
    key_release(sample->approver);
    tree_memory_release(&sample->tree);
    text_release(&sample->descriptor);
    json_decref(sample->bundle);
}
