/* The way into the book and back: what is appended is read again, and its body has equal bytes. */
#include "database.h"

#include "core/canonical.h"
#include "store/contents.h"
#include "store/entries.h"

#define TENANT 7 /* of log 0 */

static struct secret_key *root_key;
static struct secret_key *log_key;
static struct secret_key *ingest_key;
static struct secret_key *invoices_key;

static struct signed_entry control_entry(enum entry_kind kind, uint64_t seq, const char *subject,
                                         const json_t *content, struct text *out_text)
{
    struct signed_entry signed_entry = {.entry = {
                                            .kind = kind,
                                            .stream = STREAM_CONTROL,
                                            .stream_seq = seq,
                                            .control = {.version = 1},
                                        }};
    text_clear(out_text);
    must(canonical_write(content, out_text, &test_error));
    signed_entry.entry.control.subject = digest_subject("test", subject);
    signed_entry.entry.control.content = digest_of(out_text->data, out_text->size);
    signed_entry.entry.control.operator_key = key_hash(key_public(root_key)->bytes);
    return signed_entry;
}

/* One control entry with its content, signed under the head's lock as control commands do. */
static bool add_control(struct writer *writer, struct head *head, enum entry_kind kind,
                        const char *subject, json_t *content)
{
    struct text text;
    uint64_t index;

    text_init(&text);
    struct signed_entry entry = control_entry(kind, head->control_seq, subject, content, &text);
    writer_sign(writer, &entry);
    must(append_entries(store, head, &entry, 1, &index, &test_error));
    must(append_content(store, 0, index, kind, 0, subject, 1, text.data, text.size, &test_error));
    text_release(&text);
    json_decref(content);
    return true;
}

static void grant(struct head *head, struct writer *root, struct secret_key *key, unsigned roles)
{
    char subject[DIGEST_HEX_SIZE];
    struct digest hash = key_hash(key_public(key)->bytes);
    add_control(root, head, ENTRY_KEY, digest_hex(&hash, subject),
                keyring_grant_content(key_public(key), roles, true));
}

static void a_new_log_begins_with_its_first_entries(void **state)
{
    struct writer root;
    struct head head;
    struct log_row row = {.log = 0, .origin = TEST_ORIGIN};
    (void)state;

    must_fail(ERROR_NOT_FOUND, head_read(store, 0, &head, &test_error));
    writer_open_first(0, TEST_ORIGIN, root_key, &root);
    must(store_begin(store, &test_error));
    must(head_create(store, 0, &head, &test_error));
    assert_int_equal(head.size, 0);
    assert_true(head.control_index == UINT64_MAX && head.key_index == UINT64_MAX);
    add_control(&root, &head, ENTRY_LOG, TEST_ORIGIN,
                keyring_log_content(TEST_ORIGIN, key_public(log_key), key_public(root_key), NULL));
    grant(&head, &root, ingest_key, ROLE_INGEST);
    grant(&head, &root, invoices_key, ROLE_INVOICES);
    must(append_unlock(store, &head, &test_error));
    must(store_commit(store, &test_error));
    writer_close(&root);

    row.ledger = ledger_id_of_origin(TEST_ORIGIN);
    must(log_put(store, &row, &test_error));
    must(head_read(store, 0, &head, &test_error));
    assert_int_equal(head.size, 3);
    assert_int_equal(head.key_index, 2);
    assert_int_equal(head.control_index, 2);
    assert_int_equal(head.control_seq, 3);
}

static void a_log_begins_once(void **state)
{
    struct head head;
    struct log_row other = {.log = 0, .origin = "another"};
    (void)state;
    must(store_begin(store, &test_error));
    must_fail(ERROR_CONFLICT, head_create(store, 0, &head, &test_error));
    store_rollback(store);
    must_fail(ERROR_CONFLICT, log_put(store, &other, &test_error));
}

static void a_key_without_its_grant_is_refused(void **state)
{
    struct writer writer;
    (void)state;
    must_fail(ERROR_REFUSED,
              writer_open(store, 0, ingest_key, TEST_SALT, ROLE_INVOICES, &writer, &test_error));
    must_fail(ERROR_REFUSED,
              writer_open(store, 0, ingest_key, NULL, ROLE_ROOT, &writer, &test_error));
    must_fail(ERROR_REFUSED,
              writer_open(store, 0, log_key, TEST_SALT, ROLE_INGEST, &writer, &test_error));
    must(writer_open(store, 0, root_key, NULL, ROLE_ROOT, &writer, &test_error));
    writer_close(&writer);
}

static struct signed_entry usage_entry(enum entry_kind kind, uint64_t seq, int128 quantity)
{
    struct signed_entry entry = {.entry = {
                                     .kind = kind,
                                     .tenant = TENANT,
                                     .stream = STREAM_USAGE,
                                     .stream_seq = seq,
                                     .batch = {{1, 2, 3}},
                                     .usage = {.from_us = INT64_C(1760000400000000),
                                               .length_seconds = 3600,
                                               .quantity = quantity,
                                               .contributions = 12},
                                 }};
    entry.entry.usage.series = digest_of("series", 6);
    if (kind == ENTRY_CORRECTION)
        entry.entry.usage.corrected_seq = seq - 1;
    if (kind != ENTRY_USAGE)
        entry.entry.usage.reason = 3;
    return entry;
}

static struct signed_entry transfer_entry(uint64_t seq)
{
    struct signed_entry entry = {
        .entry = {
            .kind = ENTRY_TRANSFER,
            .tenant = TENANT,
            .stream = STREAM_MONEY,
            .stream_seq = seq,
            .transfer = {.amount = INT128_MAX, .currency = "EUR", .exponent = 2, .code = 1},
        }};
    entry.entry.transfer.debit = digest_subject("account", "a");
    entry.entry.transfer.credit = digest_subject("account", "b");
    entry.entry.transfer.document = digest_of("document", 8);
    return entry;
}

static struct signed_entry document_entry(uint64_t seq)
{
    struct signed_entry entry = {.entry = {
                                     .kind = ENTRY_DOCUMENT,
                                     .tenant = TENANT,
                                     .stream = STREAM_MONEY,
                                     .stream_seq = seq,
                                     .control = {.version = UINT32_C(2147483647)},
                                 }};
    entry.entry.control.subject = digest_subject("document", "DE-1");
    entry.entry.control.content = digest_of("content", 7);
    entry.entry.control.operator_key = key_hash(key_public(root_key)->bytes);
    return entry;
}

struct comparison {
    const struct signed_entry *expected;
    uint64_t first_index;
    size_t seen;
};

static bool same_bytes(void *context, const struct entry_row *row, struct error *err)
{
    struct comparison *comparison = context;
    const struct signed_entry *expected = &comparison->expected[comparison->seen];
    unsigned char wanted[BODY_SIZE_MAX];
    unsigned char read[BODY_SIZE_MAX];
    (void)err;

    size_t size = body_encode(&expected->entry, wanted);
    assert_int_equal(body_encode(&row->entry, read), size);
    assert_memory_equal(read, wanted, size);
    assert_memory_equal(&row->leaf, &expected->leaf, sizeof row->leaf);
    assert_int_equal(row->index, comparison->first_index + comparison->seen);
    assert_true(leaf_verify(&row->leaf, key_public(ingest_key)->bytes) ||
                leaf_verify(&row->leaf, key_public(invoices_key)->bytes));
    comparison->seen++;
    return true;
}

static struct signed_entry usage_entries[4];

static void what_is_read_has_the_bytes_that_were_signed(void **state)
{
    struct comparison comparison = {.expected = usage_entries};
    struct writer writer;
    (void)state;

    usage_entries[0] = usage_entry(ENTRY_USAGE, 0, 0);
    usage_entries[1] = usage_entry(ENTRY_USAGE, 1, INT128_MAX);
    usage_entries[2] = usage_entry(ENTRY_CORRECTION, 2, INT128_MIN);
    usage_entries[3] = usage_entry(ENTRY_EXCLUSION, 3, 3600000000);
    must(writer_open(store, 0, ingest_key, TEST_SALT, ROLE_INGEST, &writer, &test_error));
    comparison.first_index = test_append(&writer, usage_entries, 4);
    assert_int_equal(comparison.first_index, 3);
    must(entries_each(store, 0, 3, 7, same_bytes, &comparison, &test_error));
    assert_int_equal(comparison.seen, 4);
    comparison.seen = 0;
    must(entries_each_of_stream(store, 0, TENANT, STREAM_USAGE, 0, 4, same_bytes, &comparison,
                                &test_error));
    assert_int_equal(comparison.seen, 4);
    writer_close(&writer);
}

static void money_is_read_as_it_was_signed_too(void **state)
{
    struct signed_entry money[2] = {document_entry(0), transfer_entry(1)};
    struct comparison comparison = {.expected = money};
    struct writer writer;
    struct head head;
    (void)state;

    must(writer_open(store, 0, invoices_key, TEST_SALT, ROLE_INVOICES, &writer, &test_error));
    comparison.first_index = test_append(&writer, money, 2);
    must(entries_each(store, 0, comparison.first_index, UINT32_MAX, same_bytes, &comparison,
                      &test_error));
    assert_int_equal(comparison.seen, 2);
    must(head_read(store, 0, &head, &test_error));
    assert_int_equal(head.control_index, 2); /* a document decides nothing */
    writer_close(&writer);
}

static void a_receipt_is_read_with_the_row_that_its_body_lies_in(void **state)
{
    struct signed_entry receipt = {.entry = {.kind = ENTRY_RECEIPT,
                                             .stream = STREAM_CHAIN_FIRST,
                                             .batch = {{9}},
                                             .receipt = {.incarnation = 1,
                                                         .start = 5,
                                                         .from = 5,
                                                         .to = 9,
                                                         .records = 4,
                                                         .last_offset = UINT64_MAX,
                                                         .accepted = 3,
                                                         .duplicate = 1,
                                                         .as_of_us = 1,
                                                         .anchor_expired = true}}};
    struct comparison comparison = {.expected = &receipt};
    struct entry_row row;
    struct writer writer;
    (void)state;

    receipt.entry.receipt.feed = digest_of("feed", 4);
    must(writer_open(store, 0, ingest_key, TEST_SALT, ROLE_INGEST, &writer, &test_error));
    comparison.first_index = test_append(&writer, &receipt, 1);
    must_fail(ERROR_CONFLICT, entry_find(store, 0, comparison.first_index, &row, &test_error));
    command("insert into ledger.assignment select 0, sha256('feed'), 0, 1, 5, 'f', '', 16");
    command("insert into ledger.receipt select 0, sha256('feed'), 0, 1, 5, 9, null, 5, max(idx), 4,"
            " 0, -1, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), 3, 1, 0, 0,"
            " 0, 'epoch'::timestamptz + interval '1 microsecond', true from ledger.entry");
    must(entries_each(store, 0, comparison.first_index, comparison.first_index + 1, same_bytes,
                      &comparison, &test_error));
    assert_int_equal(comparison.seen, 1);
    writer_close(&writer);
}

static bool count_leaf(void *context, uint64_t index, const struct leaf *leaf, struct error *err)
{
    uint64_t *next = context;
    (void)leaf;
    (void)err;
    assert_int_equal(index, *next);
    (*next)++;
    return true;
}

static void leaves_come_in_order_without_what_they_say(void **state)
{
    struct head head;
    uint64_t next = 1;
    (void)state;
    must(head_read(store, 0, &head, &test_error));
    must(leaves_each(store, 0, 1, head.size, count_leaf, &next, &test_error));
    assert_int_equal(next, head.size);
}

static void a_stream_goes_on_where_it_ended(void **state)
{
    uint64_t next;
    (void)state;
    must(stream_next_seq(store, 0, TENANT, STREAM_USAGE, &next, &test_error));
    assert_int_equal(next, 4);
    must(stream_next_seq(store, 0, TENANT + 1, STREAM_USAGE, &next, &test_error));
    assert_int_equal(next, 0);
}

static void the_same_stream_seq_is_never_written_twice(void **state)
{
    struct signed_entry again = usage_entry(ENTRY_USAGE, 1, 5);
    struct writer writer;
    struct head head;
    (void)state;

    must(writer_open(store, 0, ingest_key, TEST_SALT, ROLE_INGEST, &writer, &test_error));
    writer_sign(&writer, &again);
    must(store_begin(store, &test_error));
    must(append_lock(store, &writer, &head, &test_error));
    struct head before = head;
    must_fail(ERROR_CONFLICT, append_entries(store, &head, &again, 1, NULL, &test_error));
    assert_memory_equal(&head, &before, sizeof head);
    store_rollback(store);
    writer_close(&writer);
}

static void keys_that_moved_ask_for_new_signatures(void **state)
{
    struct writer writer, root;
    struct head head;
    (void)state;

    must(writer_open(store, 0, ingest_key, TEST_SALT, ROLE_INGEST, &writer, &test_error));
    must(writer_open(store, 0, root_key, NULL, ROLE_ROOT, &root, &test_error));
    must(store_begin(store, &test_error));
    must(append_lock(store, &root, &head, &test_error));
    add_control(&root, &head, ENTRY_KEY, "revoked",
                keyring_grant_content(key_public(invoices_key), ROLE_INVOICES, false));
    must(append_unlock(store, &head, &test_error));
    must(store_commit(store, &test_error));

    must(store_begin(store, &test_error));
    must_fail(ERROR_BUSY, append_lock(store, &writer, &head, &test_error));
    store_rollback(store);
    must(writer_refresh(store, &writer, &test_error));
    must(store_begin(store, &test_error));
    must(append_lock(store, &writer, &head, &test_error));
    store_rollback(store);
    writer_close(&writer);
    writer_close(&root);
    must_fail(ERROR_REFUSED,
              writer_open(store, 0, invoices_key, TEST_SALT, ROLE_INVOICES, &writer, &test_error));
}

static bool count_content(void *context, const struct content *content, struct error *err)
{
    (void)err;
    assert_int_equal(content->version, 1);
    assert_int_equal(strlen(content->bytes), content->size);
    ++*(int *)context;
    return true;
}

static void contents_are_found_by_kind_subject_and_index(void **state)
{
    struct arena arena;
    struct content content;
    int count = 0;
    (void)state;

    arena_init(&arena);
    must(contents_each(store, 0, CONTENT_KIND(ENTRY_KEY), CONTENT_FIRST, CONTENT_LAST,
                       count_content, &count, &test_error));
    assert_int_equal(count, 3);
    must(contents_each(store, 0, CONTENT_KIND(ENTRY_KEY) | CONTENT_KIND(ENTRY_LOG), 0, 2,
                       count_content, &count, &test_error));
    assert_int_equal(count, 5);
    must(content_latest(store, 0, ENTRY_LOG, 0, TEST_ORIGIN, CONTENT_LAST, &arena, &content,
                        &test_error));
    assert_int_equal(content.index, 0);
    must(content_version(store, 0, ENTRY_LOG, 0, TEST_ORIGIN, 1, &arena, &content, &test_error));
    must(content_at(store, 0, 0, &arena, &content, &test_error));
    assert_string_equal(content.subject_id, TEST_ORIGIN);
    must_fail(ERROR_NOT_FOUND, content_version(store, 0, ENTRY_LOG, 0, TEST_ORIGIN, 2, &arena,
                                               &content, &test_error));
    must_fail(ERROR_NOT_FOUND, content_latest(store, 0, ENTRY_LOG, 1, TEST_ORIGIN, CONTENT_LAST,
                                              &arena, &content, &test_error));
    must_fail(ERROR_NOT_FOUND, content_at(store, 0, 3, &arena, &content, &test_error));
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_log_begins_with_its_first_entries),
        cmocka_unit_test(a_log_begins_once),
        cmocka_unit_test(a_key_without_its_grant_is_refused),
        cmocka_unit_test(what_is_read_has_the_bytes_that_were_signed),
        cmocka_unit_test(money_is_read_as_it_was_signed_too),
        cmocka_unit_test(a_receipt_is_read_with_the_row_that_its_body_lies_in),
        cmocka_unit_test(leaves_come_in_order_without_what_they_say),
        cmocka_unit_test(a_stream_goes_on_where_it_ended),
        cmocka_unit_test(the_same_stream_seq_is_never_written_twice),
        cmocka_unit_test(keys_that_moved_ask_for_new_signatures),
        cmocka_unit_test(contents_are_found_by_kind_subject_and_index),
    };
    core_init();
    root_key = test_key("test.example/root");
    log_key = test_key(TEST_ORIGIN);
    ingest_key = test_key("test.example/ingest");
    invoices_key = test_key("test.example/invoices");
    int failed = cmocka_run_group_tests(tests, database_open, database_close);
    key_release(root_key);
    key_release(log_key);
    key_release(ingest_key);
    key_release(invoices_key);
    return failed;
}
