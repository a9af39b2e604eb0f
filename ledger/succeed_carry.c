/*
 * What a successor takes over of what no feed brought: decisions and money, as they were signed.
 *
 * Streams have no gaps, so one that has one ends there. A period's cut behind the common size names
 * usage that is lost, and its entry's place is another one now: it is closed again, and what the
 * tenant's money stream has after it is decided again. A document that was issued cannot be: where
 * one rests on what is not common, there is no successor.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/canonical.h"
#include "ledger/succeed_parts.h"

/* How far a tenant's money stream comes along. */
struct money {
    uint64_t tenant;
    uint64_t next;
    bool has_ended;
};

struct chain {
    struct digest feed;
    uint32_t partition;
    uint32_t incarnation;
    uint64_t next;
    uint64_t taken;
};

struct choosing {
    struct succession *succession;
    uint64_t control_next;
    bool has_ended; /* the journal has a gap in the control stream */
    struct money *money;
    size_t money_count;
    size_t money_capacity;
    struct chain *chains;
    size_t chain_count;
    size_t chain_capacity;
};

void carry_init(struct carry *carry)
{
    *carry = (struct carry){.chains = json_array()};
    text_init(&carry->left_out);
}

void carry_release(struct carry *carry)
{
    free(carry->entries);
    json_decref(carry->chains);
    text_release(&carry->left_out);
}

/* ---------------------------------------------------------------------------------------- chains
 */

static struct chain *chain_of(struct choosing *choosing, const struct receipt_body *receipt)
{
    for (size_t i = 0; i < choosing->chain_count; i++) {
        struct chain *chain = &choosing->chains[i];
        if (chain->partition == receipt->partition && chain->incarnation == receipt->incarnation &&
            digest_equals_public(&chain->feed, &receipt->feed))
            return chain;
    }
    choosing->chains = memory_grow(choosing->chains, &choosing->chain_capacity,
                                   choosing->chain_count + 1, sizeof *choosing->chains);
    struct chain *chain = &choosing->chains[choosing->chain_count++];
    *chain = (struct chain){.feed = receipt->feed,
                            .partition = receipt->partition,
                            .incarnation = receipt->incarnation,
                            .next = receipt->from,
                            .taken = receipt->to};
    return chain;
}

static void take_receipt(struct choosing *choosing, const struct receipt_body *receipt)
{
    struct chain *chain = chain_of(choosing, receipt);
    if (chain->next > receipt->from)
        chain->next = receipt->from;
    if (chain->taken < receipt->to)
        chain->taken = receipt->to;
}

static int compare_chains(const void *a, const void *b)
{
    const struct chain *x = a, *y = b;
    int order = memcmp(x->feed.bytes, y->feed.bytes, sizeof x->feed.bytes);
    if (order == 0)
        order = (x->partition > y->partition) - (x->partition < y->partition);
    return order != 0 ? order
                      : (x->incarnation > y->incarnation) - (x->incarnation < y->incarnation);
}

static void state_chains(struct choosing *choosing)
{
    json_t *chains = choosing->succession->carry.chains;
    if (choosing->chain_count > 0)
        qsort(choosing->chains, choosing->chain_count, sizeof *choosing->chains, compare_chains);
    for (size_t i = 0; i < choosing->chain_count; i++) {
        const struct chain *chain = &choosing->chains[i];
        char feed[DIGEST_HEX_SIZE];
        json_array_append_new(chains, json_pack("{s:s,s:I,s:I,s:o,s:o}", "feed",
                                                digest_hex(&chain->feed, feed), "incarnation",
                                                (json_int_t)chain->incarnation, "partition",
                                                (json_int_t)chain->partition, "next",
                                                json_sprintf("%" PRIu64, chain->next), "taken",
                                                json_sprintf("%" PRIu64, chain->taken)));
    }
}

/* ------------------------------------------------------------------------------------- decisions
 */

static struct money *money_of(struct choosing *choosing, const struct entry *entry)
{
    for (size_t i = 0; i < choosing->money_count; i++)
        if (choosing->money[i].tenant == entry->tenant)
            return &choosing->money[i];
    choosing->money = memory_grow(choosing->money, &choosing->money_capacity,
                                  choosing->money_count + 1, sizeof *choosing->money);
    struct money *money = &choosing->money[choosing->money_count++];
    *money = (struct money){.tenant = entry->tenant, .next = entry->stream_seq};
    return money;
}

/* Whether it names, by its place in the log, an entry that is not common. */
static bool names_lost(const json_t *json, uint64_t common)
{
    const char *name;
    json_t *member;
    size_t i;
    if (json_is_array(json)) {
        json_array_foreach (json, i, member)
            if (names_lost(member, common))
                return true;
        return false;
    }
    json_object_foreach ((json_t *)(uintptr_t)json, name, member)
        if (names_lost(member, common) || (strcmp(name, "index") == 0 && json_is_integer(member) &&
                                           (uint64_t)json_integer_value(member) >= common))
            return true;
    return false;
}

static bool is_whole(const struct succession *succession, const struct past_entry *past,
                     bool *out_whole, struct error *err)
{
    CLEANUP(json_release) json_t *json = NULL;
    *out_whole = past->entry.kind != ENTRY_PERIOD;
    if (!*out_whole || !entry_kind_is_control(past->entry.kind))
        return true;
    if (!canonical_parse(past->content.data, past->content.size, past->subject_id, &json, err))
        return false;
    *out_whole = !names_lost(json, succession->common);
    return true;
}

static void keep(struct succession *succession, const struct past_entry *past)
{
    struct carry *carry = &succession->carry;
    struct arena *arena = &succession->arena;
    carry->entries =
        memory_grow(carry->entries, &carry->capacity, carry->count + 1, sizeof *carry->entries);
    struct past_entry *kept = &carry->entries[carry->count++];
    *kept = *past;
    if (past->subject_id != NULL)
        kept->subject_id = arena_text(arena, past->subject_id);
    if (past->content.data != NULL)
        kept->content.data = arena_text_n(arena, past->content.data, past->content.size);
}

static bool leave_out(struct succession *succession, const struct past_entry *past,
                      struct error *err)
{
    if (past->entry.kind == ENTRY_DOCUMENT || past->entry.kind == ENTRY_TRANSFER)
        return error_set(err, ERROR_REFUSED,
                         "entry %" PRIu64 " (%s %s) was issued, and rests on entries that are not "
                         "among the first %" PRIu64
                         ": no successor could prove it; bring back the records or an archive that "
                         "is whole",
                         past->index, entry_kind_word(past->entry.kind),
                         past->subject_id != NULL ? past->subject_id : "of a document",
                         succession->common);
    text_printf(&succession->carry.left_out, "not carried over: entry %" PRIu64 ", %s '%s'\n",
                past->index, entry_kind_word(past->entry.kind),
                past->subject_id != NULL ? past->subject_id : "");
    return true;
}

static bool take_money(struct choosing *choosing, const struct past_entry *past, struct error *err)
{
    struct money *money = money_of(choosing, &past->entry);
    bool whole = false;
    if (!is_whole(choosing->succession, past, &whole, err))
        return false;
    if (!whole || choosing->has_ended || past->entry.stream_seq != money->next)
        money->has_ended = true;
    if (money->has_ended)
        return leave_out(choosing->succession, past, err);
    money->next++;
    keep(choosing->succession, past);
    return true;
}

static bool take_control(struct choosing *choosing, const struct past_entry *past,
                         struct error *err)
{
    struct carry *carry = &choosing->succession->carry;
    if (past->entry.stream_seq >= carry->control_seq)
        carry->control_seq = past->entry.stream_seq + 1;
    if (past->entry.stream_seq != choosing->control_next || past->entry.kind == ENTRY_LOG)
        choosing->has_ended = true;
    if (choosing->has_ended)
        return leave_out(choosing->succession, past, err);
    choosing->control_next++;
    keep(choosing->succession, past);
    return true;
}

static bool take(struct choosing *choosing, const struct past_entry *past, struct error *err)
{
    if (past->entry.kind == ENTRY_RECEIPT)
        take_receipt(choosing, &past->entry.receipt);
    else if (past->entry.stream == STREAM_CONTROL)
        return take_control(choosing, past, err);
    else if (past->entry.stream == STREAM_MONEY)
        return take_money(choosing, past, err);
    return true; /* usage: it comes again from its feed, or is lost */
}

bool succeed_choose(struct succession *succession, struct error *err)
{
    struct choosing choosing = {.succession = succession};
    struct past_entry past;
    struct head head;
    bool is_found = true, good = true;
    if (!head_read(succession->store, succession->log, &head, err))
        return false;
    choosing.control_next = succession->carry.control_seq = head.control_seq;
    for (uint64_t from = succession->common; good; from = past.index + 1) {
        good = past_journal_next(&succession->journal, from, &past, &is_found, err);
        if (!good || !is_found)
            break;
        /* the entry that closes the log, where it is closed, is none of the journal's */
        good = take(&choosing, &past, err);
    }
    if (good)
        state_chains(&choosing);
    free(choosing.money);
    free(choosing.chains);
    return good;
}
