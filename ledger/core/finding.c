/* Findings: their words, and the list of what was found. */
#include "core/finding.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

static const struct {
    const char *word;
    const char *meaning;
} table[FINDING_COUNT] = {
    [FINDING_CHECKPOINT_MALFORMED] = {"checkpoint_malformed",
                                      "a note is no checkpoint, or one of another origin"},
    [FINDING_CHECKPOINT_SIGNATURE] = {"checkpoint_signature",
                                      "a checkpoint is not signed by the log key"},
    [FINDING_CHECKPOINT_MISSING] = {"checkpoint_missing",
                                    "there is no signed checkpoint where there must be one"},
    [FINDING_CHECKPOINT_ROOT] = {"checkpoint_root",
                                 "the leaves make another root than the one that was signed"},
    [FINDING_CHECKPOINT_AHEAD] = {"checkpoint_ahead",
                                  "more entries were signed or published than there are"},
    [FINDING_WITNESS_SIGNATURE] = {"witness_signature",
                                   "a line that is shown as a witness's does not hold"},
    [FINDING_WITNESS_QUORUM] = {"witness_quorum",
                                "fewer witnesses cosigned the checkpoint than the policy asks for"},
    [FINDING_STATE_FILE] = {"state_file",
                            "the sealer's state file contradicts the tree or the checkpoints"},
    [FINDING_TILE_MISSING] = {"tile_missing", "a tile of a signed size is not there"},
    [FINDING_TILE_MISMATCH] = {"tile_mismatch", "a tile's hashes are not those of the leaves"},
    [FINDING_LEAVES_MISSING] = {"leaves_missing", "an entry bundle of a signed size is not there"},
    [FINDING_LEAVES_MALFORMED] = {"leaves_malformed",
                                  "an entry bundle does not hold whole leaves of its width"},
    [FINDING_LEAVES_MISMATCH] = {"leaves_mismatch", "an archived leaf is not the row's leaf"},
    [FINDING_PROOF_INVALID] = {"proof_invalid",
                               "a proof does not lead from the entries to the signed root"},
    [FINDING_KEY_CHAIN] = {"key_chain", "the log does not begin under the root key and log key "
                                        "that were given"},
    [FINDING_KEY_BODY_MISSING] = {"key_body_missing",
                                  "the published body of a key or log entry is not there"},
    [FINDING_KEY_BODY_MISMATCH] = {"key_body_mismatch",
                                   "a published key or log entry is not what its leaf commits to"},
    [FINDING_KEY_REFUSED] = {"key_refused", "a grant or revocation that the rules do not allow"},
    [FINDING_SUCCESSION] = {"succession", "a log and the one that it succeeds do not fit together"},
    [FINDING_ENTRY_MISSING] = {"entry_missing", "an index below the size has no entry"},
    [FINDING_ENTRY_MALFORMED] = {"entry_malformed",
                                 "a row or body that nothing could have written"},
    [FINDING_ENTRY_LEDGER] = {"entry_ledger", "an entry of another ledger, or in a place that its "
                                              "kind may not have"},
    [FINDING_ENTRY_COMMITMENT] = {"entry_commitment",
                                  "an entry's columns are not what its checksum commits to"},
    [FINDING_ENTRY_SIGNATURE] = {"entry_signature",
                                 "an entry's signature does not hold under its writer's key"},
    [FINDING_ENTRY_WRITER] = {"entry_writer",
                              "an entry's writer was not granted for its kind at its index"},
    [FINDING_ENTRY_OPERATOR] =
        {"entry_operator", "a control entry names an operator who did not hold the role for it"},
    [FINDING_STREAM_GAP] = {"stream_gap", "a number of a tenant's stream is missing"},
    [FINDING_STREAM_ORDER] = {"stream_order", "a number of a stream is doubled or out of order"},
    [FINDING_ROW_DOUBLED] = {"row_doubled", "a row that can be there once is there twice"},
    [FINDING_HEAD_MISMATCH] = {"head_mismatch", "a head row is not where its stream ends"},
    [FINDING_RECEIPT_MISMATCH] = {"receipt_mismatch", "receipt row and receipt entry differ"},
    [FINDING_RECEIPT_GAP] = {"receipt_gap",
                             "the receipts of a partition do not tile it from its start"},
    [FINDING_RECEIPT_TOTALS] = {"receipt_totals", "a receipt's records are not accepted + "
                                                  "duplicate + quarantined + elsewhere"},
    [FINDING_RECEIPT_QUARANTINE] = {"receipt_quarantine",
                                    "quarantine does not hold what the receipts put there"},
    [FINDING_RECEIPT_ACCEPTED] = {"receipt_accepted", "the identities kept of a batch are not as "
                                                      "many as its receipts accepted"},
    [FINDING_RECEIPT_ORDER] = {"receipt_order",
                               "a receipt's control index or last offset is impossible"},
    [FINDING_QUARANTINE_RECORD] = {"quarantine_record",
                                   "a quarantined record is not what its receipt hashes"},
    [FINDING_DISPOSITION_MISMATCH] = {"disposition_mismatch",
                                      "a disposition is of no quarantined record, or not the one "
                                      "that the journal keeps"},
    [FINDING_BATCH_UNKNOWN] = {"batch_unknown", "a batch that no receipt's ranges make"},
    [FINDING_STEP_GAP] = {"step_gap", "a slot's steps do not count from 1 without gaps"},
    [FINDING_STEP_MISMATCH] = {"step_mismatch",
                               "a step's last numbers are not those of its batch's entries"},
    [FINDING_DEDUP_MISMATCH] = {"dedup_mismatch",
                                "a dedup block disagrees with its entries' contributions"},
    [FINDING_SERIES_MISSING] = {"series_missing", "an entry's series has no descriptor"},
    [FINDING_SERIES_MISMATCH] = {"series_mismatch",
                                 "a series descriptor is malformed or has another hash"},
    [FINDING_CORRECTION_TARGET] = {"correction_target",
                                   "a correction of an entry that is not there or not alike"},
    [FINDING_CONTENT_MISSING] = {"content_missing",
                                 "the content that an entry hashes is not there"},
    [FINDING_CONTENT_MISMATCH] = {"content_mismatch",
                                  "a content is not what its entry hashes or names"},
    [FINDING_CONTENT_MALFORMED] = {"content_malformed", "a content does not say what it must"},
    [FINDING_DOCUMENT_MISMATCH] = {"document_mismatch",
                                   "a document's row, entry, content or transfers differ"},
    [FINDING_DOCUMENT_NUMBER] = {"document_number", "the numbers of a number series have a gap"},
    [FINDING_DOCUMENT_RANGE] = {"document_range", "a document does not begin where the tenant's "
                                                  "document before it ended"},
    [FINDING_DOCUMENT_SIGNOFF] = {"document_signoff",
                                  "a document was not drafted, approved by another, and issued by "
                                  "keys that held the roles"},
    [FINDING_DOCUMENT_POOL] = {"document_pool",
                               "what a pool's members state of it is not alike, or "
                               "not what they used together"},
    [FINDING_BUNDLE_STORED] = {"bundle_stored",
                               "a stored bundle is not of its row's document, tenant and size"},
    [FINDING_JOURNAL_MISMATCH] = {"journal_mismatch",
                                  "the private journal and the book say different things"},
    [FINDING_REGISTRY_MISMATCH] = {"registry_mismatch",
                                   "a registry copy differs from the entry that it copies"},
    [FINDING_BUNDLE_MALFORMED] = {"bundle_malformed", "the file is no proof bundle"},
    [FINDING_BUNDLE_ENTRIES] = {"bundle_entries",
                                "a bundle's entries are not those that its document states"},
    [FINDING_BUNDLE_FORWARD] = {"bundle_forward",
                                "what a document carries forward is not what the entries make"},
    [FINDING_BUNDLE_USAGE] = {"bundle_usage",
                              "the entries' totals by series are not those of the document"},
    [FINDING_BUNDLE_DOCUMENT] = {"bundle_document", "the document is not what its entry hashes, or "
                                                    "contradicts the entries that it names"},
    [FINDING_BUNDLE_PREVIOUS] = {"bundle_previous", "a document does not begin where the tenant's "
                                                    "document before it ended"},
    [FINDING_REPLAY_RANGE] = {"replay_range",
                              "the feed does not have the records that a receipt hashes"},
    [FINDING_REPLAY_RECEIPT] = {"replay_receipt",
                                "a receipt counts its records otherwise than they are decided"},
    [FINDING_REPLAY_ENTRY] = {"replay_entry", "the records make other entries"},
    [FINDING_REPLAY_IDENTITY] = {"replay_identity",
                                 "a dedup block does not have what the records' identities, "
                                 "meanings and entries are"},
    [FINDING_REPLAY_QUARANTINE] = {"replay_quarantine",
                                   "quarantine does not have what the records make"},
    [FINDING_REPLAY_STEP] = {"replay_step", "the records make another step of a slot"},
    [FINDING_REPLAY_SERIES] = {"replay_series", "the records make other series new"},
    [FINDING_REPLAY_SEQUENCE] = {"replay_sequence", "the records have other numbers of a source"},
};

const char *finding_word(enum finding finding)
{
    assert(finding < FINDING_COUNT && table[finding].word != NULL);
    return table[finding].word;
}

const char *finding_meaning(enum finding finding)
{
    assert(finding < FINDING_COUNT && table[finding].meaning != NULL);
    return table[finding].meaning;
}

void findings_init(struct findings *findings)
{
    *findings = (struct findings){0};
}

void findings_release(struct findings *findings)
{
    for (size_t i = 0; i < findings->line_count; i++)
        free(findings->lines[i].detail);
    free(findings->lines);
    findings_init(findings);
}

static void line_push(struct findings *findings, struct finding_line line)
{
    findings->lines = memory_grow(findings->lines, &findings->line_capacity,
                                  findings->line_count + 1, sizeof(*findings->lines));
    findings->lines[findings->line_count++] = line;
}

void findings_add(struct findings *findings, enum finding finding, uint64_t index,
                  const char *detail, ...)
{
    assert(finding < FINDING_COUNT);
    findings->total++;
    if (findings->counts[finding]++ >= FINDING_LINES_MAX)
        return;
    char words[1024];
    va_list arguments;
    va_start(arguments, detail);
    vsnprintf(words, sizeof(words), detail, arguments);
    va_end(arguments);
    /* A detail may quote a damaged or forged file: it stays on its own line. */
    for (char *c = words; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = '?';
    struct text copy;
    text_init(&copy);
    text_append(&copy, words);
    line_push(findings, (struct finding_line){finding, index, copy.data});
}

void findings_merge(struct findings *findings, struct findings *from)
{
    uint64_t shown[FINDING_COUNT];
    for (size_t f = 0; f < FINDING_COUNT; f++)
        shown[f] = findings->counts[f];
    for (size_t i = 0; i < from->line_count; i++) {
        if (shown[from->lines[i].finding]++ < FINDING_LINES_MAX)
            line_push(findings, from->lines[i]);
        else
            free(from->lines[i].detail);
    }
    for (size_t f = 0; f < FINDING_COUNT; f++)
        findings->counts[f] += from->counts[f];
    findings->total += from->total;
    from->line_count = 0;
    findings_release(from);
}

void findings_format(const struct findings *findings, struct text *out)
{
    for (size_t i = 0; i < findings->line_count; i++) {
        const struct finding_line *line = &findings->lines[i];
        text_printf(out, "FINDING %s", finding_word(line->finding));
        if (line->index != FINDING_NO_INDEX)
            text_printf(out, " index=%" PRIu64, line->index);
        text_printf(out, " %s\n", line->detail);
    }
    for (size_t f = 0; f < FINDING_COUNT; f++) {
        if (findings->counts[f] > FINDING_LINES_MAX)
            text_printf(out, "FINDING %s … and %" PRIu64 " more\n", finding_word((enum finding)f),
                        findings->counts[f] - FINDING_LINES_MAX);
    }
}

/* A detail may quote bytes of a damaged file: what JSON cannot hold as it is becomes '?'. */
static void json_string(struct text *out, const char *string)
{
    bool valid = utf8_is_valid(string, slice_of(string).size);
    text_append_char(out, '"');
    for (const char *c = string; *c != '\0'; c++) {
        unsigned char byte = (unsigned char)*c;
        if (byte == '"' || byte == '\\')
            text_append_char(out, '\\');
        text_append_char(out, byte < 0x20 || (byte >= 0x80 && !valid) ? '?' : *c);
    }
    text_append_char(out, '"');
}

void findings_format_json(const struct findings *findings, struct text *out_lines,
                          struct text *out_counts)
{
    text_append_char(out_lines, '[');
    for (size_t i = 0; i < findings->line_count; i++) {
        const struct finding_line *line = &findings->lines[i];
        text_printf(out_lines, "%s{\"finding\":\"%s\"", i == 0 ? "" : ",",
                    finding_word(line->finding));
        if (line->index != FINDING_NO_INDEX)
            text_printf(out_lines, ",\"index\":%" PRIu64, line->index);
        text_append(out_lines, ",\"detail\":");
        json_string(out_lines, line->detail);
        text_append_char(out_lines, '}');
    }
    text_append_char(out_lines, ']');
    text_append_char(out_counts, '{');
    bool first = true;
    for (size_t f = 0; f < FINDING_COUNT; f++) {
        if (findings->counts[f] == 0)
            continue;
        text_printf(out_counts, "%s\"%s\":%" PRIu64, first ? "" : ",",
                    finding_word((enum finding)f), findings->counts[f]);
        first = false;
    }
    text_append_char(out_counts, '}');
}
