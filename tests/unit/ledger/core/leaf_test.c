/* Salts, commitments and leaves, and all of tests/vectors/entry-v1.json. */
#include "testing.h"

#include "core/leaf.h"
#include "core/series.h"
#include "core/tree.h"

/* ---------------------------------------------------------------- an entry from a vector's JSON */

static uint64_t member_u64(const json_t *object, const char *name)
{
    const json_t *member = json_object_get(object, name);
    uint64_t value;
    struct error err;

    if (json_is_integer(member))
        return (uint64_t)json_integer_value(member);
    assert_ok(number_parse_u64(member_text(object, name), strlen(member_text(object, name)), name,
                               &value, &err));
    return value;
}

static int128 member_int128(const json_t *object, const char *name)
{
    const char *text = member_text(object, name);
    int128 value;
    struct error err;

    assert_ok(number_parse_int128(text, strlen(text), name, &value, &err));
    return value;
}

static void read_usage(const json_t *fields, struct entry *entry)
{
    entry->usage.series = member_digest(fields, "series");
    entry->usage.from_us = (int64_t)member_int128(fields, "from_us");
    entry->usage.length_seconds = (uint32_t)member_u64(fields, "length_seconds");
    entry->usage.quantity = member_int128(fields, "quantity");
    entry->usage.contributions = member_u64(fields, "contributions");
    if (entry->kind == ENTRY_CORRECTION)
        entry->usage.corrected_seq = member_u64(fields, "corrected_seq");
    if (entry->kind != ENTRY_USAGE)
        entry->usage.reason = (uint32_t)member_u64(fields, "reason");
}

static void read_transfer(const json_t *fields, struct entry *entry)
{
    entry->transfer.debit = member_digest(fields, "debit");
    entry->transfer.credit = member_digest(fields, "credit");
    entry->transfer.amount = member_int128(fields, "amount");
    memcpy(entry->transfer.currency, member_text(fields, "currency"), 4);
    entry->transfer.exponent = (uint8_t)member_u64(fields, "exponent");
    entry->transfer.code = (uint32_t)member_u64(fields, "code");
    entry->transfer.document = member_digest(fields, "document");
}

static void read_receipt(const json_t *fields, struct entry *entry)
{
    entry->receipt = (struct receipt_body){
        .feed = member_digest(fields, "feed"),
        .partition = (uint32_t)member_u64(fields, "partition"),
        .incarnation = (uint32_t)member_u64(fields, "incarnation"),
        .start = member_u64(fields, "start"),
        .from = member_u64(fields, "from"),
        .to = member_u64(fields, "to"),
        .records = member_u64(fields, "records"),
        .holes = member_u64(fields, "holes"),
        .last_offset = member_u64(fields, "last_offset"),
        .last_hash = member_digest(fields, "last_hash"),
        .raw_hash = member_digest(fields, "raw_hash"),
        .accepted = member_u64(fields, "accepted"),
        .duplicate = member_u64(fields, "duplicate"),
        .quarantined = member_u64(fields, "quarantined"),
        .elsewhere = member_u64(fields, "elsewhere"),
        .control_index = member_u64(fields, "control_index"),
        .as_of_us = (int64_t)member_int128(fields, "as_of_us"),
        .anchor_expired = member_u64(fields, "flags") == 1,
    };
}

static void read_control(const json_t *fields, struct entry *entry)
{
    entry->control.subject = member_digest(fields, "subject");
    entry->control.version = (uint32_t)member_u64(fields, "version");
    entry->control.content = member_digest(fields, "content");
    entry->control.operator_key = member_digest(fields, "operator");
}

static struct entry read_entry(const json_t *vector)
{
    const json_t *fields = json_object_get(vector, "fields");
    struct entry entry;

    memset(&entry, 0, sizeof(entry));
    assert_true(entry_kind_parse(member_text(vector, "kind"), &entry.kind));
    member_hex(vector, "ledger", entry.ledger.bytes, sizeof(entry.ledger.bytes));
    member_hex(vector, "batch", entry.batch.bytes, sizeof(entry.batch.bytes));
    entry.tenant = member_u64(vector, "tenant");
    entry.stream = (uint32_t)member_u64(vector, "stream");
    entry.stream_seq = member_u64(vector, "stream_seq");
    if (entry.kind <= ENTRY_EXCLUSION)
        read_usage(fields, &entry);
    else if (entry.kind == ENTRY_TRANSFER)
        read_transfer(fields, &entry);
    else if (entry.kind == ENTRY_RECEIPT)
        read_receipt(fields, &entry);
    else
        read_control(fields, &entry);
    return entry;
}

/* ------------------------------------------------------------------------------------ the tests */

static struct secret_key *vector_writer(const json_t *vectors)
{
    unsigned char seed[32];
    struct secret_key *writer;
    struct error err;

    member_hex(vectors, "writer_seed", seed, sizeof(seed));
    assert_ok(key_from_seed("writer", seed, &writer, &err));
    return writer;
}

static void assert_hex(const json_t *vector, const char *name, const void *bytes, size_t size)
{
    unsigned char wanted[512];

    if (member_hex(vector, name, wanted, sizeof(wanted)) != size ||
        memcmp(wanted, bytes, size) != 0)
        fail_msg("%s: %s differs", member_text(vector, "name"), name);
}

static struct digest check_vector(const json_t *vector, const unsigned char salt_key[32],
                                  const struct secret_key *writer)
{
    struct entry entry = read_entry(vector);
    struct entry decoded;
    struct leaf leaf;
    struct error err;
    unsigned char body[BODY_SIZE_MAX];
    unsigned char tenant_key[32];
    unsigned char leaf_bytes[LEAF_SIZE];
    size_t body_size = body_encode(&entry, body);
    struct salt salt;
    struct digest commitment, hash;

    leaf_tenant_key(salt_key, entry.tenant, tenant_key);
    salt = leaf_salt(tenant_key, &entry);
    commitment = leaf_commitment(&salt, body, body_size);
    leaf_sign(writer, tenant_key, &entry, &leaf);
    leaf_encode(&leaf, leaf_bytes);
    hash = leaf_hash(&leaf);

    assert_hex(vector, "body", body, body_size);
    assert_hex(vector, "salt", salt.bytes, sizeof(salt.bytes));
    assert_hex(vector, "commitment", commitment.bytes, DIGEST_SIZE);
    assert_hex(vector, "checksum", leaf.checksum.bytes, DIGEST_SIZE);
    assert_hex(vector, "signature", leaf.signature.bytes, SIGNATURE_SIZE);
    assert_hex(vector, "leaf", leaf_bytes, LEAF_SIZE);
    assert_hex(vector, "leaf_hash", hash.bytes, DIGEST_SIZE);
    assert_ok(body_decode(body, body_size, &decoded, &err));
    assert_true(leaf_verify(&leaf, key_public(writer)->bytes));
    return hash;
}

static void agrees_with_every_vector_of_version_1(void **state)
{
    json_t *vectors = vector_json("entry-v1.json");
    struct secret_key *writer = vector_writer(vectors);
    unsigned char salt_key[32];
    struct digest root, wanted = member_digest(vectors, "root");
    struct tree tree;
    json_t *vector;
    size_t index;

    (void)state;
    tree_init(&tree);
    member_hex(vectors, "salt_key", salt_key, sizeof(salt_key));
    json_array_foreach (json_object_get(vectors, "cases"), index, vector) {
        struct digest hash = check_vector(vector, salt_key, writer);

        tree_append(&tree, &hash);
    }
    root = tree_root(&tree);
    assert_true(digest_equals(&root, &wanted));
    print_message("# entry-v1.json: %zu entries\n", index);
    assert_true(index >= ENTRY_KIND_LAST);
    key_release(writer);
    json_decref(vectors);
}

static void agrees_with_the_vectors_batch_ledger_and_series(void **state)
{
    json_t *vectors = vector_json("entry-v1.json");
    const json_t *batch = json_object_get(vectors, "batch");
    const json_t *series = json_object_get(vectors, "series");
    struct ledger_id ledger = ledger_id_of_origin(member_text(vectors, "origin"));
    struct batch_range ranges[8];
    struct batch_id id;
    unsigned char bytes[SERIES_DESCRIPTOR_SIZE_MAX];
    size_t size = member_hex(series, "descriptor", bytes, sizeof(bytes));
    struct digest digest = digest_of(bytes, size), wanted = member_digest(series, "digest");
    struct series decoded;
    struct error err;
    json_t *range;
    size_t index;

    (void)state;
    json_array_foreach (json_object_get(batch, "ranges"), index, range)
        ranges[index] = (struct batch_range){
            .feed = member_digest(range, "feed"),
            .partition = (uint32_t)member_u64(range, "partition"),
            .incarnation = (uint32_t)member_u64(range, "incarnation"),
            .from = member_u64(range, "from"),
            .to = member_u64(range, "to"),
        };
    id = batch_id_of(ranges, index);
    member_hex(batch, "id", bytes + size, 16);
    assert_memory_equal(id.bytes, bytes + size, 16);
    member_hex(vectors, "ledger", bytes + size, 16);
    assert_memory_equal(ledger.bytes, bytes + size, 16);

    assert_true(digest_equals(&digest, &wanted));
    assert_ok(series_decode(bytes, size, &decoded, &err));
    assert_true(slice_equals(decoded.meter, member_text(series, "meter")));
    assert_true(slice_equals(series_dimension(&decoded, "gpu_milli"), "1000"));
    json_decref(vectors);
}

static struct entry plain_usage(void)
{
    struct entry entry;

    memset(&entry, 0, sizeof(entry));
    entry.kind = ENTRY_USAGE;
    entry.tenant = 1;
    entry.usage.length_seconds = 3600;
    entry.usage.quantity = 1;
    return entry;
}

static void salts_differ_by_tenant_stream_and_place(void **state)
{
    unsigned char salt_key[32] = {7};
    unsigned char one[32], two[32];
    struct entry entry = plain_usage();
    struct salt a, b;

    (void)state;
    leaf_tenant_key(salt_key, 1, one);
    leaf_tenant_key(salt_key, 2, two);
    assert_memory_not_equal(one, two, 32);
    a = leaf_salt(one, &entry);
    b = leaf_salt(two, &entry);
    assert_memory_not_equal(&a, &b, sizeof(a));
    entry.stream_seq = 1;
    b = leaf_salt(one, &entry);
    assert_memory_not_equal(&a, &b, sizeof(a));
    entry.stream_seq = 0;
    entry.stream = 1;
    b = leaf_salt(one, &entry);
    assert_memory_not_equal(&a, &b, sizeof(a));
}

static void every_changed_bit_of_a_leaf_fails(void **state)
{
    unsigned char seed[32] = {9};
    unsigned char tenant_key[32] = {3};
    unsigned char bytes[LEAF_SIZE];
    struct entry entry = plain_usage();
    struct secret_key *writer;
    struct leaf leaf;
    struct error err;

    (void)state;
    assert_ok(key_from_seed("writer", seed, &writer, &err));
    leaf_sign(writer, tenant_key, &entry, &leaf);
    leaf_encode(&leaf, bytes);
    for (size_t bit = 0; bit < LEAF_SIZE * 8; bit++) {
        struct leaf changed;

        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        leaf_decode(bytes, &changed);
        if (leaf_verify(&changed, key_public(writer)->bytes))
            fail_msg("bit %zu of a leaf can be changed", bit);
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    leaf_decode(bytes, &leaf);
    assert_true(leaf_verify(&leaf, key_public(writer)->bytes));
    key_release(writer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_every_vector_of_version_1),
        cmocka_unit_test(agrees_with_the_vectors_batch_ledger_and_series),
        cmocka_unit_test(salts_differ_by_tenant_stream_and_place),
        cmocka_unit_test(every_changed_bit_of_a_leaf_fails),
    };

    return run_with_core(tests);
}
