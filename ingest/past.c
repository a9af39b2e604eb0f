#include "ingest/past.h"

#include <inttypes.h>
#include <string.h>

#define FIELD(field, is_of_feed, meaning)                                                          \
    {                                                                                              \
#field, offsetof(struct receipt_body, field),                                              \
            sizeof(((struct receipt_body *)NULL)->field), is_of_feed, meaning                      \
    }
#define OTHERWISE "the records are decided otherwise (is dedup.key the ledger's?)"

static const struct receipt_field receipt_fields[] = {
    FIELD(records, true, "the feed has fewer or more records there than were read"),
    FIELD(raw_hash, true, "the feed has other records there than were read"),
    FIELD(holes, true, "the feed has other gaps there"),
    FIELD(last_offset, true, "the feed has another last record there"),
    FIELD(last_hash, true, "the feed has another last record there"),
    FIELD(as_of_us, true, "the records have other times"),
    FIELD(accepted, false, OTHERWISE),
    FIELD(duplicate, false, OTHERWISE),
    FIELD(quarantined, false, OTHERWISE),
};

const struct receipt_field *past_receipt_difference(const struct receipt_body *made,
                                                    const struct receipt_body *past)
{
    const char *a = (const char *)made;
    const char *b = (const char *)past;
    for (size_t i = 0; i < COUNT_OF(receipt_fields); i++) {
        const struct receipt_field *field = &receipt_fields[i];
        if (memcmp(a + field->offset, b + field->offset, field->size) != 0)
            return field;
    }
    return NULL;
}

static bool check_receipt(uint64_t index, const struct receipt_body *made,
                          const struct receipt_body *past, struct error *err)
{
    const struct receipt_field *field = past_receipt_difference(made, past);
    return field == NULL ||
           error_set(err, ERROR_HALT,
                     "entry %" PRIu64 ", the receipt of partition %" PRIu32 " [%" PRIu64
                     ", %" PRIu64 "): %s differs: %s",
                     index, past->partition, past->from, past->to, field->name, field->meaning);
}

static bool check_receipts(const struct past_batch *past, const struct chapter *chapter,
                           struct error *err)
{
    const struct signed_entry *made =
        chapter->entries + chapter->entry_count - chapter->receipt_count;
    uint64_t index = past->first_index + past->leaf_count - past->receipt_count;
    if (chapter->receipt_count != past->receipt_count)
        return error_set(err, ERROR_HALT,
                         "the batch from entry %" PRIu64 " has %zu receipts, %zu were published",
                         past->first_index, chapter->receipt_count, past->receipt_count);
    for (size_t i = 0; i < past->receipt_count; i++)
        if (!check_receipt(index + i, &made[i].entry.receipt, &past->receipts[i].receipt, err))
            return false;
    return true;
}

bool past_take(const struct past_batch *past, const struct writer *writer, struct chapter *chapter,
               struct error *err)
{
    if (!check_receipts(past, chapter, err))
        return false;
    if (chapter->entry_count != past->leaf_count)
        return error_set(err, ERROR_HALT,
                         "the batch from entry %" PRIu64 " makes %zu entries, %zu were published",
                         past->first_index, chapter->entry_count, past->leaf_count);
    for (size_t i = 0; i < past->leaf_count; i++)
        if (!writer_take(writer, &chapter->entries[i], &past->leaves[i]))
            return error_set(err, ERROR_HALT,
                             "entry %" PRIu64 " (%s) is not what its leaf commits to (are salt.key "
                             "and this program the ledger's?)",
                             past->first_index + i,
                             entry_kind_word(chapter->entries[i].entry.kind));
    return true;
}
