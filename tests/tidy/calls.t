#!/usr/bin/env python3
"""What no C here calls, and no floating point where money or quantities are."""

import re

import tidy

BANNED = {
    "strcpy": "base/text", "strcat": "base/text", "strncpy": "base/text", "strncat": "base/text",
    "sprintf": "snprintf", "vsprintf": "vsnprintf", "gets": "fgets", "strtok": "base/text",
    "atoi": "base/number", "atol": "base/number", "atoll": "base/number", "atof": "base/decimal",
    "sscanf": "base/number", "scanf": "base/number",
    "system": "fork and exec", "popen": "fork and exec", "alloca": "the arena",
    "rand": "randombytes_buf", "random": "randombytes_buf", "tmpnam": "mkstemp", "mktemp": "mkstemp",
    "gmtime": "base/instant", "localtime": "base/zone",
}
CALL = re.compile(r"(?<![\w.>])(" + "|".join(BANNED) + r")\s*\(")
FLOAT = re.compile(r"\b(float|double|strtod|strtof|json_real_value|json_number_value|json_real|"
                   r"mp[zq]_[gs]et_d\w*|mpf_\w+)\b")
EXACT = ["ledger", "ingest/meter", "invoices/rating"]
# (path, word): why it is there
FLOATS_ALLOWED = {
    ("ledger/core/canonical.c", "json_real_value"): "shows in a message the number that is refused",
}

calls = [f"{path}:{number}: {match[1]}(): use {BANNED[match[1]]}"
         for path in tidy.files(".c", ".h", under=["ledger", "ingest", "invoices", "deploy"])
         for number, line in enumerate(tidy.code(path).splitlines(), 1)
         for match in CALL.finditer(line)]
floats = [f"{path}:{number}: {match[1]}"
          for path in tidy.files(".c", ".h", under=EXACT)
          for number, line in enumerate(tidy.code(path).splitlines(), 1)
          for match in FLOAT.finditer(line) if (str(path), match[1]) not in FLOATS_ALLOWED]
asserts = [f"{path}: NDEBUG" for path in [*tidy.files(".c", ".h")] if "NDEBUG" in tidy.code(path)]

tidy.report(calls, "nothing calls what cannot be used safely")
tidy.report(floats, "there is no floating point where money and quantities are")
tidy.report(asserts, "nothing turns assertions off")
tidy.done_testing()
