/*
 * Words that plans and contracts have in common.
 */
#ifndef FUZZ_PRICE_WORDS_H
#define FUZZ_PRICE_WORDS_H

#define FUZZ_PRICE_WORDS                                                                           \
    "null", "true", "[]", "{}", "\"\"", "\"0\"", "\"-1\"", "\"0.000000000001\"",                   \
        "\"999999999999999999\"", "\"EUR\"", "\"JPY\"", "\"9999-12-31T23:00:00Z\"",                \
        "\"2026-11-01T00:00:00Z\"", "9007199254740993", ","

#endif
