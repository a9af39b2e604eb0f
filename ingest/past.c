#include "ingest/past.h"

#include <inttypes.h>
#include <string.h>

/* What a receipt says about its range, in the order in which a difference explains the others. */
struct receipt_field {
    const char *name;
    size_t offset;
    size_t size;
    const char *meaning;
};

#define FIELD(field, meaning)                                                                      \
    {                                                                                              \
#field, offsetof(struct receipt_body, field),                                              \
            sizeof(((struct receipt_body *)NULL)->field), meaning                                  \
    }

static const struct receipt_field receipt_fields[] = {
    FIELD(to, "the batch does not end where it did (raise --memory-mib)"),
    FIELD(records, "the feed has fewer or more records there than were read"),
    FIELD(raw_hash, "the feed has other records there than were read"),
    FIELD(holes, "the feed has other gaps there"),
    FIELD(last_offset, "the feed has another last record there"),
    FIELD(last_hash, "the feed has another last record there"),
    FIELD(accepted, "the records are decided otherwise (is dedup.key the ledger's?)"),
    FIELD(duplicate, "the records are decided otherwise (is dedup.key the ledger's?)"),
    FIELD(quarantined, "the records are decided otherwise (is dedup.key the ledger's?)"),
    FIELD(as_of_us, "the records have other times"),
};

static bool check_receipt(uint64_t index, const struct entry *made, const struct entry *past,
                          struct error *err)
{
    const char *a = (const char *)&made->receipt;
    const char *b = (const char *)&past->receipt;
    for (size_t i = 0; i < COUNT_OF(receipt_fields); i++) {
        const struct receipt_field *field = &receipt_fields[i];
        if (memcmp(a + field->offset, b + field->offset, field->size) != 0)
            return error_set(err, ERROR_HALT,
                             "entry %" PRIu64 ", the receipt of partition %" PRIu32 " [%" PRIu64
                             ", %" PRIu64 "): %s differs: %s",
                             index, past->receipt.partition, past->receipt.from, past->receipt.to,
                             field->name, field->meaning);
    }
    return true;
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
        if (!check_receipt(index + i, &made[i].entry, &past->receipts[i], err))
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
