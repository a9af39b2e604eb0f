/*
 * daybook-verify bundle against an operator who holds every key: what he signs and seals is as he
 * wants it, and each row names all that is found.
 */
#include "base/instant.h"
#include "harness/bundle_fixture.h"

/* ------------------------------------------------------------------------------------ forgers */

static void by_a_stranger(struct entry *entry)
{
    entry->control.operator_key.bytes[0] ^= 1;
}

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static void by_the_approver(struct entry *entry)
{
    struct bundle_sample sample;
    bundle_sample_init(&sample);
    entry->control.operator_key = key_hash(key_public(sample.approver)->bytes);
    bundle_sample_release(&sample);
}

static void for_another_tenant(struct entry *entry)
{
    entry->tenant = SAMPLE_TENANT + 1;
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

static void as_a_correction(struct entry *entry)
{
    entry->kind = ENTRY_CORRECTION;
    entry->usage.corrected_seq = 2;
}

static void as_a_fitting_correction(struct entry *entry)
{
    as_a_correction(entry);
    entry->usage.from_us -= 30 * 24 * HOUR_US; /* to the window of number 2 */
}

static void as_an_exclusion(struct entry *entry)
{
    entry->kind = ENTRY_EXCLUSION;
}

/* Of what was excluded nothing was billed, so nothing can be taken from it. */
static void of_an_exclusion(struct entry *entry)
{
    if (entry->kind != ENTRY_USAGE || entry->stream_seq < 2 || entry->stream_seq > 3)
        return;
    if (entry->stream_seq == 2)
        as_an_exclusion(entry);
    else
        as_a_fitting_correction(entry);
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

/* A key of the origin's name that nobody pinned. */
#define OTHER_VKEY SAMPLE_ORIGIN "+9658e54e+AbtcZySCsNzKkaIaTtY7Fa/eiqE3jacs0Bs0lYnW591q"

/* What is signed is as the forger wants it: hashes, signatures, proofs and checkpoint all hold. */
static const struct bundle_forgery forgeries[] = {
    /* the log's own entry, which the pinned root key signed */
    {"a log that names another root key", AT_LOG, "root_key", "\"" OTHER_VKEY "\"", NULL,
     "key_chain"},
    {"a log that names another log key", AT_LOG, "log_key", "\"" OTHER_VKEY "\"", NULL,
     "key_chain"},
    /* whom and by whom */
    {"a plan by an operator that was not granted", AT_PLAN, NULL, NULL, by_a_stranger,
     "entry_operator"},
    {"a document by an operator that was not granted", AT_DOCUMENT_2, NULL, NULL, by_a_stranger,
     "entry_operator document_signoff"},
    {"a contract by an operator who may only approve", AT_CONTRACT, NULL, NULL, by_the_approver,
     "entry_operator"},
    {"a document that its approver issues", AT_DOCUMENT_2, NULL, NULL, by_the_approver,
     "entry_operator document_signoff"},
    {"a document that nobody signed off", AT_DOCUMENT_2, "signoffs", NULL, NULL,
     "document_signoff"},
    {"a document that nobody approved", AT_DOCUMENT_2, "signoffs.approve", NULL, NULL,
     "document_signoff"},
    {"an approval under another's name", AT_DOCUMENT_2, "signoffs.approve.operator",
     "\"" ZEROS "\"", NULL, "document_signoff"},
    {"an earlier document that nobody approved", AT_DOCUMENT_1, "signoffs", NULL, NULL,
     "document_signoff"},
    {"another tenant's number under this one's name", AT_TENANT, "number", "\"8\"", NULL,
     "bundle_document"},
    {"another tenant's usage", AT_USAGE_3, NULL, NULL, for_another_tenant,
     "stream_gap bundle_entries bundle_usage"},
    {"another tenant's contract", AT_CONTRACT, NULL, NULL, for_another_tenant, "bundle_entries"},
    {"a contract that names another tenant", AT_CONTRACT, "tenant", "\"umbrella\"", NULL,
     "bundle_document"},
    {"a contract with a pool that nothing was billed in", AT_CONTRACT, "pool",
     "{\"members\":[\"b\"],\"payer\":\"acme\"}", NULL, "document_pool"},
    {"a document of a pool that was not agreed on", AT_DOCUMENT_2, "pool",
     "{\"members\":2,\"payer\":\"acme\",\"totals\":[]}", NULL, "document_pool"},
    {"a period of a pool that was not agreed on", AT_PERIOD_2, "pool",
     "{\"members\":2,\"payer\":\"acme\",\"totals\":[]}", NULL, "document_pool"},
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
    {"the document leaves out its plan", AT_DOCUMENT_2, "plans", "[]", NULL, "bundle_document"},
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
    {"another cut than the period's", AT_PERIOD_2, "cut.0.size", "16", NULL, "bundle_document"},
    {"a cut after the period's entry", AT_DOCUMENT_2, "cut.0.size", "18", NULL, "bundle_document"},
    {"a cut before its usage", AT_DOCUMENT_2, "cut.0.size", "16", NULL,
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
    {"a correction of another window", AT_USAGE_3, NULL, NULL, as_a_correction,
     "correction_target"},
    {"a correction that was not counted", AT_USAGE_3, NULL, NULL, as_a_fitting_correction,
     "bundle_usage"},
    {"a correction of an exclusion", SAMPLE_SIZE, NULL, NULL, of_an_exclusion,
     "correction_target bundle_usage"},
    {"a total that is not the usage's", AT_DOCUMENT_2, "usage.1.quantity", "\"30\"", NULL,
     "bundle_usage"},
    {"a total that is counted twice", AT_DOCUMENT_2, "usage.2",
     "{\"entries\":0,\"period\":\"2026-09\",\"quantity\":\"0\",\"series\":"
     "\"0000000000000000000000000000000000000000000000000000000000000000\"}",
     NULL, "bundle_usage"},
    {"a stream_seq used twice", AT_USAGE_3, NULL, NULL, same_number_again,
     "stream_gap stream_order"},
    {"a range that goes on behind the usage that is shown", AT_DOCUMENT_2, "entries.usage",
     "{\"from_seq\":2,\"next\":6,\"to_seq\":6}", NULL, "stream_gap"},
    {"a stream_seq left out", AT_USAGE_3, NULL, NULL, number_left_out, "stream_gap stream_order"},
    {"usage left out of the range", AT_DOCUMENT_2, "entries.usage.to_seq", "4", NULL,
     "bundle_document"},
    {"a range that another begins in", AT_DOCUMENT_2, "entries.usage.from_seq", "3", NULL,
     "bundle_usage bundle_previous"},
    {"usage billed twice", AT_DOCUMENT_2, "entries.usage.from_seq", "1", NULL,
     "bundle_forward bundle_previous"},
    {"another forward count", AT_DOCUMENT_2, "forward.count", "2", NULL, "bundle_forward"},
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
     "\"2026-11-01T00:00:00Z\"", NULL, "bundle_forward bundle_usage bundle_previous"},
    {"the document before had a later cut", AT_DOCUMENT_1, "cut.0.size", "18", NULL,
     "bundle_previous"},
    /* what was known before of a period that is adjusted */
    {"more usage than the original counted", AT_USAGE_0, NULL, NULL, more_usage, "bundle_usage"},
    {"an original that counted more", AT_DOCUMENT_1, "usage.0.quantity", "\"11\"", NULL,
     "bundle_usage"},
    {"a document that counts nothing", AT_DOCUMENT_2, "usage", "[]", NULL, "bundle_usage"},
    {"an original that counted nothing", AT_DOCUMENT_1, "usage", "[]", NULL, "bundle_usage"},
    {"an exclusion among what was known", AT_USAGE_0, NULL, NULL, as_an_exclusion,
     "bundle_entries bundle_usage"},
    {"an original of another period", AT_DOCUMENT_1, "period.label", "\"2026-08\"", NULL,
     "bundle_entries"},
    {"an original under another contract", AT_DOCUMENT_1, "contract.index", "3", NULL,
     "bundle_entries"},
    {"an original with another plan", AT_DOCUMENT_1, "plans.0.index", "3", NULL, "bundle_entries"},
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
     "bundle_entries bundle_forward bundle_usage bundle_previous"},
    {"money left out of the range", AT_DOCUMENT_2, "entries.money.from_seq", "4", NULL,
     "bundle_entries bundle_forward bundle_usage bundle_previous"},
    {"another number than the entry's", AT_DOCUMENT_2, NULL, NULL, another_subject,
     "content_mismatch"},
    {"a document of another ledger", AT_DOCUMENT_2, "ledger_id", "\"00\"", NULL, "entry_ledger"},
};

static void names_every_forgery_and_nothing_else(void **state)
{
    struct fixture *fixture = *state;
    size_t wrong = 0;
    for (size_t i = 0; i < COUNT_OF(forgeries); i++) {
        bundle_sample_make(&fixture->sample, &forgeries[i]);
        if (words_are(fixture, forgeries[i].findings))
            continue;
        print_message("# ^ %s\n", forgeries[i].name);
        wrong++;
    }
    bundle_sample_make(&fixture->sample, NULL);
    expect_findings(fixture, "");
    assert_int_equal(wrong, 0);
}

/* The shown document with the tax moved into the net: every sum holds. */
static json_t *shown_document(const struct fixture *fixture)
{
    struct text text CLEANUP(text_release);
    struct error err;
    json_error_t why;
    const char *honest = json_string_value(json_object_get(fixture->sample.bundle, "document"));
    json_t *document = json_loads(honest, 0, &why);
    assert_non_null(document);
    json_object_set_new(document, "net", json_string("12.34"));
    json_object_set_new(document, "tax", json_string("0.00"));
    text_init(&text);
    assert_true(canonical_write(document, &text, &err));
    json_decref(document);
    return json_stringn(text.data, text.size);
}

static struct digest shown_hash;

static void for_the_shown_document(struct entry *entry)
{
    entry->transfer.document = shown_hash;
}

/* The book holds one document, the bundle shows another, and the money moved for the shown one. */
static void a_document_that_is_shown_is_the_one_in_the_book(void **state)
{
    static const struct bundle_forgery forgery = {.at = AT_TRANSFER_2,
                                                  .change = for_the_shown_document};
    struct fixture *fixture = *state;
    json_t *shown = shown_document(fixture);
    shown_hash = digest_of(json_string_value(shown), json_string_length(shown));
    bundle_sample_make(&fixture->sample, &forgery);
    json_object_set_new(fixture->sample.bundle, "document", shown);
    expect_findings(fixture, "bundle_document");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_every_forgery_and_nothing_else, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_document_that_is_shown_is_the_one_in_the_book, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
