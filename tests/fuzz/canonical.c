#include "fuzz/canonical.h"

#include "core/canonical.h"
#include "fuzz/fuzz.h"

struct digest canonical_of(const char *bytes, size_t size, struct text *out)
{
    CLEANUP(json_release) json_t *json = NULL;
    struct error err;
    fuzz_must(canonical_parse(bytes, size, "input", &json, &err), &err);
    fuzz_must(canonical_write(json, out, &err), &err);
    return digest_of(out->data, out->size);
}
