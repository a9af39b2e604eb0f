/*
 * Checkpoints. Source: C2SP tlog-checkpoint.md.
 */
#include "core/checkpoint.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "core/note.h"
#include "core/tree.h"

void checkpoint_format(const struct checkpoint *checkpoint, struct text *out)
{
    char base64[BASE64_SIZE(DIGEST_SIZE)];

    text_printf(out, "%s\n%" PRIu64 "\n%s\n", checkpoint->origin, checkpoint->size,
                base64_encode(checkpoint->root.bytes, DIGEST_SIZE, base64, sizeof(base64)));
}

/* Takes a line, without its newline, off the front of `rest`. */
static bool take_line(struct slice *rest, struct slice *out)
{
    const char *end = rest->size > 0 ? memchr(rest->data, '\n', rest->size) : NULL;

    if (!end)
        return false;
    *out = (struct slice){rest->data, (size_t)(end - rest->data)};
    rest->data += out->size + 1;
    rest->size -= out->size + 1;
    return true;
}

static bool parse_root(struct slice line, struct digest *out)
{
    size_t size;

    return base64_decode(line.data, line.size, out->bytes, DIGEST_SIZE, &size) &&
           size == DIGEST_SIZE;
}

bool checkpoint_parse(const char *text, size_t size, struct checkpoint *out, struct error *err)
{
    struct slice rest = {text, size};
    struct slice origin, count, root;
    struct checkpoint checkpoint;
    struct digest empty = tree_empty_root();

    memset(&checkpoint, 0, sizeof(checkpoint));
    if (!take_line(&rest, &origin) || !take_line(&rest, &count) || !take_line(&rest, &root))
        return error_set(err, ERROR_INPUT, "a checkpoint does not have three lines");
    if (rest.size > 0)
        return error_set(err, ERROR_INPUT, "a checkpoint has more than three lines");
    if (origin.size == 0 || origin.size >= ORIGIN_SIZE || memchr(origin.data, '\0', origin.size))
        return error_set(err, ERROR_INPUT, "a checkpoint's origin is empty or too long");
    memcpy(checkpoint.origin, origin.data, origin.size);
    if (!number_parse_u64(count.data, count.size, "a checkpoint's size", &checkpoint.size, err))
        return false;
    if (!parse_root(root, &checkpoint.root))
        return error_set(err, ERROR_INPUT, "a checkpoint's root is not base64 of 32 bytes");
    if (checkpoint.size == 0 && !digest_equals(&checkpoint.root, &empty))
        return error_set(err, ERROR_INPUT, "a checkpoint of size 0 has a root that is not empty");
    *out = checkpoint;
    return true;
}

void checkpoint_sign(const struct checkpoint *checkpoint, const struct secret_key *log_key,
                     struct text *out_note)
{
    CLEANUP(text_release) struct text text;

    text_init(&text);
    checkpoint_format(checkpoint, &text);
    note_sign(text.data, log_key, out_note);
}

#define SIGSUM_ORIGIN "sigsum.org/v1/tree/"

void checkpoint_sign_sigsum(const struct checkpoint *checkpoint, const struct secret_key *log_key,
                            struct text *out_head)
{
    CLEANUP(text_release) struct text text;
    struct checkpoint head = *checkpoint;
    struct digest log = key_hash(key_public(log_key)->bytes);
    struct signature signature;
    char hex[DIGEST_HEX_SIZE], signature_hex[2 * SIGNATURE_SIZE + 1];

    snprintf(head.origin, sizeof(head.origin), SIGSUM_ORIGIN "%s", digest_hex(&log, hex));
    text_init(&text);
    checkpoint_format(&head, &text);
    key_sign(log_key, text.data, text.size, &signature);
    hex_encode(signature.bytes, SIGNATURE_SIZE, signature_hex);
    text_printf(out_head, "size=%" PRIu64 "\nroot_hash=%s\nsignature=%s\n", head.size,
                digest_hex(&head.root, hex), signature_hex);
}

bool checkpoint_open(const char *note, size_t size, const struct public_key *log_key,
                     struct checkpoint *out, struct error *err)
{
    struct note opened;
    struct checkpoint checkpoint;

    if (!note_open(note, size, log_key, 1, &opened, err) ||
        !checkpoint_parse(opened.text.data, opened.text.size, &checkpoint, err))
        return false;
    if (strcmp(checkpoint.origin, log_key->name) != 0)
        return error_set(err, ERROR_SIGNATURE, "a checkpoint of origin '%s' is signed by key '%s'",
                         checkpoint.origin, log_key->name);
    *out = checkpoint;
    return true;
}

bool checkpoint_read_unverified(const char *note, size_t size, struct checkpoint *out,
                                struct error *err)
{
    struct slice text;

    return note_read_unverified(note, size, &text, err) &&
           checkpoint_parse(text.data, text.size, out, err);
}
