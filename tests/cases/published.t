#!/usr/bin/env bash
# Published examples of prices come out as published, to the decimals that they print.
cd "$(dirname "$0")/../.." || exit 1
echo 1..2
n=0
for file in models practice; do
    n=$((n + 1))
    if result=$(tests/cases/run "tests/cases/$file.json"); then
        echo "ok $n - $file: ${result##*$'\n'}"
    else
        sed 's/^/# /' <<<"$result"
        echo "not ok $n - $file"
    fi
done
