#include "witness/request.h"

#include <inttypes.h>
#include <string.h>

#include "base/number.h"

static const char old_word[] = "old ";

/* Takes a line, without its newline, off the front of `rest`. */
static bool take_line(struct slice *rest, struct slice *out, struct error *err)
{
    const char *end = rest->size > 0 ? memchr(rest->data, '\n', rest->size) : NULL;
    if (end == NULL)
        return error_set(err, ERROR_INPUT, "a request ends before its checkpoint");
    *out = (struct slice){rest->data, (size_t)(end - rest->data)};
    rest->data += out->size + 1;
    rest->size -= out->size + 1;
    return true;
}

static bool parse_old(struct slice line, uint64_t *out, struct error *err)
{
    size_t skip = strlen(old_word);
    if (line.size < skip || memcmp(line.data, old_word, skip) != 0)
        return error_set(err, ERROR_INPUT, "a request does not begin with 'old'");
    return number_parse_u64(line.data + skip, line.size - skip, "the old size", out, err);
}

static bool add_hash(struct slice line, struct proof *proof, struct error *err)
{
    size_t size;
    if (proof->count == REQUEST_HASHES_MAX)
        return error_set(err, ERROR_INPUT, "a request's proof has more than %d hashes",
                         REQUEST_HASHES_MAX);
    if (!base64_decode(line.data, line.size, proof->hashes[proof->count].bytes, DIGEST_SIZE,
                       &size) ||
        size != DIGEST_SIZE)
        return error_set(err, ERROR_INPUT,
                         "hash %zu of a request's proof is not base64 of 32 bytes", proof->count);
    proof->count++;
    return true;
}

bool request_parse(const char *bytes, size_t size, struct request *out, struct error *err)
{
    struct slice rest = {bytes, size}, line;
    out->proof.count = 0;
    if (!take_line(&rest, &line, err) || !parse_old(line, &out->old_size, err) ||
        !take_line(&rest, &line, err))
        return false;
    while (line.size > 0)
        if (!add_hash(line, &out->proof, err) || !take_line(&rest, &line, err))
            return false;
    if (rest.size > CHECKPOINT_NOTE_SIZE_MAX)
        return error_set(err, ERROR_INPUT, "a request's checkpoint has more than %d bytes",
                         CHECKPOINT_NOTE_SIZE_MAX);
    out->note = rest;
    return true;
}

void request_format(const struct request *request, struct text *out)
{
    char base64[BASE64_SIZE(DIGEST_SIZE)];
    text_printf(out, "%s%" PRIu64 "\n", old_word, request->old_size);
    for (size_t i = 0; i < request->proof.count; i++)
        text_printf(
            out, "%s\n",
            base64_encode(request->proof.hashes[i].bytes, DIGEST_SIZE, base64, sizeof base64));
    text_append_char(out, '\n');
    text_append_n(out, request->note.data, request->note.size);
}

bool request_parse_size(const char *bytes, size_t size, uint64_t *out, struct error *err)
{
    if (size == 0 || bytes[size - 1] != '\n')
        return error_set(err, ERROR_INPUT, "a witness's size does not end in a newline");
    return number_parse_u64(bytes, size - 1, "a witness's size", out, err);
}
