#!/usr/bin/env bash
# Every fuzz target for a moment, without libFuzzer: whatever a reader is given, it refuses it or keeps its word.
# MILLISECONDS=60000 SEED=7 tests/fuzz/fuzz.t runs longer, elsewhere.
set -uo pipefail
cd "$(dirname "$0")/../.."

bin=${DAYBOOK_BIN:-.build/release/bin}
number=0
for source in $(grep -l '^int LLVMFuzzerTestOneInput' tests/fuzz/*.c); do
    target=$(basename "$source" .c)
    number=$((number + 1))
    if said=$("$bin/fuzz-$target" --milliseconds "${MILLISECONDS:-200}" --seed "${SEED:-1}" 2>&1); then
        echo "ok $number - $target holds whatever it is given"
    else
        echo "not ok $number - $target holds whatever it is given"
    fi
    printf '%s\n' "$said" | tail -n 40 | sed 's/^/# /'
done
echo "1..$number"
