#!/usr/bin/env bash
# The laws of prices hold over random jobs, and a spoilt answer breaks each of them.
cd "$(dirname "$0")/../.." || exit 1
laws=$(python3 -c 'import sys; sys.path.insert(0, "tests/model"); import laws; print(*laws.LAWS)')
tests=0

# verdict STATUS NAME
verdict()
{
    tests=$((tests + 1))
    if [ "$1" -eq 0 ]; then echo "ok $tests - $2"; else echo "not ok $tests - $2"; fi
}

python3 tests/model/laws.py "${JOBS:-2000}" "${SEED:-1}"
verdict $? "every law holds over ${JOBS:-2000} random jobs"
for law in $laws; do
    python3 tests/model/laws.py 100 2 "$law" >/dev/null
    verdict $(($? != 1)) "a defect is seen by: ${law//_/ }"
done
echo "1..$tests"
