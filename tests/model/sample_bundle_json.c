/*
 * sample_bundle_json: the sample bundle of the unit tests and its two pinned keys, for programs
 * that are not ours: {"bundle": text, "log_vkey", "root_vkey"}.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "core/canonical.h"
#include "harness/sample_bundle.h"

int main(int argc, char **argv)
{
    struct bundle_sample sample;
    struct text bytes CLEANUP(text_release);
    char log_vkey[VKEY_SIZE], root_vkey[VKEY_SIZE];
    struct error err;
    uint64_t index = 0;
    text_init(&bytes);
    bundle_sample_init(&sample);
    if (argc == 4) {
        if (!number_parse_u64(argv[1], strlen(argv[1]), "INDEX", &index, &err))
            return EXIT_FAILURE;
        struct bundle_forgery forgery = {.at = (unsigned)index, .path = argv[2], .value = argv[3]};
        bundle_sample_make(&sample, &forgery);
    }
    if (!canonical_write(sample.bundle, &bytes, &err))
        return EXIT_FAILURE;
    json_t *json = json_pack("{s:s,s:s,s:s}", "bundle", bytes.data, "log_vkey",
                             key_format_vkey(&sample.log_key, log_vkey), "root_vkey",
                             key_format_vkey(&sample.root_key, root_vkey));
    json_dumpf(json, stdout, JSON_COMPACT);
    json_decref(json);
    bundle_sample_release(&sample);
    return EXIT_SUCCESS;
}
