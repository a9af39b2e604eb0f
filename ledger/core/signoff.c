#include "core/signoff.h"

#include <string.h>

#include "core/canonical.h"

static const struct {
    enum key_role role;
    const char *word;
    const char *purpose;
} steps[SIGNOFF_STEPS] = {
    [SIGNOFF_DRAFT] = {ROLE_DRAFT, "draft", "daybook.v1.draft"},
    [SIGNOFF_APPROVE] = {ROLE_APPROVE, "approve", "daybook.v1.approve"},
    [SIGNOFF_ISSUE] = {ROLE_ISSUE, "issue", "daybook.v1.issue"},
};

#define MESSAGE_SIZE_MAX 64

enum key_role signoff_role(enum signoff_step step)
{
    return steps[step].role;
}

/* purpose ‖ 00 ‖ hash. */
static size_t message_of(enum signoff_step step, const struct digest *draft,
                         unsigned char out[MESSAGE_SIZE_MAX])
{
    size_t size = strlen(steps[step].purpose) + 1;
    memcpy(out, steps[step].purpose, size);
    memcpy(out + size, draft->bytes, DIGEST_SIZE);
    return size + DIGEST_SIZE;
}

void signoff_sign(const struct secret_key *key, enum signoff_step step, const struct digest *draft,
                  struct signoff *out)
{
    unsigned char message[MESSAGE_SIZE_MAX];
    size_t size = message_of(step, draft, message);
    out->operator_key = key_hash(key_public(key)->bytes);
    key_sign(key, message, size, &out->signature);
}

bool signoff_verify(const struct keyring *ring, uint64_t index, enum signoff_step step,
                    const struct digest *draft, const struct signoff *signoff, struct error *err)
{
    unsigned char message[MESSAGE_SIZE_MAX];
    char hex[DIGEST_HEX_SIZE];
    size_t size = message_of(step, draft, message);
    const struct key_grant *grant =
        keyring_find(ring, &signoff->operator_key, index, steps[step].role);
    if (grant == NULL)
        return error_set(err, ERROR_REFUSED, "operator %s does not hold the role '%s'",
                         digest_hex(&signoff->operator_key, hex), steps[step].word);
    return key_verify(grant->key.bytes, message, size, &signoff->signature) ||
           error_set(err, ERROR_REFUSED, "the %s is not signed by '%s'", steps[step].word,
                     grant->key.name);
}

/* ------------------------------------------------------------------------------ in a document */

bool signoff_draft(const json_t *document, struct digest *out, struct error *err)
{
    CLEANUP(json_release) json_t *draft = json_copy((json_t *)(uintptr_t)document);
    json_object_del(draft, "number");
    json_object_del(draft, "signoffs");
    return canonical_digest(draft, out, err);
}

json_t *signoffs_json(const struct signoff signoffs[SIGNOFF_STEPS])
{
    json_t *object = json_object();
    for (size_t i = 0; i < SIGNOFF_STEPS; i++) {
        char operator_hex[DIGEST_HEX_SIZE], signature_hex[2 * SIGNATURE_SIZE + 1];
        hex_encode(signoffs[i].signature.bytes, SIGNATURE_SIZE, signature_hex);
        json_object_set_new(object, steps[i].word,
                            json_pack("{s:s,s:s}", "operator",
                                      digest_hex(&signoffs[i].operator_key, operator_hex),
                                      "signature", signature_hex));
    }
    return object;
}

bool signoffs_parse(const json_t *document, struct signoff out[SIGNOFF_STEPS], struct error *err)
{
    json_t *object = json_object_get(document, "signoffs");
    if (json_object_size(object) != SIGNOFF_STEPS)
        return error_set(err, ERROR_INPUT, "nobody has signed off its draft");
    for (size_t i = 0; i < SIGNOFF_STEPS; i++) {
        const char *operator_hex, *signature_hex;
        json_t *signoff = json_object_get(object, steps[i].word);
        if (json_unpack(signoff, "{s:s,s:s!}", "operator", &operator_hex, "signature",
                        &signature_hex) != 0 ||
            !hex_decode(operator_hex, strlen(operator_hex), out[i].operator_key.bytes,
                        DIGEST_SIZE) ||
            !hex_decode(signature_hex, strlen(signature_hex), out[i].signature.bytes,
                        SIGNATURE_SIZE))
            return error_set(err, ERROR_INPUT, "its sign-off '%s' is not {operator, signature}",
                             steps[i].word);
    }
    return true;
}

/* The documents of ledgers that are older than sign-offs. */
static bool may_lack(const struct keyring *ring, uint64_t index, const struct digest *issuer,
                     const json_t *document)
{
    return json_object_get(document, "signoffs") == NULL &&
           keyring_find_whole(ring, issuer, index, ROLES_OPERATOR) != NULL;
}

void signoffs_check(const struct keyring *ring, uint64_t index, const struct digest *issuer,
                    const json_t *document, struct findings *findings)
{
    struct signoff signoffs[SIGNOFF_STEPS];
    struct digest draft;
    struct error why;
    if (may_lack(ring, index, issuer, document))
        return;
    if (!signoffs_parse(document, signoffs, &why) || !signoff_draft(document, &draft, &why)) {
        findings_add(findings, FINDING_DOCUMENT_SIGNOFF, index, "%s", why.message);
        return;
    }
    for (unsigned step = 0; step < SIGNOFF_STEPS; step++)
        if (!signoff_verify(ring, index, (enum signoff_step)step, &draft, &signoffs[step], &why))
            findings_add(findings, FINDING_DOCUMENT_SIGNOFF, index, "%s", why.message);
    if (digest_equals_public(&signoffs[SIGNOFF_DRAFT].operator_key,
                             &signoffs[SIGNOFF_APPROVE].operator_key))
        findings_add(findings, FINDING_DOCUMENT_SIGNOFF, index, "its approver is its drafter");
    if (!digest_equals_public(&signoffs[SIGNOFF_ISSUE].operator_key, issuer))
        findings_add(findings, FINDING_DOCUMENT_SIGNOFF, index,
                     "its entry names another operator than who issued it");
}
